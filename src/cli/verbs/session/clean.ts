import type { App } from '../../../jobs/jobs.ts';
import { readEnvironment } from '../../../policy/environment.ts';
import { parseNow } from '../../arguments.ts';
import type { Exit, Call } from '../../verb.ts';
import { PATIENCE_MS, tellOutcome, tellPlan } from '../../tellPlan.ts';
import { untilStopped } from '../../untilStopped.ts';

/** `session clean`: deletes archives that are too old, even where no archives are written any more. */
export async function clean(app: App, { root, json, flag, value, environment }: Call): Promise<Exit> {
  const isDry = flag('dry-run');
  const input = {
    root,
    fromEnvironment: readEnvironment(environment),
    now: parseNow(value('now')),
    dryRun: isDry,
    accept: flag('accept'),
    patience: PATIENCE_MS,
  };
  const report = await untilStopped((signal) => app.run('cleanSessions', input, { signal }));
  await tellPlan(report, { json, isDry, folders: report.folders });
  return tellOutcome(report, 'session clean');
}
