import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MOST_PASSWORDS } from '../sessions/passwordRing.ts';
import type { App } from '../jobs/jobs.ts';
import { Failure, fromSystemError } from '../base/failure.ts';
import { askHidden, nothingTyped, linesOf } from './askHidden.ts';
import type { Arguments, Call, OptionKind } from './verb.ts';

/** The password options of every verb that opens archives. */
export const passwordOptions: Readonly<Record<string, OptionKind>> = {
  'password-stdin': 'flag',
  'password-file': 'value',
  // Accepted only to refuse it with an explanation.
  password: 'value',
};

/** How often a person is asked for a password who types none. */
const MOST_ASKED = 3;

const STANDARD_INPUT = 'Standard input';

/**
 * Runs `work` with the passwords that the person gave: those from standard input, from a file and from the environment,
 * in this order. Afterwards all of them are wiped.
 * @throws Failure `usage`, and those of reading the file
 */
export async function withPasswords<T>(app: App, words: Call, work: () => Promise<T>): Promise<T> {
  refuseArgument(words);
  const typed = words.flag('password-stdin') ? await typedPasswords() : [];
  return whileKnown(app, [...typed, ...(await otherPasswords(words))], work);
}

/**
 * The same for a change of the password: standard input holds two lines, the old and the new password; at a terminal
 * the person is asked for both. `work` gets the new password, which is not known yet. This function wipes it
 * afterwards.
 * @throws Failure `usage`, and those of reading the file
 */
export async function withNewPassword<T>(
  app: App,
  words: Call,
  work: (password: Uint8Array) => Promise<T>,
): Promise<T> {
  refuseArgument(words);
  const lines = process.stdin.isTTY ? await askForChange() : await linesOf(process.stdin, STANDARD_INPUT);
  try {
    const [old, password] = lines;
    if (old === undefined || password === undefined || lines.length > 2)
      throw new Failure('usage', {
        detail: 'Give two lines on standard input: the old password and the new one.',
      });
    if (old.length === 0 || password.length === 0)
      throw new Failure('usage', { detail: `The ${old.length === 0 ? 'old' : 'new'} password is empty.` });
    if (Buffer.compare(old, password) === 0)
      throw new Failure('usage', { detail: 'The new password is the old one. Give another one.' });
    const others = await otherPasswords(words);
    // `work` makes the new password known as well, so one place is kept free for it.
    return await whileKnown(app, [old, ...others], () => work(password), MOST_PASSWORDS - 1);
  } finally {
    for (const line of lines) line.fill(0);
  }
}

/** Asks for one password at a terminal; otherwise reads one password per line. */
async function typedPasswords(): Promise<Uint8Array[]> {
  if (!process.stdin.isTTY)
    return passwordsAmong(await linesOf(process.stdin, STANDARD_INPUT), STANDARD_INPUT);
  // Nothing typed is a wrong password: the person is asked again, a few times as other programs do.
  for (let asked = 0; asked < MOST_ASKED; asked += 1) {
    const passwords = await askHidden(['Password: ']);
    if (passwords[0]?.length !== 0) return passwords;
  }
  throw nothingTyped();
}

/** Asks for the new password twice, because the terminal does not show it. @returns the old and the new password */
async function askForChange(): Promise<Uint8Array[]> {
  const answers = await askHidden(['Old password: ', 'New password: ', 'New password again: ']);
  const [, password, again] = answers;
  if (Buffer.from(password ?? []).equals(again ?? Buffer.alloc(0))) return answers.slice(0, 2);
  for (const answer of answers) answer.fill(0);
  throw new Failure('usage', {
    detail: 'The new password was typed in two ways. Nothing has changed; try again.',
  });
}

async function whileKnown<T>(
  app: App,
  passwords: readonly Uint8Array[],
  work: () => Promise<T>,
  most = MOST_PASSWORDS,
): Promise<T> {
  try {
    if (passwords.length > most)
      throw new Failure('usage', { detail: `More than ${String(most)} passwords were given. Give fewer.` });
    await app.run('usePasswords', { passwords });
    return await work();
  } finally {
    for (const password of passwords) password.fill(0);
    await app.run('forgetPasswords', {});
  }
}

function refuseArgument({ value }: Arguments): void {
  if (value('password') === undefined) return;
  throw new Failure('usage', {
    detail:
      'A password among the arguments can be read by others. Give it by --password-stdin, --password-file FILE or SESSION_LOG_ZIP_PASSWORD.',
  });
}

/** The passwords from the password file and from the environment. */
async function otherPasswords({ value, environment }: Call): Promise<Uint8Array[]> {
  const passwords: Uint8Array[] = [];
  const file = value('password-file');
  if (file !== undefined) passwords.push(...(await passwordsIn(resolve(file))));
  const { SESSION_LOG_ZIP_PASSWORD: fromEnvironment = '' } = environment;
  if (fromEnvironment !== '') passwords.push(new TextEncoder().encode(fromEnvironment));
  return passwords;
}

async function passwordsIn(path: string): Promise<Uint8Array[]> {
  try {
    // A pipe is accepted, too: shells make one for `<(…)`.
    const handle = await open(path, constants.O_RDONLY);
    try {
      const source = 'The password file';
      return passwordsAmong(await linesOf(handle.createReadStream({ autoClose: false }), source), source);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

/** Drops empty lines. @throws Failure `usage` where no line is left */
function passwordsAmong(lines: readonly Uint8Array[], source: string): Uint8Array[] {
  const passwords = lines.filter(({ length }) => length > 0);
  if (passwords.length === 0)
    throw new Failure('usage', { detail: `${source} holds no password. Give one a line.` });
  return passwords;
}
