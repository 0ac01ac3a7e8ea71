import { resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { Failure } from '../base/failure.ts';
import { isDay } from '../base/units.ts';
import type { Arguments, OptionKind, Verb } from './verb.ts';

const always: Readonly<Record<string, OptionKind>> = { workspace: 'value', json: 'flag' };

/** Parses what follows a verb. @throws Failure `usage` for anything that the verb does not take */
export function parseArguments(words: readonly string[], verb: Verb): Arguments {
  const kinds = { ...always, ...verb.options };
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, kind] of Object.entries(kinds)) {
    options[name] = { type: kind === 'flag' ? 'boolean' : 'string', multiple: kind === 'values' };
  }
  const { values, positionals } = parse(words, options);
  const { min, max } = verb.positionals;
  if (positionals.length < min) throw new Failure('usage', { detail: 'A name is missing. See --help.' });
  const extra = positionals[max];
  if (extra !== undefined) {
    // It may be a password, which is never printed.
    const what = 'password-stdin' in kinds ? 'There' : `“${extra}”`;
    throw new Failure('usage', { detail: `${what} is one word too many. See --help.` });
  }
  if (values.workspace === '')
    throw new Failure('usage', { detail: '--workspace names no folder. See --help.' });
  return {
    root: resolve(stringOf(values.workspace) ?? '.'),
    json: values.json === true,
    positionals,
    flag: (name) => values[name] === true,
    value: (name) => stringOf(values[name]),
    values: (name) => listOf(values[name]),
  };
}

function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function parse(
  words: readonly string[],
  options: NonNullable<ParseArgsConfig['options']>,
): { values: Record<string, unknown>; positionals: string[] } {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new Failure('usage', {
      detail: `${(sentence ?? '').replace(/\.? To specify.*$/, '').replace(/\.$/, '')}. See --help.`,
    });
  }
}

/** A point in time as people write it: ISO 8601 (without a zone it is UTC), or ms since 1970. @throws Failure `usage` */
export function parseNow(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const isDate = /^\d{4}-\d{2}-\d{2}/.test(text);
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) || /^\d{4}-\d{2}-\d{2}$/.test(text);
  const time = /^\d{1,15}$/.test(text)
    ? Number(text)
    : isDate
      ? Date.parse(hasZone ? text : `${text}Z`)
      : Number.NaN;
  if (Number.isNaN(time) || (isDate && !isDay(text.slice(0, 10)))) {
    throw new Failure('usage', { detail: `“${text}” is not a time. Write it as 2026-01-31T12:00:00Z.` });
  }
  return time;
}
