import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MOST_PASSWORDS } from '../app/archivePasswords.ts';
import type { App } from '../app/jobs.ts';
import { Failure, fromSystemError } from '../base/failure.ts';
import type { Arguments, OptionKind } from './verb.ts';

/** What every verb takes that opens archives. */
export const passwordOptions: Readonly<Record<string, OptionKind>> = {
  'password-stdin': 'flag',
  'password-file': 'value',
  // Taken only to be refused in words.
  password: 'value',
};

const LIMIT_BYTES = 1_048_576;

/**
 * Runs `work` while the passwords are known that the person gave: those of standard input, of a file and of the environment,
 * in this order. Afterwards nothing of them is left.
 * @throws Failure `usage`, and those of reading the file
 */
export async function withPasswords<T>(app: App, words: Arguments, work: () => Promise<T>): Promise<T> {
  const passwords = await givenPasswords(words);
  try {
    if (passwords.length > MOST_PASSWORDS)
      throw new Failure('usage', {
        detail: `More than ${String(MOST_PASSWORDS)} passwords were given. Give fewer.`,
      });
    await app.run('usePasswords', { passwords });
    return await work();
  } finally {
    for (const password of passwords) password.fill(0);
    await app.run('forgetPasswords', {});
  }
}

async function givenPasswords({ flag, value }: Arguments): Promise<Uint8Array[]> {
  if (value('password') !== undefined) {
    throw new Failure('usage', {
      detail:
        'A password among the arguments can be read by others. Give it by --password-stdin, --password-file FILE or SESSION_LOG_ZIP_PASSWORD.',
    });
  }
  const passwords: Uint8Array[] = [];
  if (flag('password-stdin')) passwords.push(...(await passwordsOf(process.stdin, 'Standard input')));
  const file = value('password-file');
  if (file !== undefined) passwords.push(...(await passwordsIn(resolve(file))));
  const { SESSION_LOG_ZIP_PASSWORD: fromEnvironment = '' } = process.env;
  if (fromEnvironment !== '') passwords.push(new TextEncoder().encode(fromEnvironment));
  return passwords;
}

async function passwordsIn(path: string): Promise<Uint8Array[]> {
  try {
    // A pipe is taken, too: shells make one of `<(…)`.
    const handle = await open(path, constants.O_RDONLY);
    try {
      return await passwordsOf(handle.createReadStream({ autoClose: false }), 'The password file');
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

/** One password a line, as bytes; an empty line is none. */
async function passwordsOf(stream: AsyncIterable<unknown>, source: string): Promise<Uint8Array[]> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > LIMIT_BYTES)
        throw new Failure('usage', { detail: `${source} is too long to hold passwords. Give one a line.` });
    }
    const passwords = linesIn(pieces);
    if (passwords.length === 0)
      throw new Failure('usage', { detail: `${source} holds no password. Give one a line.` });
    return passwords;
  } finally {
    for (const piece of pieces) piece.fill(0);
  }
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;

function linesIn(pieces: readonly Buffer[]): Uint8Array[] {
  const all = Buffer.concat(pieces);
  const lines: Uint8Array[] = [];
  for (let start = 0; start < all.length;) {
    const newline = all.indexOf(NEWLINE, start);
    const end = newline === -1 ? all.length : newline;
    const isReturned = newline > start && all[newline - 1] === RETURN;
    const line = Uint8Array.from(all.subarray(start, isReturned ? end - 1 : end));
    if (line.length > 0) lines.push(line);
    start = end + 1;
  }
  all.fill(0);
  return lines;
}
