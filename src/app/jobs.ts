import type { Environment } from '../base/environment.ts';
import { inlineRunner } from '../base/job.ts';
import type { JobRunner } from '../base/job.ts';
import type { AppReport } from './actionEvent.ts';
import { addPassword, forgetPasswords, tryPassword, usePasswords } from './archivePasswords.ts';
import { acceptPolicy, initialise, savePolicy } from './changePolicy.ts';
import { cleanSessions } from './cleanSessions.ts';
import { installCommitCheck, removeCommitCheck } from './commitCheck.ts';
import { considerDeletion, deleteLogs } from './deleteLogs.ts';
import { checkPolicy, describePolicy, readPolicy } from './describePolicy.ts';
import { checkWorkspace } from './doctor.ts';
import { findSessions } from './findSessions.ts';
import { fixFinding } from './fixFinding.ts';
import { undoIgnore, untrack } from './gitCare.ts';
import { listLogs } from './listLogs.ts';
import { findLogs, logFiles, logRows } from './logRows.ts';
import { previewMaintenance, runMaintenance } from './maintain.ts';
import { archiveMembers, openArchive } from './openArchive.ts';
import { foldersWithArchives, missedFolders, overview } from './overview.ts';
import { previewRecording } from './previewRecording.ts';
import { probeArchives } from './probeArchives.ts';
import { measureLog, readLogPart } from './readLog.ts';
import { requireLogs } from './requireLog.ts';
import { considerRekeying, rekeySessions } from './rekeySessions.ts';
import { rotateActive, rotateNow } from './rotate.ts';
import { filesAt, saveCopy } from './saveCopy.ts';
import { searchLogs } from './searchLogs.ts';
import { sessionRules } from './sessionRules.ts';
import { writeLastSessions, writeSessionInTurn } from './sessionTurns.ts';
import { writeSession } from './writeSession.ts';

/** Every use case, by the name under which a door starts it, in its own thread or in the worker. */
export const jobs = {
  acceptPolicy,
  addPassword,
  archiveMembers,
  checkPolicy,
  checkWorkspace,
  cleanSessions,
  considerDeletion,
  considerRekeying,
  deleteLogs,
  describePolicy,
  filesAt,
  findLogs,
  findSessions,
  fixFinding,
  foldersWithArchives,
  forgetPasswords,
  initialise,
  installCommitCheck,
  listLogs,
  logFiles,
  logRows,
  measureLog,
  missedFolders,
  openArchive,
  overview,
  previewMaintenance,
  previewRecording,
  probeArchives,
  readLogPart,
  readPolicy,
  rekeySessions,
  requireLogs,
  removeCommitCheck,
  rotateActive,
  rotateNow,
  runMaintenance,
  saveCopy,
  savePolicy,
  searchLogs,
  sessionRules,
  tryPassword,
  undoIgnore,
  untrack,
  usePasswords,
  writeLastSessions,
  writeSession,
  writeSessionInTurn,
};

export type AppJobs = typeof jobs;
export type App = JobRunner<AppJobs, AppReport>;

/** The use cases in this thread. */
export function inlineApp(environment: Environment = process.env): App {
  return inlineRunner<AppJobs, AppReport>(jobs, environment);
}
