import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync, readdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { killTree } from '../../scripts/processGroup.ts';

/** As many bytes as are read at once of a file. */
const PIECE_BYTES = 8 * 1024 * 1024;

interface SearchOptions {
  /** Secrets by their names; at least 16 characters, ASCII. */
  readonly secrets: Readonly<Record<string, string>>;
  /** In ms since 1970: a file that was not changed since then cannot hold the secrets. */
  readonly since: number;
}

/**
 * The files of this machine's temporary folders and of the home folder that hold one of the secrets, or a half of it:
 * unchanged, in UTF-16, or in base64 at any offset. Compressed data is searched only in the format of a browser's
 * database.
 * @returns `PATH: SECRET, FORM`
 */
export function tracesOnDisk({ secrets, since }: SearchOptions): { traces: string[]; searched: string[] } {
  const needles = Object.entries(secrets).flatMap(([name, secret]) => needlesOf(name, secret));
  const searched = filesChangedSince(since);
  const traces = searched.flatMap((path) => foundIn(path, needles).map((what) => `${path}: ${what}`));
  return { traces, searched };
}

function filesChangedSince(since: number): string[] {
  const folders = [...new Set([tmpdir(), '/tmp', homedir()])];
  const words = [...folders, '-xdev', '-type', 'f', '-newerct', `@${String(since / 1000)}`, '-print0'];
  // It complains about files of other programs that are deleted in the meantime.
  const { stdout, error } = spawnSync('find', words, { maxBuffer: 1 << 28, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return [...new Set(stdout.split('\0').filter((path) => path !== ''))];
}

interface Needle {
  readonly what: string;
  readonly bytes: Buffer;
}

/** Searches for halves: a database that compresses repeated bytes may split a secret that it has stored before. */
function needlesOf(name: string, secret: string): Needle[] {
  if (!/^[\x21-\x7e]{16,}$/.test(secret)) throw new Error(`${name} is no secret to be looked for`);
  const middle = Math.floor(secret.length / 2);
  return [secret.slice(0, middle), secret.slice(middle)].flatMap((half) => [
    { what: `${name}, as it is`, bytes: Buffer.from(half) },
    { what: `${name}, UTF-16`, bytes: Buffer.from(half, 'utf16le') },
    ...[0, 1, 2].map((shift) => ({ what: `${name}, base64`, bytes: Buffer.from(base64In(half, shift)) })),
  ]);
}

/** The base64 form of a text after `shift` other bytes, without the letters that its neighbours affect. */
export function base64In(text: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]);
  return bytes.toString('base64').slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

function foundIn(path: string, needles: readonly Needle[]): string[] {
  const found = new Set(
    needles.filter(({ bytes }) => path.includes(bytes.toString())).map(({ what }) => what),
  );
  const overlap = Math.max(...needles.map(({ bytes }) => bytes.length));
  const piece = Buffer.allocUnsafe(PIECE_BYTES + overlap);
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    let kept = 0;
    for (let read = -1; read !== 0;) {
      read = readSync(file, piece, kept, PIECE_BYTES, null);
      const text = piece.subarray(0, kept + read);
      for (const { what, bytes } of needles) if (text.includes(bytes)) found.add(what);
      kept = Math.min(overlap, text.length);
      text.copyWithin(0, text.length - kept);
    }
  } catch (error) {
    // Files of other programs may be deleted or replaced in the meantime.
    if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
  return [...found];
}

/** Kills the programs that were started with one of these paths, and all that they started, without a warning. */
export async function killProgramsOf(paths: readonly string[]): Promise<number> {
  const running = (): number[] => programsOf(paths);
  const killed = running();
  for (const id of killed) killTree(id);
  for (let tries = 0; running().length > 0; tries += 1) {
    if (tries === 100) throw new Error(`still running: ${running().join(', ')}`);
    await delay(50);
  }
  return killed.length;
}

function programsOf(paths: readonly string[]): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => {
      try {
        const words = readFileSync(`/proc/${String(id)}/cmdline`, 'utf8');
        return id !== process.pid && paths.some((path) => words.includes(path));
      } catch {
        return false;
      }
    });
}
