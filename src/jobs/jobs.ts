import { inlineRunner, type Environment, type JobRunner } from '../base/job.ts';
import type { AppReport } from '../workspace/workspace.ts';
import { addPassword, forgetPasswords, tryPassword, usePasswords } from '../sessions/passwordRing.ts';
import { acceptPolicy, initialise, savePolicy } from '../setup/changePolicy.ts';
import { cleanSessions } from '../maintenance/sessions/cleanUp.ts';
import { installCommitCheck, removeCommitCheck } from '../git/installCheck.ts';
import { considerDeletion, deleteLogs } from '../reading/deleteLogs.ts';
import { checkPolicy, describePolicy, readPolicy } from '../setup/describePolicy.ts';
import { checkWorkspace } from '../setup/doctor.ts';
import { findSessions } from '../sessions/findSessions.ts';
import { fixFinding } from '../setup/findings.ts';
import { ensureIgnored, undoIgnore, untrack } from '../git/keepIgnored.ts';
import { listLogs } from '../reading/listLogs.ts';
import { findLogs, logFiles, logRows, searchLogs } from '../view/pages.ts';
import { previewMaintenance, runMaintenance } from '../maintenance/maintain.ts';
import { archiveMembers, openArchive } from '../sessions/openArchive.ts';
import { foldersWithArchives, missedFolders, overview } from '../view/overview.ts';
import { previewRecording } from '../setup/previewRecording.ts';
import { probeArchives } from '../sessions/probeArchives.ts';
import { measureLog, readLogPart } from '../reading/readLog.ts';
import { requireLogs } from '../workspace/requireLog.ts';
import { considerRekeying, rekeySessions } from '../sessions/rekeySessions.ts';
import { rotateActive, rotateNow } from '../maintenance/rotate.ts';
import { filesAt, saveCopy } from '../reading/saveCopy.ts';
import { searchEntries } from '../reading/searchEntries.ts';
import { sessionRules } from '../workspace/sessionsFolder.ts';
import { sessionWriting } from '../sessions/writeSession.ts';

/** Before an archive is written, Git ignores its folder. The rooms of sessions and of Git don't know each other. */
const { writeSession, writeSessionInTurn, writeLastSessions } = sessionWriting(ensureIgnored);

/** All use cases by name. A door starts them by these names, in its own thread or in the worker. */
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
  ensureIgnored,
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
  searchEntries,
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

/** Runs the use cases in this thread. */
export function inlineApp(environment: Environment = process.env): App {
  return inlineRunner<AppJobs, AppReport>(jobs, environment);
}
