import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App, AppJobs } from '../../src/jobs/jobs.ts';
import { isFailure, type FailureCode } from '../../src/base/failure.ts';
import { commandLine } from './commandLine.ts';
import { DAY_MS, fillWorkspace, logOf } from './workspaceFolder.ts';

type UseCase = (app: App, root: string) => Promise<unknown>;

const maintain: UseCase = (app, root) => app.run('runMaintenance', { root });
const savePolicy: UseCase = (app, root) => app.run('savePolicy', { root, edits });
const initialise: UseCase = (app, root) => app.run('initialise', { root });

/** A use case as a door starts it. `names` are those of logs: the program adds them as they are found, as `files`. */
export interface JobCall {
  readonly job: keyof AppJobs;
  readonly input: object;
  readonly names?: readonly string[];
}

/** A way to change a workspace, to be killed at each of its steps. */
export interface KillScenario {
  readonly name: string;
  /** Fills the folder that each case starts from a copy of. */
  readonly prepare: (root: string) => void;
  /** Done to each copy, because this machine remembers a workspace by its path. */
  readonly settle?: (root: string) => void;
  /** The command line's verb and its options; or a use case that no verb does. */
  readonly does: readonly string[] | JobCall;
  /** The use cases that put the workspace in order after a kill, run one after the other. */
  readonly again: readonly UseCase[];
  /** Those of them that change nothing when they run once more; by default all. */
  readonly settled?: readonly UseCase[];
  /** Logs that the scenario deletes; the lines of all others must stay. */
  readonly goes: readonly string[];
  /** Another file that changes, relative to the workspace. */
  readonly changes?: string;
}

/** When a use case runs again after it was done, it may report that there is nothing to do. */
function unless(code: FailureCode, useCase: UseCase): UseCase {
  return async (app, root) => {
    try {
      return await useCase(app, root);
    } catch (error) {
      if (!isFailure(error, code)) throw error;
      return {};
    }
  };
}

const deleteAgain: UseCase = async (app, root) => {
  const files = await app.run('findLogs', { root, names: unwanted });
  const { refused } = await app.run('deleteLogs', { root, files, alsoWritten: true });
  return { failed: refused };
};
const COPY = 'copy.log';
const MB = 1_048_576;
const daysAgo = (days: number): number => Date.now() - days * DAY_MS;
/** Taken once: midnight may come before the log is made, and archives are named after its UTC day. */
const COPIED = daysAgo(3);
const COPIED_ARCHIVE = `api.${new Date(COPIED).toISOString().slice(0, 10)}.log.zip`;
const copyAgain: UseCase = async (app, root) => {
  const [file] = await app.run('findLogs', { root, names: [COPIED_ARCHIVE] });
  const target = join(root, COPY);
  const [replaces] = await app.run('filesAt', { paths: [target] });
  if (file === undefined) throw new Error('the archive is gone');
  await app.run('saveCopy', { root, file, unzipped: true, target, replaces });
};
const undoIgnore = unless('ignore-rule-gone', (app, root) => app.run('undoIgnore', { root }));
const installCheck: UseCase = (app, root) => app.run('installCommitCheck', { root });
const removeCheck: UseCase = (app, root) => app.run('removeCommitCheck', { root });
const HOOK = '.git/hooks/pre-commit';
const unwanted = ['api.1.log', 'worker.log', 'worker.log.1'];

const smallFiles = { rotation: { maxFileMB: 1, keepPlain: 100 }, audit: { fileMB: 1 } };
const edits = [
  { key: 'retention.maxAge', value: { days: 30 } },
  { key: 'rotation.keepPlain', value: 3 },
];

export const killScenarios: readonly KillScenario[] = [
  {
    name: 'rotate',
    prepare: (root: string): void => {
      const logs = { 'api.log': logOf(1.01 * MB, daysAgo(1)), 'api.4.log': logOf(100, daysAgo(2)) };
      const audit = logOf(1.01 * MB, daysAgo(1));
      fillWorkspace(root, { policy: smallFiles, logs: { ...logs, 'audit.log': audit } });
    },
    does: ['maintain'],
    again: [maintain],
    goes: [],
  },
  {
    name: 'zip',
    prepare: (root: string): void => {
      const logs = {
        'api.log': logOf(100, daysAgo(1)),
        'api.3.log': logOf(3000, daysAgo(2)),
        'api.2.log': logOf(2000, daysAgo(2)),
        'api.1.log': logOf(1000, daysAgo(3)),
      };
      fillWorkspace(root, { policy: { rotation: { keepPlain: 1 } }, logs });
    },
    // With a given time nothing is remembered of the run: fewer calls of the main thread stand before those of the pool.
    does: ['maintain', '--now', String(Date.now())],
    again: [maintain],
    goes: [],
  },
  {
    name: 'delete by age and cap',
    prepare: (root: string): void => {
      const zipped = { 'api.1.log': logOf(3000, daysAgo(6)), 'api.2.log': logOf(3000, daysAgo(5)) };
      fillWorkspace(root, { policy: { rotation: { keepPlain: 1 } }, logs: { ...zipped, 'api.log': '' } });
      execFileSync(process.execPath, [commandLine, 'maintain', '--workspace', root]);
      const logs = {
        'api.1.log': logOf(100, daysAgo(40)),
        'api.2.log': logOf(100, daysAgo(40)),
        'api.3.log': logOf(0.45 * MB, daysAgo(4)),
        'api.4.log': logOf(0.45 * MB, daysAgo(3)),
        'api.5.log': logOf(0.45 * MB, daysAgo(2)),
        'api.log': logOf(100, daysAgo(1)),
      };
      const policy = { retention: { maxAge: { days: 30 }, maxFolderMB: 1 } };
      fillWorkspace(root, { policy: { ...policy, rotation: { keepPlain: 100 } }, logs });
    },
    does: ['maintain', '--accept'],
    again: [(app: App, root: string): Promise<unknown> => app.run('runMaintenance', { root, accept: true })],
    goes: ['api.1.log', 'api.2.log', 'api.3.log', /* by the cap, as the oldest archives */ '*.zip'],
  },
  {
    name: 'leftover sweep',
    prepare: (root: string): void => {
      const target = 'api.2026-01-01.log.zip';
      const half = { [`${target}.tmp-0123456789abcdef`]: 'PK', [`${target}.tmp-fedcba9876543210`]: '' };
      fillWorkspace(root, { policy: {}, logs: { ...half, 'api.log': logOf(100, daysAgo(1)) } });
    },
    does: ['maintain'],
    again: [maintain],
    goes: [],
  },
  {
    name: 'ignore rule',
    prepare: (root: string): void => {
      const logs = { 'api.log': logOf(100, daysAgo(1)) };
      fillWorkspace(root, { git: true, policy: {}, logs, files: { '.gitignore': '# ours\r\ndist/' } });
    },
    does: ['maintain'],
    again: [maintain],
    goes: [],
  },
  {
    name: 'policy save',
    prepare: (root: string): void => {
      const logs = { 'api.log': logOf(100, daysAgo(1)), 'api.1.log': logOf(100, daysAgo(3)) };
      fillWorkspace(root, { policy: { rotation: { keepPlain: 2 } }, logs });
    },
    does: ['policy', '--set', ...edits.map(({ key, value }) => `${key}=${JSON.stringify(value)}`)],
    // The temporary file is deleted without another command of the person.
    again: [maintain, savePolicy, maintain],
    goes: [],
  },
  {
    name: 'init',
    prepare: (root: string): void => {
      fillWorkspace(root, { git: true, files: { '.gitignore': '# ours\n' } });
    },
    does: ['init'],
    again: [initialise, maintain],
    goes: [],
  },
  {
    name: 'rotate now',
    prepare: (root: string): void => {
      const logs = { 'api.log': logOf(100, daysAgo(1)), 'api.7.log': logOf(100, daysAgo(2)) };
      fillWorkspace(root, { policy: {}, logs });
    },
    does: { job: 'rotateNow', input: { family: 'api' } },
    again: [
      unless('nothing-to-rotate', (app, root) => app.run('rotateNow', { root, family: 'api' })),
      maintain,
    ],
    goes: [],
  },
  {
    name: 'delete by a person',
    prepare: (root: string): void => {
      const foreign = { 'worker.log': logOf(100, daysAgo(1)), 'worker.log.1': logOf(100, daysAgo(2)) };
      const logs = { 'api.log': logOf(100, daysAgo(1)), 'api.1.log': logOf(100, daysAgo(3)), ...foreign };
      fillWorkspace(root, { policy: {}, logs });
    },
    does: { job: 'deleteLogs', input: { alsoWritten: true }, names: unwanted },
    again: [deleteAgain, maintain],
    goes: unwanted,
  },
  {
    name: 'copy of an archive’s text',
    prepare: (root: string): void => {
      const logs = { 'api.1.log': logOf(300_000, COPIED), 'api.log': logOf(100, daysAgo(1)) };
      fillWorkspace(root, { policy: { rotation: { keepPlain: 1 } }, logs, files: { [COPY]: 'an old copy' } });
      execFileSync(process.execPath, [commandLine, 'maintain', '--workspace', root]);
    },
    does: {
      job: 'saveCopy',
      input: { unzipped: true, target: COPY, replaces: COPY },
      names: [COPIED_ARCHIVE],
    },
    again: [copyAgain, maintain],
    settled: [maintain],
    goes: [],
    changes: COPY,
  },
  {
    name: 'undo of the ignore rule',
    prepare: (root: string): void => {
      const logs = { 'api.log': logOf(100, daysAgo(1)) };
      fillWorkspace(root, { git: true, policy: {}, logs, files: { '.gitignore': '# ours\r\ndist/' } });
    },
    settle: (root: string): void => {
      execFileSync(process.execPath, [commandLine, 'maintain', '--workspace', root], { stdio: 'pipe' });
    },
    does: { job: 'undoIgnore', input: {} },
    again: [undoIgnore, maintain],
    goes: [],
  },
  {
    name: 'pre-commit check in a new hook',
    prepare: (root: string): void => {
      fillWorkspace(root, {
        git: true,
        policy: {},
        logs: { 'api.log': '' },
        files: { '.gitignore': 'logs/\n' },
      });
    },
    does: { job: 'installCommitCheck', input: {} },
    again: [installCheck, maintain],
    goes: [],
    changes: HOOK,
  },
  {
    name: 'pre-commit check in an outdated hook',
    prepare: (root: string): void => {
      const hook = prepareHook(root);
      writeFileSync(join(root, HOOK), hook.replaceAll('--no-renames ', ''));
    },
    does: { job: 'installCommitCheck', input: {} },
    again: [installCheck, maintain],
    goes: [],
    changes: HOOK,
  },
  {
    name: 'pre-commit check removed from a hook of others',
    prepare: (root: string): void => {
      // As earlier versions wrote it there.
      writeFileSync(join(root, HOOK), `${prepareHook(root)}echo ours\nexit 0\n`);
    },
    does: { job: 'removeCommitCheck', input: {} },
    again: [removeCheck, maintain],
    goes: [],
    changes: HOOK,
  },
];

/** Installs the check. @returns the hook */
function prepareHook(root: string): string {
  fillWorkspace(root, { git: true, policy: {}, logs: { 'api.log': '' }, files: { '.gitignore': 'logs/\n' } });
  execFileSync(process.execPath, [commandLine, 'doctor', '--fix', 'commit-check', '--workspace', root]);
  return readFileSync(join(root, HOOK), 'utf8');
}
