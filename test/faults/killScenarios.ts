import { execFileSync } from 'node:child_process';
import type { App } from '../../src/app/jobs.ts';
import { commandLine } from './commandLine.ts';
import { DAY_MS, fillWorkspace, logOf } from './workspaceFolder.ts';

type UseCase = (app: App, root: string) => Promise<unknown>;

const maintain: UseCase = (app, root) => app.run('runMaintenance', { root });
const savePolicy: UseCase = (app, root) => app.run('savePolicy', { root, edits });
const initialise: UseCase = (app, root) => app.run('initialise', { root });

/** A way to change a workspace, to be killed at each of its steps. */
export interface KillScenario {
  readonly name: string;
  /** Fills the folder that each case starts from a copy of. */
  readonly prepare: (root: string) => void;
  /** The command line's verb and its options. */
  readonly words: readonly string[];
  /** What brings the workspace in order after a kill: use cases, run one after the other. */
  readonly again: readonly UseCase[];
  /** Logs that go in the course of it; the lines of all others must stay. */
  readonly goes: readonly string[];
}

const MB = 1_048_576;
const daysAgo = (days: number): number => Date.now() - days * DAY_MS;

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
    words: ['maintain'],
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
    words: ['maintain', '--now', String(Date.now())],
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
    words: ['maintain', '--accept'],
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
    words: ['maintain'],
    again: [maintain],
    goes: [],
  },
  {
    name: 'ignore rule',
    prepare: (root: string): void => {
      const logs = { 'api.log': logOf(100, daysAgo(1)) };
      fillWorkspace(root, { git: true, policy: {}, logs, files: { '.gitignore': '# ours\r\ndist/' } });
    },
    words: ['maintain'],
    again: [maintain],
    goes: [],
  },
  {
    name: 'policy save',
    prepare: (root: string): void => {
      const logs = { 'api.log': logOf(100, daysAgo(1)), 'api.1.log': logOf(100, daysAgo(3)) };
      fillWorkspace(root, { policy: { rotation: { keepPlain: 2 } }, logs });
    },
    words: ['policy', '--set', ...edits.map(({ key, value }) => `${key}=${JSON.stringify(value)}`)],
    // A person need not say it again for the temporary file to go.
    again: [maintain, savePolicy, maintain],
    goes: [],
  },
  {
    name: 'init',
    prepare: (root: string): void => {
      fillWorkspace(root, { git: true, files: { '.gitignore': '# ours\n' } });
    },
    words: ['init'],
    again: [initialise, maintain],
    goes: [],
  },
];
