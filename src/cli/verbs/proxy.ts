import { once } from 'node:events';
import type { TrailReport } from '../../audit/outputs/outputs.ts';
import { storeChoice } from '../../audit/postgres/storeChoice.ts';
import type { Trail, TrailJobs } from '../../audit/trail.ts';
import { trailUrl } from '../../audit/trailUrl.ts';
import { readAuditEnvironment } from '../../policy/auditEnvironment.ts';
import type { App, AppJobs } from '../../jobs/jobs.ts';
import type { AppReport } from '../../workspace/workspace.ts';
import { checkCaptureOptions, type CaptureOptions } from '../../recorder/capture/requestFacts.ts';
import { trustedProxies } from '../../recorder/capture/trustedProxies.ts';
import { startProxy } from '../../recorder/proxy/proxy.ts';
import { parseTarget, type Target } from '../../recorder/proxy/target.ts';
import { Recorder } from '../../recorder/recorder.ts';
import { describe } from '../../words/failures.ts';
import { workerUrl } from '../../jobs/workerUrl.ts';
import { Failure, fromSystemError, fromUnknown } from '../../base/failure.ts';
import { workerRunner } from '../../base/job.ts';
import { Exit, type Arguments, type Verb } from '../verb.ts';
import { printError, printLine } from '../output.ts';

/** How long open requests may go on after the proxy was asked to stop, in ms. */
const PATIENCE_MS = 5000;
const HIGHEST_PORT = 65_535;

export const proxy: Verb = {
  options: { target: 'value', port: 'value', 'user-header': 'value', 'trusted-proxies': 'value' },
  positionals: { min: 0, max: 0 },
  async run(words) {
    const target = targetOf(words.value('target'));
    const port = portOf(words.value('port'));
    const options = captureOptionsOf(words);
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

function portOf(text: string | undefined): number {
  if (text === undefined) throw wrong('--port says where to listen; 0 takes any that is free. See --help.');
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= HIGHEST_PORT)) throw wrong(`“${text}” is no port. Write a number from 0 to 65535.`);
  return port;
}

function captureOptionsOf({ value }: Arguments): CaptureOptions {
  const options = { userHeader: value('user-header'), trustedProxies: value('trusted-proxies') };
  try {
    checkCaptureOptions(options);
    trustedProxies(options.trustedProxies);
  } catch (error) {
    const { message } = error as TypeError;
    throw wrong(
      message.replace('userHeader', '--user-header').replace('trustedProxies', '--trusted-proxies'),
    );
  }
  return options;
}

function wrong(detail: string): Failure {
  return new Failure('usage', { detail });
}

/** Prints each kind of failure once; requests go on without their entries. */
function tellProblems(recorder: Recorder): void {
  const told = new Set<string>();
  recorder.on('error', (failure) => {
    if (told.has(failure.code)) return;
    told.add(failure.code);
    printError(describe(fromUnknown(failure)));
  });
}
