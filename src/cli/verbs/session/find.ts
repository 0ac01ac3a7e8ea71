import { pathOf } from '../../../workspace/logPlaces.ts';
import type { App } from '../../../jobs/jobs.ts';
import { shownFrom } from '../../../workspace/sessionsFolder.ts';
import { printable } from '../../../words/failures.ts';
import { formatNumber, plural } from '../../../base/locale.ts';
import { Exit, type Call } from '../../verb.ts';
import { printError, printJson, printLine } from '../../output.ts';
import { sessionsHere } from '../../paths.ts';

/** `session find ID`: the archives in which an id occurs. */
export async function find(
  app: App,
  { root, json, positionals: [, id = ''], environment }: Call,
): Promise<Exit> {
  const input = { root, id, sessions: sessionsHere(environment) };
  const { found, unopened, unreadable, notSearched } = await app.run('findSessions', input);
  const rows = found.map(({ file, ids }) => ({ path: shownFrom(root, pathOf(root, file)), ids }));
  if (json) await printJson(rows);
  else for (const { path } of rows) await printLine(printable(path));
  if (unopened > 0) printError(sentenceOfUnopened(unopened));
  if (unreadable > 0) printError(sentenceOfUnreadable(unreadable));
  for (const file of notSearched)
    printError(`Not searched: ${printable(shownFrom(root, pathOf(root, file)))}`);
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
