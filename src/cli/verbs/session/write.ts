import { newestPassword } from '../../../sessions/passwordRing.ts';
import type { App } from '../../../jobs/jobs.ts';
import { sessionSettings } from '../../../workspace/sessionsFolder.ts';
import { describe, printable } from '../../../words/failures.ts';
import { Failure, fromFailureMessage, withLoss } from '../../../base/failure.ts';
import { formatNumber, plural } from '../../../base/locale.ts';
import { loadPolicy } from '../../../workspace/policyFile.ts';
import { createMasker } from '../../../masking/masker.ts';
import { passwordDoubt } from '../../../archive/passwordStrength.ts';
import { defaultPolicy } from '../../../policy/policy.ts';
import { readEnvironment } from '../../../policy/environment.ts';
import { lineMaker } from '../../../sessions/log/sessionLine.ts';
import { maskedIds } from '../../../sessions/log/ids.ts';
import type { RequestIds } from '../../../sessions/log/sessionLog.ts';
import { Exit, type Arguments, type Call } from '../../verb.ts';
import { printError, printJson, printLine } from '../../output.ts';
import { tellAboutGit } from '../../tellPlan.ts';
import { readInputLines } from './inputLines.ts';

/** `session write`: lines from standard input become an archive. */
export async function write(app: App, { root, json, value, environment }: Call): Promise<Exit> {
  const given = idsOf(value);
  const fromEnvironment = readEnvironment(environment);
  // Without a policy nothing is written; the job reports that after the other reasons to write nothing.
  const policy = loadPolicy(root) ?? defaultPolicy;
  const masker = createMasker(policy.masking);
  const ids = maskedIds(given, masker);
  const line = lineMaker(ids, masker);
  const { ring, tooLong } = await readInputLines(
    process.stdin,
    line,
    sessionSettings(policy, fromEnvironment).maxLines,
  );
  const { dropped: droppedLines } = ring;
  const log = { ids, chunks: ring.take(), droppedLines, completedAt: Date.now() };
  const written = await app.run('writeSession', { root, log, fromEnvironment }).catch((error: unknown) => {
    // Nobody else has the lines of a pipe.
    throw withLoss(error, 'lines');
  });
  if ('skipped' in written) {
    const { skipped: reason, detail } = written;
    if (json) await printJson({ skipped: reason });
    printError(describe(new Failure('session-skipped', { reason, detail })));
    return Exit.refused;
  }
  const { path, unprotected: failure, unremembered } = written;
  if (json) await printJson({ path });
  else await printLine(printable(path));
  tellAboutGit({ tracked: [], ...(failure && { failure }) });
  if (unremembered !== undefined) printError(describe(fromFailureMessage(unremembered)));
  tellWhatToKnow(tooLong);
  return Exit.done;
}

/**
 * An option that is not given is wrong usage. An empty id is reported later, with the other reasons to write nothing.
 */
function idsOf(value: Arguments['value']): RequestIds {
  const [userId, chatId, messageId] = [value('user'), value('chat'), value('message')];
  if (userId === undefined || chatId === undefined || messageId === undefined)
    throw new Failure('usage', {
      detail: 'session write needs --user, --chat and --message. See --help.',
    });
  return { userId, chatId, messageId, sessionId: value('session'), requestId: value('request') };
}

function tellWhatToKnow(tooLong: number): void {
  const password = newestPassword();
  const doubt = password && passwordDoubt(password);
  password?.fill(0);
  if (doubt !== undefined) printError(describe(new Failure(doubt, {})));
  if (tooLong === 0) return;
  const number = formatNumber(tooLong);
  printError(
    plural(tooLong, {
      one: `${number} line is longer than 16 MB and is not in the archive.`,
      other: `${number} lines are longer than 16 MB and are not in the archive.`,
    }),
  );
}
