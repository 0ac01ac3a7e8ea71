import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { TrailReport } from '../../audit/outputs/outputs.ts';
import { trailEnvironment } from '../../audit/postgres/storeChoice.ts';
import type { TrailJobs } from '../../audit/trail.ts';
import { trailUrl } from '../../audit/trailUrl.ts';
import { Failure, toFailureMessage, type FailureCode, type FailureMessage } from '../../base/failure.ts';
import { workerRunner, type JobContext } from '../../base/job.ts';
import { randomToken } from '../../files/durable.ts';
import type { App, AppJobs } from '../../jobs/jobs.ts';
import { workerUrl } from '../../jobs/workerUrl.ts';
import { Recorder } from '../../recorder/recorder.ts';
import { makeStateFolder, stateBase } from '../../workspace/stateFolder.ts';
import type { AppReport } from '../../workspace/workspace.ts';
import { startServer } from '../server.ts';

interface ServeInput {
  /** The folders of the workspaces. */
  readonly roots: readonly string[];
  /** Where to listen; 0 takes a port that is free. */
  readonly port: number;
  /** The file of the tokens, which stays. Without it one in the state folder is made, and deleted at the end. */
  readonly tokenFile?: string | undefined;
  /** The header that names the user; it counts only together with a token. */
  readonly userHeader?: string | undefined;
  /** How long running requests may go on after the job was cancelled, in ms. */
  readonly patience: number;
}

export type ServeReport =
  | { readonly kind: 'listening'; readonly url: string; readonly tokenFile: string }
  /** Requests go on without their entries. Each code is reported once for each workspace. */
  | { readonly kind: 'failure'; readonly failure: FailureMessage };

/**
 * Serves the API of some workspaces on this machine until the job is cancelled. It records the requests and maintains
 * the workspaces. The jobs of the API run in threads of their own.
 * @throws Failure `not-managed`, `workspace-id-twice`, `tokens-unusable`, `machine-error` if the port is taken …
 */
async function serveApi(input: ServeInput, context: JobContext<ServeReport>): Promise<void> {
  const { signal, report, door } = context;
  const environment = trailEnvironment(context);
  const { roots, port, userHeader, patience } = input;
  const tokenFile = input.tokenFile ?? newTokenFile(stateBase(environment));
  const app: App = workerRunner<AppJobs, AppReport>(workerUrl, environment, () => door);
  const trail = workerRunner<TrailJobs, TrailReport>(trailUrl, environment, () => 'api');
  const recorders = new Map<string, Recorder>();
  try {
    const workspaces = await openAll(roots, recorders, app, report);
    const server = await startServer({
      workspaces,
      port,
      tokenFile,
      userHeader,
      app,
      trail,
      recorderOf: (root) => Promise.resolve(recorders.get(root)),
    });
    report({ kind: 'listening', url: server.url, tokenFile });
    await aborted(signal);
    await server.close(patience);
    // Else what was done in the last seconds stays without a checkpoint until the trail is written to again.
    await app.run('closeTrails', {});
  } finally {
    try {
      await closeAll([...recorders.values()]);
    } finally {
      trail.dispose();
      app.dispose();
      if (input.tokenFile === undefined) removeTokenFile(tokenFile);
    }
  }
}

/**
 * Opens a recorder for each workspace, which also does its maintenance.
 * @param recorders gets them by their folders
 * @returns the folders by the ids of the workspaces
 */
async function openAll(
  roots: readonly string[],
  recorders: Map<string, Recorder>,
  app: App,
  report: (report: ServeReport) => void,
): Promise<Readonly<Record<string, string>>> {
  const shared: App = { ...app, dispose: () => undefined };
  const folders = new Map<string, string>();
  for (const root of roots) {
    const recorder = await Recorder.open({ workspace: root }, { app: shared });
    recorders.set(root, recorder);
    const id = recorder.workspaceId;
    const other = folders.get(id);
    if (other !== undefined) throw new Failure('workspace-id-twice', { id, paths: [other, root] });
    folders.set(id, root);
    const reported = new Set<FailureCode>();
    recorder.on('error', (error) => {
      const failure = toFailureMessage(error);
      if (reported.has(failure.code)) return;
      reported.add(failure.code);
      report({ kind: 'failure', failure });
    });
  }
  return Object.fromEntries(folders);
}

/** @throws Failure the first reason why an entry could not be written */
async function closeAll(recorders: readonly Recorder[]): Promise<void> {
  const ends = await Promise.allSettled(recorders.map((recorder) => recorder.close()));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
    if (signal.aborted) resolve();
  });
}

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

/** What the API's worker does. */
export const apiJobs = { serveApi };

export type ApiJobs = typeof apiJobs;
