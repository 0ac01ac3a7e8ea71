import { inlineRunner } from '../base/job.ts';
import type { JobRunner } from '../base/job.ts';
import type { AppReport } from './actionEvent.ts';
import { acceptPolicy, initialise, savePolicy } from './changePolicy.ts';
import { installCommitCheck, removeCommitCheck } from './commitCheck.ts';
import { considerDeletion, deleteLogs } from './deleteLogs.ts';
import { checkPolicy, describePolicy, readPolicy } from './describePolicy.ts';
import { checkWorkspace } from './doctor.ts';
import { fixFinding } from './fixFinding.ts';
import { undoIgnore, untrack } from './gitCare.ts';
import { listLogs } from './listLogs.ts';
import { findLogs, logFiles, logRows } from './logRows.ts';
import { previewMaintenance, runMaintenance } from './maintain.ts';
import { overview } from './overview.ts';
import { previewRecording } from './previewRecording.ts';
import { measureLog, readLogPart } from './readLog.ts';
import { requireLogs } from './requireLog.ts';
import { rotateActive, rotateNow } from './rotate.ts';
import { filesAt, saveCopy } from './saveCopy.ts';
import { searchLogs } from './searchLogs.ts';

/** Every use case, by the name under which a door starts it, in its own thread or in the worker. */
export const jobs = {
  acceptPolicy,
  checkPolicy,
  checkWorkspace,
  considerDeletion,
  deleteLogs,
  describePolicy,
  filesAt,
  findLogs,
  fixFinding,
  initialise,
  installCommitCheck,
  listLogs,
  logFiles,
  logRows,
  measureLog,
  overview,
  previewMaintenance,
  previewRecording,
  readLogPart,
  readPolicy,
  requireLogs,
  removeCommitCheck,
  rotateActive,
  rotateNow,
  runMaintenance,
  saveCopy,
  savePolicy,
  searchLogs,
  undoIgnore,
  untrack,
};

export type AppJobs = typeof jobs;
export type App = JobRunner<AppJobs, AppReport>;

/** The use cases in this thread. */
export function inlineApp(): App {
  return inlineRunner<AppJobs, AppReport>(jobs);
}
