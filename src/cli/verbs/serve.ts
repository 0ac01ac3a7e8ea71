import { once } from 'node:events';
import { unlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { randomToken } from '../../files/durable.ts';
import { startServer } from '../../http/server.ts';
import type { App, AppJobs } from '../../jobs/jobs.ts';
import { workerUrl } from '../../jobs/workerUrl.ts';
import { Failure } from '../../base/failure.ts';
import type { TrailReport } from '../../audit/outputs/outputs.ts';
import { storeChoice } from '../../audit/postgres/storeChoice.ts';
import type { TrailJobs } from '../../audit/trail.ts';
import { trailUrl } from '../../audit/trailUrl.ts';
import { workerRunner } from '../../base/job.ts';
import { Recorder } from '../../recorder/recorder.ts';
import { makeStateFolder, stateBase } from '../../workspace/stateFolder.ts';
import type { AppReport } from '../../workspace/workspace.ts';
import { printLine } from '../output.ts';
import { captureOptionsOf, portOf, tellProblems } from '../serving.ts';
import { Exit, type Verb } from '../verb.ts';

/** How long running requests may go on after the server was asked to stop, in ms. */
const PATIENCE_MS = 5000;

export const serve: Verb = {
  options: { workspace: 'values', port: 'value', 'token-file': 'value', 'user-header': 'value' },
  positionals: { min: 0, max: 0 },
  async run({ value, values, json, environment }) {
    const port = portOf(value('port'));
    const { userHeader } = captureOptionsOf({ userHeader: value('user-header') });
    const named = values('workspace');
    const roots = (named.length === 0 ? ['.'] : named).map((path) => resolve(path));
    const app: App = workerRunner<AppJobs, AppReport>(workerUrl, environment, () => 'cli');
    const shared: App = { ...app, dispose: () => undefined };
    const recorders = new Map<string, { readonly recorder: Recorder; readonly root: string }>();
    const given = value('token-file');
    const tokenFile = given === undefined ? newTokenFile(stateBase(environment)) : resolve(given);
    try {
      // A recorder does its workspace's maintenance, too.
      for (const root of roots) {
        const recorder = await Recorder.open({ workspace: root }, { app: shared });
        const id = recorder.workspaceId;
        const other = recorders.get(id);
        if (other !== undefined) {
          await recorder.close();
          throw new Failure('usage', {
            detail: `Two workspaces have the id “${id}”. Serve one of them, or give one another workspaceId.`,
          });
        }
        recorders.set(id, { recorder, root });
        tellProblems(recorder);
      }
      const byRoot = new Map([...recorders.values()].map(({ recorder, root }) => [root, recorder]));
      const asked = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
      const server = await startServer({
        workspaces: Object.fromEntries([...recorders].map(([id, { root }]) => [id, root])),
        port,
        tokenFile,
        userHeader,
        app,
        trail: {
          trail: workerRunner<TrailJobs, TrailReport>(trailUrl, environment, () => 'api'),
          store: storeChoice(environment),
        },
        recorderOf: (root) => Promise.resolve(byRoot.get(root)),
      });
      const { url } = server;
      await printLine(
        json ? JSON.stringify({ url, tokenFile }) : `Serving ${url}. The tokens are in ${tokenFile}.`,
      );
      await asked;
      await server.close(PATIENCE_MS);
    } finally {
      await Promise.all([...recorders.values()].map(({ recorder }) => recorder.close()));
      app.dispose();
      if (given === undefined) removeTokenFile(tokenFile);
    }
    return Exit.done;
  },
};

function newTokenFile(base: string): string {
  const folder = join(base, 'serve');
  makeStateFolder(folder);
  return join(folder, `${randomToken()}.json`);
}

function removeTokenFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never written, or is removed.
  }
}
