import type { AuditFile } from '../audit/outputs/auditFile.ts';
import { closeTrails, recordingOf } from '../audit/trail.ts';
import { inlineRunner, type Environment, type JobContext, type JobRunner } from '../base/job.ts';
import type { AppContext, AppReport } from '../workspace/workspace.ts';
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
import { listLogs, listRows } from '../reading/listLogs.ts';
import { findLogs, logFiles, logRows, searchLogs } from '../view/pages.ts';
import { previewMaintenance, runMaintenance } from '../maintenance/maintain.ts';
import { archiveMembers, openArchive } from '../sessions/openArchive.ts';
import { foldersWithArchives, missedFolders, overview } from '../view/overview.ts';
import { leakReport } from '../setup/leakReport.ts';
import { previewRecording } from '../setup/previewRecording.ts';
import { probeArchives } from '../sessions/probeArchives.ts';
import { measureLog, readLogPart } from '../reading/readLog.ts';
import { beginDownload, openRaw } from '../reading/openRaw.ts';
import { beginTrash, endTrash } from '../reading/trashLog.ts';
import { requireLogs } from '../workspace/requireLog.ts';
import { considerRekeying, rekeySessions } from '../sessions/rekeySessions.ts';
import { rotateElsewhere } from '../maintenance/rotateElsewhere.ts';
import { rotateActive, rotateNow } from '../maintenance/rotate.ts';
import { filesAt, saveCopy } from '../reading/saveCopy.ts';
import { saveExport } from '../reading/saveExport.ts';
import { searchEntries } from '../query/entriesPage.ts';
import { createForwardTables, forwardNews, forwardStatus, forwardWaiting } from '../forward/forwardJobs.ts';
import { sessionRules } from '../workspace/sessionsFolder.ts';
import { sessionWriting } from '../sessions/writeSession.ts';

/** Before an archive is written, Git ignores its folder. The rooms of sessions and of Git don't know each other. */
const { writeSession, writeSessionInTurn, writeLastSessions } = sessionWriting(ensureIgnored);

/** All use cases by name. A door starts them by these names, in its own thread or in the worker. */
export const jobs = withTrail({
  acceptPolicy,
  addPassword,
  archiveMembers,
  beginDownload,
  beginTrash,
  checkPolicy,
  checkWorkspace,
  cleanSessions,
  closeTrails,
  considerDeletion,
  considerRekeying,
  createForwardTables,
  deleteLogs,
  describePolicy,
  endTrash,
  ensureIgnored,
  filesAt,
  findLogs,
  findSessions,
  fixFinding,
  foldersWithArchives,
  forgetPasswords,
  forwardNews,
  forwardStatus,
  forwardWaiting,
  initialise,
  installCommitCheck,
  leakReport,
  listLogs,
  listRows,
  logFiles,
  logRows,
  measureLog,
  missedFolders,
  openArchive,
  openRaw,
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
  rotateElsewhere,
  rotateNow,
  runMaintenance,
  saveCopy,
  saveExport,
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
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- use cases of any types; `any` is what infers them
type UseCases = Readonly<Record<string, (input: any, context: AppContext) => any>>;

/**
 * Gives the use cases the port to the audit trail, in the thread that runs them. Where their records fill an `audit.log`
 * outside of `logs/`, it is rotated once their locks are free; in `logs/` maintenance does it.
 */
function withTrail<T extends UseCases>(
  useCases: T,
): {
  readonly [K in keyof T]: (input: Parameters<T[K]>[0], context: JobContext<AppReport>) => ReturnType<T[K]>;
} {
  const withPort = Object.entries(useCases).map(([name, run]) => [
    name,
    (input: unknown, context: JobContext<AppReport>): unknown => {
      let full: AuditFile | undefined;
      const own = recordingOf(context, (report) => {
        if (report.kind === 'file-full' && !report.file.isOwn) full = report.file;
      });
      const output: unknown = run(input, own);
      return output instanceof Promise ? endingWith(output, () => rotateFull(full, own)) : output;
    },
  ]);
  return Object.fromEntries(withPort) as ReturnType<typeof withTrail<T>>;
}

async function endingWith(output: Promise<unknown>, last: () => Promise<void>): Promise<unknown> {
  try {
    return await output;
  } finally {
    await last();
  }
}

/** Where a file cannot be rotated now, the next record tries again. */
async function rotateFull(file: AuditFile | undefined, context: AppContext): Promise<void> {
  if (file !== undefined) await rotateElsewhere(file, context).catch(() => undefined);
}

export type AppJobs = typeof jobs;
export type App = JobRunner<AppJobs, AppReport>;

/** Runs the use cases in this thread. */
export function inlineApp(environment: Environment = process.env): App {
  return inlineRunner<AppJobs, AppReport>(jobs, environment);
}

/** The context of a use case that the command line runs itself, since its input is no plain data. */
export function inlineContext(environment: Environment): AppContext {
  const { signal } = new AbortController();
  return recordingOf({ signal, report: () => undefined, environment, door: 'cli' as const });
}
