import { inlineRunner } from '../base/job.ts';
import type { JobRunner } from '../base/job.ts';
import type { AppReport } from './actionEvent.ts';
import { acceptPolicy, initialise, savePolicy } from './changePolicy.ts';
import { checkPolicy, describePolicy, readPolicy } from './describePolicy.ts';
import { undoIgnore } from './gitCare.ts';
import { listLogs, overview } from './listLogs.ts';
import { previewMaintenance, runMaintenance } from './maintain.ts';
import { previewRecording } from './previewRecording.ts';
import { measureLog, readLogPart } from './readLog.ts';
import { rotateActive } from './rotate.ts';

/** Every use case, by the name under which a door starts it, in its own thread or in the worker. */
export const jobs = {
  acceptPolicy,
  checkPolicy,
  describePolicy,
  initialise,
  listLogs,
  measureLog,
  overview,
  previewMaintenance,
  previewRecording,
  readLogPart,
  readPolicy,
  rotateActive,
  runMaintenance,
  savePolicy,
  undoIgnore,
};

export type AppJobs = typeof jobs;
export type App = JobRunner<AppJobs, AppReport>;

/** The use cases in this thread. */
export function inlineApp(): App {
  return inlineRunner<AppJobs, AppReport>(jobs);
}
