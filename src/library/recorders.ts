import { isAbsolute } from 'node:path';
import type { TrailReport } from '../audit/outputs/outputs.ts';
import { storeOf } from '../audit/postgres/storeChoice.ts';
import type { TrailJobs } from '../audit/trail.ts';
import { trailUrl } from '../audit/trailUrl.ts';
import { handDown, readAuditEnvironment, type AuditEnvironment } from '../policy/auditEnvironment.ts';
import type { AppReport } from '../workspace/workspace.ts';
import type { AppJobs } from '../jobs/jobs.ts';
import { Recorder } from '../recorder/recorder.ts';
import type { Recorders, RecordersOptions } from '../recorder/recorderTypes.ts';
import { inWords } from '../words/failures.ts';
import { workerUrl } from '../jobs/workerUrl.ts';
import { Failure, hasCode } from '../base/failure.ts';
import { workerRunner, type Environment } from '../base/job.ts';
import { checkRecordersOptions } from './optionRules.ts';

/**
 * Opens many workspaces for recording, each with its own recorder: a request goes into its own workspace's log and
 * nowhere else. One worker thread does the rest of the work of all of them. As with `createRecorder`, a signal without
 * a listener loses the lines that wait.
 * @example
 * const recorders = await createRecorders({ workspaces: ['/srv/a', '/srv/b'] });
 * app.use(expressRecorder((request) => recorders.recorderOf(request.get('x-workspace'))));
 * process.once('SIGTERM', () => server.close(() => recorders.close()));
 * @param environment holds the `AUDIT_*` variables and those of the database; that of the process by default
 * @throws TypeError for options that are unknown or wrong
 * @throws Failure `workspace-id-twice`, and those of `createRecorder` for any of the workspaces; then none stays open
 */
export async function createRecorders(
  options: RecordersOptions,
  environment: Environment = process.env,
): Promise<Recorders> {
  checkRecordersOptions(options);
  const { workspaces, ...others } = options;
  const given = { ...process.env, ...environment };
  let auditEnvironment: AuditEnvironment;
  try {
    auditEnvironment = readAuditEnvironment(given);
  } catch (error) {
    throw hasCode(error) ? inWords(error) : error;
  }
  const own = handDown(given, auditEnvironment);
  const app = workerRunner<AppJobs, AppReport>(workerUrl, own);
  const trail = workerRunner<TrailJobs, TrailReport>(trailUrl, own);
  // A recorder disposes of its workers when it is closed, but these serve the other recorders, too.
  const shared = {
    app: { ...app, dispose: () => undefined },
    trail: { ...trail, dispose: () => undefined },
    store: storeOf({ door: 'library', environment: own }),
  };
  const opened = new Map<string, { readonly recorder: Recorder; readonly workspace: string }>();

  async function closeAll(): Promise<void> {
    const ends = await Promise.allSettled([...opened.values()].map(({ recorder }) => recorder.close()));
    app.dispose();
    trail.dispose();
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  try {
    // The records of one workspace go into no file of another.
    if (workspaces.length > 1 && auditEnvironment.path !== undefined && isAbsolute(auditEnvironment.path))
      throw new Failure('environment-invalid', {
        name: 'AUDIT_LOGS_FILE_PATH',
        expected: 'logs/audit.log | ./NAME.log',
      });
    for (const workspace of workspaces) {
      const recorder = await Recorder.open({ ...others, workspace }, { ...shared, auditEnvironment });
      const id = recorder.workspaceId;
      const other = opened.get(id);
      if (other !== undefined) {
        await recorder.close();
        throw new Failure('workspace-id-twice', { id, paths: [other.workspace, workspace] });
      }
      opened.set(id, { recorder, workspace });
    }
  } catch (error) {
    await closeAll();
    throw hasCode(error) ? inWords(error) : error;
  }

  let closing: Promise<void> | undefined;
  return {
    recorderOf: (id) => (id === undefined ? undefined : opened.get(id)?.recorder),
    close: () => (closing ??= closeAll()),
  };
}
