import { Failure } from '../base/failure.ts';
import { compileFinder, type Finder } from './finder.ts';
import type { Clock } from './language/bounds.ts';
import { parseQuery } from './language/parse.ts';
import { compileQuery, type QueriedEntry } from './language/predicate.ts';
import type { Field } from './language/queryTree.ts';
import { requiredLiterals } from './literals.ts';

/** A query, ready to be applied to entries and to the bytes from which they are read. */
export interface CompiledSearch {
  readonly matches: (entry: QueriedEntry) => boolean;
  /** Finds places in a block without which no entry matches; undefined if each entry has to be read. */
  readonly find: ((block: Buffer) => Finder) | undefined;
}

/** @throws Failure `query-invalid` */
export async function compileSearch(text: string, clock: Clock): Promise<CompiledSearch> {
  const { query, problems } = parseQuery(text);
  if (problems.length > 0) throw new Failure('query-invalid', { query: text, problems });
  const compiled = await compileQuery(query, clock);
  if (compiled.problems.length > 0)
    throw new Failure('query-invalid', { query: text, problems: compiled.problems });
  const literals = requiredLiterals(query);
  return { matches: compiled.matches, find: literals && compileFinder(literals) };
}

/**
 * The field that a path names, as it is written in a query: `user.email`, `"odd key"`.
 * @throws Failure `usage`
 */
export function parseField(text: string): Field {
  const query = `${text}:*`;
  const parsed = parseQuery(query);
  if (parsed.problems.length === 0 && parsed.query.kind === 'field' && parsed.query.test.kind === 'exists')
    return parsed.query.field;
  throw new Failure('usage', {
    detail: `“${text}” is no field. Write it as user.email, or "odd key" in quotation marks.`,
  });
}
