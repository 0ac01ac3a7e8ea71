import { posix } from 'node:path';

/**
 * The address of a read-only document: a log, or one part of a large one. The path shows a person what it is (it becomes
 * the tab's title and decides the language), the query holds what is needed to read it. A reversible pair.
 */
export interface LogAddress {
  /** Path of the workspace folder, as in its URI. */
  readonly rootPath: string;
  /** Name of the file in `logs/`. */
  readonly name: string;
  readonly member?: string | undefined;
  /** Counted from 0; absent where the log is shown whole. */
  readonly part?: { readonly index: number; readonly count: number } | undefined;
}

export function formatLogUri({ rootPath, name, member, part }: LogAddress): { path: string; query: string } {
  const title = titleOf(member ?? name.replace(/\.zip$/, ''), part);
  const query = new URLSearchParams({ root: rootPath, name });
  if (member !== undefined) query.set('member', member);
  if (part !== undefined) query.set('part', `${String(part.index)}/${String(part.count)}`);
  return { path: posix.join(rootPath, 'logs', title), query: query.toString() };
}

/** `api.log` and the second of six parts: `api (2 of 6).log` */
function titleOf(name: string, part: LogAddress['part']): string {
  const base = posix.basename(name.replaceAll('\\', '/')) || 'log';
  if (part === undefined) return base;
  const extension = posix.extname(base);
  return `${base.slice(0, base.length - extension.length)} (${String(part.index + 1)} of ${String(part.count)})${extension}`;
}

/** @returns undefined for what is no address of ours */
export function parseLogUri(query: string): LogAddress | undefined {
  const values = new URLSearchParams(query);
  const rootPath = values.get('root');
  const name = values.get('name');
  if (rootPath === null || name === null) return undefined;
  const member = values.get('member');
  const part = /^(\d+)\/(\d+)$/.exec(values.get('part') ?? '');
  return {
    rootPath,
    name,
    ...(member !== null && { member }),
    ...(part !== null && { part: { index: Number(part[1]), count: Number(part[2]) } }),
  };
}
