import { inlineApp } from '../../app/jobs.ts';
import type { App } from '../../app/jobs.ts';
import type { MaintenanceInput, MaintenanceReport, Preview } from '../../app/maintain.ts';
import { describe, describeSkip, describeStep, summarise } from '../../app/words.ts';
import { parseNow } from '../arguments.ts';
import { Exit } from '../exit.ts';
import { printError, printJson, printLine } from '../output.ts';
import { tellAboutGit } from '../tellAboutGit.ts';
import type { Verb } from '../verb.ts';

/** A person waits for another run, but not for ever. */
const PATIENCE_MS = 60_000;

export const maintain: Verb = {
  options: { 'dry-run': 'flag', now: 'value', accept: 'flag' },
  positionals: { min: 0, max: 0 },
  async run({ root, json, flag, value }) {
    const app = inlineApp();
    const input = { root, now: parseNow(value('now')), accept: flag('accept'), patience: PATIENCE_MS };
    if (flag('dry-run')) {
      const preview = await app.run('previewMaintenance', input);
      await tell(preview, json, ' (dry run: nothing was changed)');
      return tellPending(preview);
    }
    const report = await run(app, input);
    await tell(report, json, '');
    return tellOutcome(report);
  },
};

async function tell(plan: Preview, json: boolean, remark: string): Promise<void> {
  const { steps, skipped, before, after } = plan;
  if (json) await printJson({ steps, skipped, before, after });
  else {
    for (const step of steps) await printLine(describeStep(step));
    await printLine(summarise(plan) + remark);
  }
  for (const skip of skipped) printError(describeSkip(skip));
}

/** Ctrl+C ends the run after the step under way, with nothing half done. */
async function run(app: App, input: MaintenanceInput): Promise<MaintenanceReport> {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await app.run('runMaintenance', input, { signal: controller.signal });
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function tellOutcome(report: MaintenanceReport): Exit {
  tellAboutGit(report.git);
  for (const { failure } of report.failed) printError(describe(failure));
  if (report.cancelled) printError('Cancelled: the steps above were done, the rest was not.');
  const pending = tellPending(report);
  return report.failed.length > 0 ? Exit.failed : report.cancelled ? Exit.refused : pending;
}

/** A deletion that waits for a person's word is a refusal. */
function tellPending({ acceptance, skipped }: Preview): Exit {
  if (acceptance.kind === 'accepted' || !skipped.some(({ reason }) => reason === 'unaccepted'))
    return Exit.done;
  printError(
    `The policy became more destructive (${acceptance.keys.join(', ')}) and was not accepted on this machine. ` +
      'Look at it with “maintain --dry-run --accept”, then run “policy --accept”.',
  );
  return Exit.refused;
}
