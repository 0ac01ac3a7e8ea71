import type { RecorderOptions } from '../app/recorderTypes.ts';

/** Tells what an option must be; undefined where the value is that. */
type Rule = (value: unknown) => string | undefined;

const rules: { readonly [K in keyof Required<RecorderOptions>]: Rule } = {
  workspace: (value) => (typeof value === 'string' && value !== '' ? undefined : 'the path of a folder'),
  mode: optional((value) =>
    value === 'bestEffort' || value === 'strict' ? undefined : 'bestEffort or strict',
  ),
  queueBytes: optional((value) => (isCount(value) ? undefined : 'a whole number of bytes, 1 or more')),
  knownSecrets: optional((value) => (isTexts(value) ? undefined : 'a list of texts')),
  acceptPolicy: optional((value) => (typeof value === 'boolean' ? undefined : 'true or false')),
};

/** @throws TypeError that says which option is unknown or wrong; its value, which may be a secret, is not in it */
export function checkRecorderOptions(options: unknown): asserts options is RecorderOptions {
  if (typeof options !== 'object' || options === null)
    throw new TypeError('createRecorder needs an object with the option workspace.');
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(rules, name));
  if (unknown !== undefined)
    throw new TypeError(`There is no option “${unknown}”. Options: ${Object.keys(rules).join(', ')}.`);
  for (const [name, rule] of Object.entries(rules)) {
    const expected = rule((options as Record<string, unknown>)[name]);
    if (expected !== undefined) throw new TypeError(`${name} must be ${expected}.`);
  }
}

function optional(rule: Rule): Rule {
  return (value) => (value === undefined ? undefined : rule(value));
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
