import type { AppReport } from '../app/actionEvent.ts';
import type { AppJobs } from '../app/jobs.ts';
import { Recorder as AppRecorder } from '../app/recorder.ts';
import type { Recorder, RecorderOptions } from '../app/recorderTypes.ts';
import { inWords } from '../app/words.ts';
import { workerUrl } from '../app/workerUrl.ts';
import { hasCode } from '../base/failure.ts';
import { workerRunner } from '../base/job.ts';
import { checkRecorderOptions } from './recorderOptions.ts';

export type { Failure, FailureCode, FailureData } from '../base/failure.ts';
export type { Entry } from '../model/entry.ts';
export type { Recorder, RecorderEvents, RecorderOptions, RecorderStats } from '../app/recorderTypes.ts';
export type { SessionOptions, SessionStats } from '../app/sessionTypes.ts';
export type { LineFields, RequestIds, SessionLog } from '../sessions/sessionLog.ts';
export { flushSessions, openSession, sessionStats } from './sessions.ts';

/**
 * Opens a workspace for recording. What this process must do beside writing (rotating, zipping, expiring) is done in a
 * worker thread, which is started when it is first needed and does not keep the process alive.
 * @throws TypeError for options that are unknown or wrong
 * @throws Failure `not-managed`, `policy-damaged`, `policy-newer`, `workspace-not-a-folder`, `logs-not-a-folder`,
 *   `no-permission`, `sqlite-missing` …; its message is a sentence
 */
export async function createRecorder(options: RecorderOptions): Promise<Recorder> {
  checkRecorderOptions(options);
  const app = workerRunner<AppJobs, AppReport>(workerUrl);
  try {
    return await AppRecorder.open(options, { app });
  } catch (error) {
    app.dispose();
    throw hasCode(error) ? inWords(error) : error;
  }
}
