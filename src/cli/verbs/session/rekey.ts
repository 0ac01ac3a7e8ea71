import type { App } from '../../../jobs/jobs.ts';
import type { RekeyReport } from '../../../sessions/rekeySessions.ts';
import { describe } from '../../../words/failures.ts';
import { Failure } from '../../../base/failure.ts';
import { formatNumber, plural } from '../../../base/locale.ts';
import { passwordDoubt } from '../../../archive/passwordStrength.ts';
import { readEnvironment } from '../../../policy/environment.ts';
import { Exit, type Call } from '../../verb.ts';
import { printError, printJson, printLine } from '../../output.ts';
import { withNewPassword } from '../../passwords.ts';
import { PATIENCE_MS } from '../../tellPlan.ts';
import { untilStopped } from '../../untilStopped.ts';

/** `session rekey`: gives every archive that a known password opens a new password. */
export async function rekey(app: App, words: Call): Promise<Exit> {
  const fromEnvironment = readEnvironment(words.environment);
  const report = await withNewPassword(app, words, (password) => {
    const doubt = passwordDoubt(password);
    if (doubt !== undefined) printError(describe(new Failure(doubt, {})));
    // An interrupted archive keeps its old password, or has the new one already.
    const input = { root: words.root, fromEnvironment, password, patience: PATIENCE_MS };
    return untilStopped((signal) => app.run('rekeySessions', input, { signal }));
  });
  const { rekeyed, already, skipped, cancelled } = report;
  if (words.json) {
    await printJson({
      rekeyed,
      already,
      skipped: skipped.map(({ path, failure }) => ({ path, reason: failure.code })),
    });
  } else {
    await printLine(summaryOf(report));
    if (rekeyed > 0)
      await printLine('Programs that write archives need it, too: set their SESSION_LOG_ZIP_PASSWORD.');
    for (const { failure } of skipped) printError(describe(failure));
  }
  if (cancelled) printError('Cancelled: the other archives have their old passwords. Run it again.');
  return skipped.length === 0 && !cancelled ? Exit.done : Exit.refused;
}

/** `200 archives now open with the new password, 3 had it already, 2 are left as they are.` */
function summaryOf({ rekeyed, already, skipped }: RekeyReport): string {
  const parts = [
    plural(rekeyed, {
      one: '1 archive now opens with the new password',
      other: `${formatNumber(rekeyed)} archives now open with the new password`,
    }),
  ];
  if (already > 0) parts.push(`${formatNumber(already)} had it already`);
  const left = formatNumber(skipped.length);
  if (skipped.length > 0)
    parts.push(
      plural(skipped.length, { one: `${left} is left as it is`, other: `${left} are left as they are` }),
    );
  return `${parts.join(', ')}.`;
}
