import type { App } from '../../../jobs/jobs.ts';
import type { OpenedArchive } from '../../../sessions/openArchive.ts';
import { describe, printable } from '../../../words/failures.ts';
import { Exit, type Arguments } from '../../verb.ts';
import { forTerminal, print, printError, printJsonTexts, printLine } from '../../output.ts';
import { pathOf } from '../../paths.ts';

/** `session open FILE`: what a zip holds. */
export async function openOne(
  app: App,
  { root, json, positionals: [, file = ''] }: Arguments,
): Promise<Exit> {
  const opened = await app.run('openArchive', { path: pathOf(root, file), root });
  if (json) await printOpened(opened);
  else await printTexts(opened);
  const sentences = opened.refused.map(({ failure }) => describe(failure));
  // A file that does not match is refused. Without a refused file, the archive lacks a file or holds an extra one.
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

/** Prints the log last: it is long, and what a person wants to see. */
async function printTexts({ members }: OpenedArchive): Promise<void> {
  const isLog = ([name]: readonly [string, string]): number => Number(name.startsWith('logs.'));
  const texts = Object.entries(members).sort((one, other) => isLog(one) - isLog(other));
  for (const [index, [name, text]] of texts.entries()) {
    await printLine(`${index === 0 ? '' : '\n'}==> ${printable(name)} <==`);
    await print(forTerminal(Buffer.from(text)));
    if (!text.endsWith('\n')) await printLine('');
  }
}
