import type { TrailReport } from '../audit/outputs/outputs.ts';
import { storeOf } from '../audit/postgres/storeChoice.ts';
import type { TrailJobs } from '../audit/trail.ts';
import { trailUrl } from '../audit/trailUrl.ts';
import { handDown, readAuditEnvironment } from '../policy/auditEnvironment.ts';
import type { AppReport } from '../workspace/workspace.ts';
import type { AppJobs } from '../jobs/jobs.ts';
import { Recorder as AppRecorder } from '../recorder/recorder.ts';
import type { Recorder, RecorderOptions } from '../recorder/recorderTypes.ts';
import { inWords } from '../words/failures.ts';
import { workerUrl } from '../jobs/workerUrl.ts';
import { hasCode } from '../base/failure.ts';
import { workerRunner, type Environment } from '../base/job.ts';
import { anonymise as anonymiseEvent } from '../privacy/anonymise.ts';
import type { Anonymous, AnonymiseOptions } from '../privacy/privacyTypes.ts';
import { checkAnonymiseOptions, checkRecorderOptions } from './optionRules.ts';

export type { Failure, FailureCode, FailureData } from '../base/failure.ts';
export type { Entry } from '../files/entry.ts';
export type {
  Recorder,
  RecorderEvents,
  RecorderOptions,
  Recorders,
  RecordersOptions,
  RecorderStats,
} from '../recorder/recorderTypes.ts';
export type {
  SessionOptions,
  SessionStats,
  UsageEvent,
  UsageOptions,
} from '../recorder/sessions/sessionTypes.ts';
export type { LineFields, RequestIds, SessionLog } from '../sessions/log/sessionLog.ts';
export type { ActionRegistry, AuditAction, AuditCategory } from '../audit/actions.ts';
export { changesBetween, type AuditRecord, type Changes } from '../audit/record.ts';
export type { AuditPerson, AuditRole } from '../audit/roles.ts';
export { openAudit } from './audit.ts';
export type {
  Audit,
  AuditExport,
  AuditOptions,
  AuditQueryOptions,
  AuditVerifyOptions,
  AuditView,
} from './auditTypes.ts';
export { startForwarding } from './forwarding.ts';
export type { Forwarding, ForwardingOptions, ForwardingTarget } from './forwardingTypes.ts';
export type { TargetStatus } from '../forward/targetStatus.ts';
export { createRecorders } from './recorders.ts';
export type { Allowed, Anonymous, AnonymiseOptions } from '../privacy/privacyTypes.ts';
export { flushSessions, openSession, recordUsage, sessionStats, type Session } from './sessions.ts';

/**
 * What may leave the machine of one event: an entry of the API log, a record of the audit trail, or a usage event. The
 * event is never changed, and nothing is thrown because of it.
 * @returns a copy, pseudonymous, with the fields that docs/privacy.md names and no others
 * @throws TypeError for options that are unknown or wrong, and for a key that is missing or too short
 */
export function anonymise(event: unknown, options: AnonymiseOptions): Anonymous {
  checkAnonymiseOptions(options);
  return anonymiseEvent(event, options);
}

/**
 * Opens a workspace for recording. A worker thread does the rest of the work (rotating, zipping, expiring). It is
 * started when it is first needed and does not keep the process alive.
 *
 * A line waits up to 10 ms for others that are written with it. A process that ends by itself, by `process.exit()` or by
 * an uncaught error writes the lines that wait. A process that is ended by a signal without a listener (SIGTERM, SIGINT,
 * SIGKILL) loses them: on SIGTERM and SIGINT, close your server, then the recorder.
 * @example
 * const recorder = await createRecorder({ workspace: '.' });
 * process.once('SIGTERM', () => server.close(() => recorder.close()));
 * @param environment holds the `AUDIT_*` variables and those of the database; that of the process by default
 * @throws TypeError for options that are unknown or wrong
 * @throws Failure `not-managed`, `policy-damaged`, `policy-newer`, `workspace-not-a-folder`, `logs-not-a-folder`,
 * `no-permission`, `sqlite-missing` …; its message is a sentence
 */
export async function createRecorder(
  options: RecorderOptions,
  environment: Environment = process.env,
): Promise<Recorder> {
  checkRecorderOptions(options);
  const given = { ...process.env, ...environment };
  const auditEnvironment = spoken(() => readAuditEnvironment(given));
  const own = handDown(given, auditEnvironment);
  const app = workerRunner<AppJobs, AppReport>(workerUrl, own);
  const trail = workerRunner<TrailJobs, TrailReport>(trailUrl, own);
  const store = storeOf({ door: 'library', environment: own });
  try {
    return await AppRecorder.open(options, { app, trail, store, auditEnvironment });
  } catch (error) {
    app.dispose();
    trail.dispose();
    throw hasCode(error) ? inWords(error) : error;
  }
}

/** A failure with its sentence, for callers who read the message. */
function spoken<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw hasCode(error) ? inWords(error) : error;
  }
}
