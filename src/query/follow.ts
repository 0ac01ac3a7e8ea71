import { type FSWatcher, watch } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { listFiles } from '../files/list.ts';
import { compressionOf, type LogFile, pathInWorkspace } from '../files/logFile.ts';
import { openToRead } from '../files/safeOpen.ts';
import { logsFolder } from '../workspace/workspace.ts';
import { pathOf } from '../workspace/logPlaces.ts';
import type { CompiledSearch } from './compile.ts';
import { LineScanner } from './lineScanner.ts';
import { plainPieces, readTexts } from './readTexts.ts';
import type { FoundEntry } from './scan.ts';
import { compareFiles, takeStock, type SearchedFile } from './sources.ts';
import type { Searching } from './texts.ts';

/** File systems whose changes are not reported are looked at so often. */
const LOOK_MS = 1000;
/** So much of a text is compared to know it again. */
const HEAD_BYTES = 4096;
const SAMPLE_BYTES = 65_536;

/** A text that was read up to a place, known by its beginning. */
interface Seen {
  readonly head: Buffer;
  readonly bytes: number;
}

/**
 * Passes the matching entries of all files, file by file, and then those that are appended, in groups, until `signal` is
 * aborted. Each line is read once, whether its file is renamed, copied and truncated, zipped or deleted meanwhile. What
 * is written last has to end with a line feed.
 * @param take gets the entries that are there first, then what is new at each look
 * @throws Failure as a search does
 */
export async function followLogs(
  searching: Searching,
  search: CompiledSearch & { readonly accepts: (entry: FoundEntry) => boolean },
  take: (entries: readonly FoundEntry[]) => Promise<void>,
): Promise<void> {
}
