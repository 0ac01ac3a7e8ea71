import { Failure } from '../base/failure.ts';
import type { Arguments, OptionKind, Verb } from './verb.ts';

/** What a verb such as `session` does for one second word, such as `write`. */
export interface Part {
  /** The argument after the second word, where there is one. */
  readonly takes?: 'FILE' | 'ID';
  /** Its own options. */
  readonly options?: Readonly<Record<string, OptionKind>>;
}

/** All options of the parts of a verb. */
export function optionsOf(parts: Readonly<Record<string, Part>>): Verb['options'] {
  return Object.fromEntries(
    Object.values(parts).flatMap(({ options = {} }) => Object.entries<OptionKind>(options)),
  );
}

/**
 * The part that a call names, and its argument.
 * @throws Failure `usage` for another word, a missing or needless argument, and options of the other parts: a `--dry-run`
 *   that is ignored would run for real
 */
export function partOf<P extends Part>(
  verb: string,
  parts: Readonly<Record<string, P>>,
  { positionals: [what = '', given = ''], flag, value, values }: Arguments,
): P {
  const part = Object.hasOwn(parts, what) ? parts[what] : undefined;
  if (part === undefined || (part.takes !== undefined) !== (given !== '')) throw usage(verb, parts);
  const others = Object.keys(optionsOf(parts));
  const own = part.options ?? {};
  const needless = others.find(
    (name) =>
      !Object.hasOwn(own, name) && (flag(name) || value(name) !== undefined || values(name).length > 0),
  );
  if (needless !== undefined)
    throw new Failure('usage', { detail: `${verb} ${what} takes no --${needless}. See --help.` });
  return part;
}

function usage(verb: string, parts: Readonly<Record<string, Part>>): Failure {
  const forms = Object.entries(parts).map(
    ([name, { takes }]) => `${verb} ${name}${takes === undefined ? '' : ` ${takes}`}`,
  );
  return new Failure('usage', { detail: `Write ${forms.join(', ')}. See --help.` });
}
