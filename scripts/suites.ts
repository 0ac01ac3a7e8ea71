import type { SystemCommand } from './systemPackages.ts';

/** A part of `npm test`. */
export interface Suite {
  readonly name: string;
  /** Words for Node. */
  readonly words: readonly string[];
  /** Whether it reports counts; else it counts as one test. */
  readonly counts: boolean;
  readonly needs: readonly SystemCommand[];
  /** Whether it runs what is built and packed. */
  readonly needsBuild: boolean;
  readonly needsServer: boolean;
  /** A suite that hangs is ended then. */
  readonly minutes: number;
}

const mocha = (folder: string, seconds: number): string[] => [
  'node_modules/mocha/bin/mocha.js',
  ...['--require', './scripts/endOnSignal.ts'],
  ...['--reporter', 'scripts/countingReporter.ts', '--timeout', String(seconds * 1000)],
  `test/${folder}/**/*.test.ts`,
];

/** Two files at a time: much of their time is waiting, for VS Code or for a program. */
const two = ['--parallel', '--jobs', '2'];

/** In this order: what is quick and tells most comes first. */
export const suites: readonly Suite[] = [
  {
    name: 'check',
    words: ['scripts/check.mjs'],
    counts: false,
    needs: [],
    needsBuild: false,
    needsServer: false,
    minutes: 10,
  },
  {
    name: 'unit',
    words: [...mocha('unit', 120), ...two],
    counts: true,
    needs: ['7zz', 'bsdtar', 'bzip2', 'git', 'gzip', 'script', 'unzip', 'xz', 'zstd'],
    // The command line and the worker are tested as they are shipped.
    needsBuild: true,
    needsServer: false,
    minutes: 20,
  },
  {
    name: 'faults',
    words: mocha('faults', 600),
    counts: true,
    needs: ['git', 'mount', 'strace', 'unzip'],
    needsBuild: true,
    needsServer: false,
    minutes: 60,
  },
  {
    name: 'host',
    words: ['test/host/run.ts'],
    counts: true,
    needs: ['chromium', 'git'],
    needsBuild: true,
    needsServer: true,
    minutes: 10,
  },
  {
    name: 'e2e',
    words: [...mocha('e2e', 300), ...two],
    counts: true,
    needs: ['chromium', 'git'],
    needsBuild: true,
    needsServer: true,
    minutes: 60,
  },
];
