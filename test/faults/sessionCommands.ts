import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from './commandLine.ts';
import { assertSentences } from './recovery.ts';
import { passwords, textsOf } from './sessionWorkspace.ts';

/** The result of a command. */
export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The most memory that it held at once, as far as was seen. */
  readonly peakMB: number;
  readonly ms: number;
}

export interface WriteIds {
  readonly user: string;
  readonly chat: string;
  readonly message: string;
  readonly session?: string;
  readonly request?: string;
}

export const plainIds: WriteIds = { user: 'u', chat: 'c', message: 'm' };

/** The words of `session write` for these ids, which may begin with a dash. */
export function wordsToWrite(root: string, ids: WriteIds): string[] {
  const options = Object.entries({ session: 's-1', ...ids }).map(([name, id]) => `--${name}=${id}`);
  return ['session', 'write', ...options, '--json', '--workspace', root];
}

/** Runs the command line as it is shipped, with the first password in its environment. */
export async function say(
  words: readonly string[],
  input: string | Uint8Array = '',
  environment: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const begin = Date.now();
  const child = spawn(process.execPath, [commandLine, ...words], {
    env: { ...process.env, SESSION_LOG_ZIP_PASSWORD: passwords.one, ...environment },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (said.stdout += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (said.stderr += piece));
  child.stdin.on('error', () => undefined).end(input);
  let peakMB = 0;
  const looking = setInterval(() => {
    peakMB = Math.max(peakMB, highestMB(child.pid));
  }, 20);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  clearInterval(looking);
  return { status, ...said, peakMB, ms: Date.now() - begin };
}

function highestMB(pid: number | undefined): number {
  try {
    const kB = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
    return Number(kB ?? 0) / 1024;
  } catch {
    // It has ended.
    return 0;
  }
}

/** The content of an archive that `session write` has written. */
export interface Written {
  readonly path: string;
  readonly meta: { readonly ids: Readonly<Record<string, string>>; readonly dropped_lines?: number };
  /** The lines of `logs.jsonl`, parsed. */
  readonly lines: readonly { readonly message: string }[];
}

/** Opens the archive that it says to have written, with the first password alone. */
export async function written(root: string, { status, stdout, stderr }: Said): Promise<Written> {
  assertSentences(stderr);
  assert.equal(status, 0, stderr);
  return writtenAt(root, (JSON.parse(stdout) as { path: string }).path);
}

export async function writtenAt(root: string, path: string): Promise<Written> {
  const texts = await textsOf(join(root, path), [passwords.one]);
  const { 'meta.json': meta = '', 'logs.jsonl': log = '' } = texts;
  const lines = log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Written['lines'][number]);
  return { path, meta: JSON.parse(meta) as Written['meta'], lines };
}

export function assertSkipped(reason: string, { status, stdout, stderr }: Said): void {
  assertSentences(stderr);
  assert.match(stderr, /No session archive is written/);
  assert.deepEqual([status, JSON.parse(stdout)], [1, { skipped: reason }], stderr);
}
