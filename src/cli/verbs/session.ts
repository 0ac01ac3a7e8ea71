import { inlineApp } from '../../app/jobs.ts';
import type { App } from '../../app/jobs.ts';
import type { OpenedArchive } from '../../app/openArchive.ts';
import { describe, printable } from '../../app/words.ts';
import { Failure } from '../../base/failure.ts';
import { formatNumber, plural } from '../../base/locale.ts';
import { pathInWorkspace } from '../../model/logFile.ts';
import { Exit } from '../exit.ts';
import { forTerminal, print, printError, printJson, printJsonTexts, printLine } from '../output.ts';
import { passwordOptions, withPasswords } from '../passwords.ts';
import { pathOf } from '../paths.ts';
import type { Arguments, Verb } from '../verb.ts';

export const session: Verb = {
  options: passwordOptions,
  positionals: { min: 2, max: 2 },
  async run(words) {
    const [what = '', name = ''] = words.positionals;
    const run = what === 'open' ? openOne : what === 'find' ? find : undefined;
    if (run === undefined || name === '')
      throw new Failure('usage', { detail: 'Write session open FILE, or session find ID. See --help.' });
    const app = inlineApp();
    return withPasswords(app, words, () => run(app, name, words));
  },
};

async function openOne(app: App, file: string, { root, json }: Arguments): Promise<Exit> {
  const opened = await app.run('openArchive', { path: pathOf(root, file) });
  if (json) await printOpened(opened);
  else await printTexts(opened);
  const sentences = opened.refused.map(({ failure }) => describe(failure));
  // What does not match is refused; something else may be missing.
  if (opened.bound === false && sentences.length === 0)
    sentences.push('The archive does not hold just the files that its meta.json tells of.');
  for (const sentence of new Set(sentences)) printError(sentence);
  return sentences.length === 0 ? Exit.done : Exit.refused;
}

async function printOpened({ meta, members, bound }: OpenedArchive): Promise<void> {
  await print(`{"meta":${JSON.stringify(meta)},"members":`);
  await printJsonTexts(members);
  await printLine(`,"bound":${JSON.stringify(bound)}}`);
}

/** The log comes last: it is what a person wants to see, and long. */
async function printTexts({ members }: OpenedArchive): Promise<void> {
  const isLog = ([name]: readonly [string, string]): number => Number(name.startsWith('logs.'));
  const texts = Object.entries(members).sort((one, other) => isLog(one) - isLog(other));
  for (const [index, [name, text]] of texts.entries()) {
    await printLine(`${index === 0 ? '' : '\n'}==> ${printable(name)} <==`);
    await print(forTerminal(Buffer.from(text)));
    if (!text.endsWith('\n')) await printLine('');
  }
}

async function find(app: App, id: string, { root, json }: Arguments): Promise<Exit> {
  const { SESSION_LOG_DIR: sessions = '' } = process.env;
  const input = { root, id, sessions: sessions === '' ? undefined : sessions };
  const { found, unopened, unreadable } = await app.run('findSessions', input);
  const rows = found.map(({ file, ids }) => ({ path: pathInWorkspace(file), ids }));
  if (json) await printJson(rows);
  else for (const { path } of rows) await printLine(printable(path));
  if (unopened > 0) printError(sentenceOfUnopened(unopened));
  if (unreadable > 0) printError(sentenceOfUnreadable(unreadable));
  return unopened + unreadable === 0 ? Exit.done : Exit.refused;
}

function sentenceOfUnopened(count: number): string {
  const number = formatNumber(count);
  return plural(count, {
    one: `${number} archive was not searched: no password opened it. Give its password.`,
    other: `${number} archives were not searched: no password opened them. Give their passwords.`,
  });
}

function sentenceOfUnreadable(count: number): string {
  const number = formatNumber(count);
  return plural(count, {
    one: `${number} archive was not searched: it could not be read, or has no meta.json.`,
    other: `${number} archives were not searched: they could not be read, or have no meta.json.`,
  });
}
