import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withZip } from '../../src/archive/zip/readZip.ts';
import { bytesOf, sessionZip } from '../unit/sessions/sessionSamples.ts';
import { DAY_MS, fillWorkspace } from './workspaceFolder.ts';

/** A marker in every log of these tests. Tests search for it in files that must not hold plain text. */
export const MARKER = `seen in plain ${randomBytes(9).toString('hex')}`;

export const passwords = {
  one: `first ${randomBytes(9).toString('hex')}`,
  two: `second ${randomBytes(9).toString('hex')}`,
  next: `third ${randomBytes(9).toString('hex')}`,
  foreign: `of others ${randomBytes(9).toString('hex')}`,
};

/** Every password that the tests know. `rekey` never changes the archive under the foreign password. */
const all = Object.values(passwords);

export interface SampleArchive {
  /** Below the sessions folder. */
  readonly path: string;
  readonly password?: string;
  /** The age; a day by default. */
  readonly days?: number;
}

export const SESSIONS = 'session_logs';

/** A managed workspace with session archives that a plain writer of the tests made. */
export function fillSessions(
  root: string,
  archives: readonly SampleArchive[],
  policy: Readonly<Record<string, unknown>> = {},
): void {
  fillWorkspace(root, { policy: { sessions: { enabled: true, ...policy } }, logs: {} });
  for (const { path, password = passwords.one, days = 1 } of archives) {
    const target = join(root, SESSIONS, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, sessionZip({ password, bound: true, log: `${MARKER} ${path}\n` }));
    setAge(target, days);
  }
}

export function setAge(path: string, days: number): void {
  const seconds = Date.now() / 1000 - (days * DAY_MS) / 1000;
  utimesSync(path, seconds, seconds);
}

/** Paths of all that ends in `.zip`, below `root`. */
export function archivesIn(root: string): string[] {
  return filesIn(root).filter((path) => path.endsWith('.zip'));
}

export function filesIn(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(root, path)).isFile())
    .sort();
}

/** The texts that were read, by the bytes of the archive and the passwords: most archives stay as they are. */
const readTexts = new Map<string, Readonly<Record<string, string>>>();

/**
 * The texts in an archive by the names of its members, each proven by its HMAC.
 * @throws Failure where one cannot be read with these passwords
 */
export async function textsOf(
  path: string,
  known: readonly string[] = all,
): Promise<Readonly<Record<string, string>>> {
  const key = createHash('sha256')
    .update(known.join('\0'))
    .update('\0')
    .update(readFileSync(path))
    .digest('hex');
  const texts = readTexts.get(key) ?? (await readArchive(path, known));
  readTexts.set(key, texts);
  return texts;
}

function readArchive(path: string, known: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const candidates = known.map(bytesOf);
  return withZip(
    path,
    async (zip) => {
      const texts: [name: string, text: string][] = [];
      for (const member of zip.members) {
        const pieces: Buffer[] = [];
        for await (const piece of zip.read(member)) pieces.push(piece);
        texts.push([member.name, Buffer.concat(pieces).toString()]);
      }
      return Object.fromEntries(texts);
    },
    { passwords: { candidates: () => candidates } },
  );
}

/** The texts of all archives below `root` by their paths. */
export async function allTexts(root: string): Promise<Map<string, Readonly<Record<string, string>>>> {
  const texts = new Map<string, Readonly<Record<string, string>>>();
  for (const path of archivesIn(root)) texts.set(path, await textsOf(join(root, path)));
  return texts;
}

/** Everything below `folder` in which the marker can be read as it is. */
export function plaintextIn(folder: string): string[] {
  return filesIn(folder).filter((path) => readFileSync(join(folder, path)).includes(MARKER));
}

/** Temporary files of interrupted writers: ours, and those of pyzipper's users. */
export function temporariesIn(root: string): string[] {
  return filesIn(root).filter((path) => /\.tmp(-|$)/.test(path));
}
