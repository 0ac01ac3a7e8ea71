import { readableAuditEnvironment, readableEnvironment } from '../readableEnvironment.ts';
import { inlineApp } from '../../jobs/jobs.ts';
import { parseNow } from '../arguments.ts';
import { tellAboutGit, PATIENCE_MS, tellOutcome, tellPending, tellPlan } from '../tellPlan.ts';
import { untilStopped } from '../untilStopped.ts';
import type { Verb } from '../verb.ts';

const VERB = 'maintain';

export const maintain: Verb = {
  options: { 'dry-run': 'flag', now: 'value', accept: 'flag' },
  positionals: { min: 0, max: 0 },
  async run({ root, json, flag, value, environment }) {
    const app = inlineApp(environment);
    const input = {
      root,
      now: parseNow(value('now')),
      accept: flag('accept'),
      patience: PATIENCE_MS,
      fromEnvironment: readableEnvironment(environment),
      auditEnvironment: readableAuditEnvironment(environment),
    };
    if (flag('dry-run')) {
      const preview = await app.run('previewMaintenance', input);
      await tellPlan(preview, { json, isDry: true });
      return tellPending(preview, VERB);
    }
    const report = await untilStopped((signal) => app.run('runMaintenance', input, { signal }));
    await tellPlan(report, { json, isDry: false });
    tellAboutGit(report.git);
    return tellOutcome(report, VERB);
  },
};
