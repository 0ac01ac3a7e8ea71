/** Tells what an option must be; undefined where the value is that. */
export type Rule = (value: unknown) => string | undefined;

export const aFolder: Rule = (value) =>
  typeof value === 'string' && value !== '' && !value.includes('\0') ? undefined : 'the path of a folder';

export const texts: Rule = (value) =>
  Array.isArray(value) && value.every((text) => typeof text === 'string') ? undefined : 'a list of texts';

export const yesOrNo: Rule = (value) => (typeof value === 'boolean' ? undefined : 'true or false');

export function optional(rule: Rule): Rule {
  return (value) => (value === undefined ? undefined : rule(value));
}

/** @throws TypeError that says which option is unknown or wrong; its value, which may be a secret, is not in it */
export function checkOptions(who: string, options: unknown, rules: Readonly<Record<string, Rule>>): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`${who} needs an object with the option workspace.`);
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(rules, name));
  if (unknown !== undefined)
    throw new TypeError(`There is no option “${unknown}”. Options: ${Object.keys(rules).join(', ')}.`);
  for (const [name, rule] of Object.entries(rules)) {
    const expected = rule((options as Record<string, unknown>)[name]);
    if (expected !== undefined) throw new TypeError(`${name} must be ${expected}.`);
  }
}
