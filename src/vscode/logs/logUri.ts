import { posix } from 'node:path';
import { LOGS_FOLDER } from '../../files/places.ts';

/**
 * The address of a read-only document: a log, or one part of a large log. The path is for the person: it is the tab's
 * title and decides the language. The query holds the data that is needed to read the log. `formatLogUri` and
 * `parseLogUri` are inverse.
 */
export interface LogAddress {
  /** Path of the workspace folder, as in its URI. */
  readonly rootPath: string;
  /** Name of the file in `logs/`, or in `folder`. */
  readonly name: string;
  /** Folder of a zip outside `logs/`: see `LogFile`. */
  readonly folder?: string | undefined;
  readonly member?: string | undefined;
  /** Counted from 0; absent where the log is shown whole. */
  readonly part?: { readonly index: number; readonly count: number } | undefined;
}

export function formatLogUri(address: LogAddress): { path: string; query: string } {
  const { rootPath, name, folder, member, part } = address;
  const base = name.replace(/\.zip$/i, '');
  // Two archives may hold files with the same name, so the path includes the archive's name.
  const place = posix.join(rootPath, folder ?? LOGS_FOLDER, member === undefined ? '' : base);
  const query = new URLSearchParams({ root: rootPath, name });
  if (folder !== undefined) query.set('folder', folder);
  if (member !== undefined) query.set('member', member);
  if (part !== undefined) query.set('part', `${String(part.index)}/${String(part.count)}`);
  return { path: posix.join(place, titleOf(member ?? base, part)), query: query.toString() };
}

/** `api.log` and the second of six parts: `api (2 of 6).log` */
function titleOf(name: string, part: LogAddress['part']): string {
  const base = posix.basename(name.replaceAll('\\', '/')) || 'log';
  if (part === undefined) return base;
  const extension = posix.extname(base);
  return `${base.slice(0, base.length - extension.length)} (${String(part.index + 1)} of ${String(part.count)})${extension}`;
}

/** @returns undefined for a query that is no address of ours */
export function parseLogUri(query: string): LogAddress | undefined {
  const values = new URLSearchParams(query);
  const rootPath = values.get('root');
  const name = values.get('name');
  if (rootPath === null || name === null) return undefined;
  const folder = values.get('folder');
  const member = values.get('member');
  const part = /^(\d+)\/(\d+)$/.exec(values.get('part') ?? '');
  return {
    rootPath,
    name,
    ...(folder !== null && { folder }),
    ...(member !== null && { member }),
    ...(part !== null && { part: { index: Number(part[1]), count: Number(part[2]) } }),
  };
}
