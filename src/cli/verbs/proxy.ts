import { once } from 'node:events';
import type { TrailReport } from '../../audit/outputs/outputs.ts';
import { storeChoice } from '../../audit/postgres/storeChoice.ts';
import type { Trail, TrailJobs } from '../../audit/trail.ts';
import { trailUrl } from '../../audit/trailUrl.ts';
import { readAuditEnvironment } from '../../policy/auditEnvironment.ts';
import type { App, AppJobs } from '../../jobs/jobs.ts';
import type { AppReport } from '../../workspace/workspace.ts';
import { startProxy } from '../../recorder/proxy/proxy.ts';
import { parseTarget, type Target } from '../../recorder/proxy/target.ts';
import { Recorder } from '../../recorder/recorder.ts';
import { workerUrl } from '../../jobs/workerUrl.ts';
import { Failure, fromSystemError } from '../../base/failure.ts';
import { workerRunner } from '../../base/job.ts';
import { Exit, type Verb } from '../verb.ts';
import { printLine } from '../output.ts';
import { captureOptionsOf, portOf, tellProblems } from '../serving.ts';

/** How long open requests may go on after the proxy was asked to stop, in ms. */
const PATIENCE_MS = 5000;

export const proxy: Verb = {
  options: { target: 'value', port: 'value', 'user-header': 'value', 'trusted-proxies': 'value' },
  positionals: { min: 0, max: 0 },
  async run(words) {
    const target = targetOf(words.value('target'));
    const port = portOf(words.value('port'));
    const options = captureOptionsOf({
      userHeader: words.value('user-header'),
      trustedProxies: words.value('trusted-proxies'),
    });
    const app: App = workerRunner<AppJobs, AppReport>(workerUrl, words.environment, () => 'cli');
    const trail: Trail = workerRunner<TrailJobs, TrailReport>(trailUrl, words.environment);
    const auditEnvironment = readAuditEnvironment(words.environment);
    const store = storeChoice(words.environment);
    const parts = { app, trail, store, auditEnvironment, door: 'cli' } as const;
    const recorder = await Recorder.open({ workspace: words.root }, parts);
    tellProblems(recorder);
    try {
      const started = await startProxy(recorder, { ...options, target, port }).catch((error: unknown) => {
        throw fromSystemError(error, `127.0.0.1:${String(port)}`);
      });
      const asked = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
      const { url } = started;
      await printLine(words.json ? JSON.stringify({ url }) : `Recording what passes through ${url}`);
      await asked;
      await started.close(PATIENCE_MS);
    } finally {
      await recorder.close();
    }
    return Exit.done;
  },
};

function targetOf(text: string | undefined): Target {
  if (text === undefined)
    throw wrong('--target names the backend, such as http://127.0.0.1:8000. See --help.');
  const target = parseTarget(text);
  // The text may hold a password, so it is not repeated.
  if (target === undefined) throw wrong('--target must be an http or https URL without a query.');
  return target;
}

function wrong(detail: string): Failure {
  return new Failure('usage', { detail });
}
