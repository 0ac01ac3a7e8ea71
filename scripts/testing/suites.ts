import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../folders.ts';
import type { SystemCommand } from '../systemPackages.ts';

/** A part of `npm test`. */
export interface Suite {
  readonly name: SuiteName;
  /** Its budget in CPU seconds on a quiet machine, children included. */
  readonly budget: number;
  readonly needs: readonly SystemCommand[];
  /** Whether it needs the built and packed extension. */
  readonly needsBuild: boolean;
  readonly needsServer: boolean;
  /** The time limit of a test, in seconds: many times longer than any test takes on a busy machine. */
  readonly timeout: number;
  /** The time limit of a file, in minutes. */
  readonly minutes: number;
}

type SuiteName = 'check' | 'unit' | 'faults' | 'host' | 'e2e';

/** One unit of a worker's work: a file of tests, or a command. */
export interface Item {
  readonly suite: SuiteName;
  /** A path in the checkout, or the name of a tool. */
  readonly name: string;
  /** The command to run instead of a file of tests. */
  readonly command?: string;
  /** It runs in a process of its own, because it would disturb the next file. */
  readonly isAlone?: boolean;
}

export const suites: readonly Suite[] = [
  {
    name: 'check',
    budget: 80,
    needs: [],
    needsBuild: false,
    needsServer: false,
    timeout: 0,
    minutes: 20,
  },
  {
    name: 'unit',
    budget: 200,
    needs: [
      '/usr/lib/python3/dist-packages/cryptography/__init__.py',
      '/usr/share/gocode/src/golang.org/x/mod/sumdb/note/note.go',
      '7zz',
      'bsdtar',
      'bzip2',
      'git',
      'go',
      'gzip',
      'jq',
      'openssl',
      'pg_createcluster',
      'script',
      'unzip',
      'xz',
      'zstd',
    ],
    // The command line and the worker are tested as they are shipped.
    needsBuild: true,
    needsServer: false,
    timeout: 300,
    minutes: 20,
  },
  {
    name: 'faults',
    budget: 390,
    needs: ['git', 'mount', 'strace', 'unzip'],
    needsBuild: true,
    needsServer: false,
    timeout: 1200,
    minutes: 40,
  },
  {
    name: 'host',
    budget: 20,
    needs: ['chromium', 'git'],
    needsBuild: true,
    needsServer: true,
    timeout: 120,
    minutes: 10,
  },
  {
    name: 'e2e',
    budget: 400,
    needs: ['chromium', 'git'],
    needsBuild: true,
    needsServer: true,
    timeout: 600,
    minutes: 40,
  },
];

/** Formatting, lint, types, floors, texts and dead code. */
const tools: Readonly<Record<string, string>> = {
  eslint: 'eslint . --max-warnings 0',
  prettier: 'prettier --check --log-level warn .',
  types: 'tsc --project .',
  'types of the pages': 'tsc --project src/webview',
  'dead code': 'knip',
  texts: 'node scripts/l10n.ts --check',
  house: 'node scripts/house.ts --check',
};

/** What the first comment of a file holds that is to have a process of its own. */
const ALONE = '@alone';

/** Everything that `npm test` runs, in no order. */
export function allItems(): readonly Item[] {
  const checks = Object.entries(tools).map(([name, command]): Item => ({ suite: 'check', name, command }));
  const files = (['unit', 'faults', 'e2e'] as const).flatMap((suite) =>
    globSync(`test/${suite}/**/*.test.ts`, { cwd: checkout })
      .map((name) => name.replaceAll('\\', '/'))
      .map((name): Item => ({ suite, name, isAlone: saysAlone(name) })),
  );
  const host = 'test/host/run.ts';
  return [...checks, ...files, { suite: 'host', name: host, command: `node ${host}` }];
}

function saysAlone(name: string): boolean {
  const [firstComment = ''] = readFileSync(join(checkout, name), 'utf8').split('*/', 1);
  return firstComment.startsWith('/**') && firstComment.includes(ALONE);
}

/**
 * The items that a person named: suites, files, folders; all items if none is named.
 * @throws Error that names the first word that matches nothing
 */
export function chooseItems(items: readonly Item[], words: readonly string[]): readonly Item[] {
  if (words.length === 0) return items;
  const fits = (item: Item, word: string): boolean => {
    const path = word.replace(/^\.\//, '').replace(/\/$/, '');
    return item.suite === word || item.name === path || item.name.startsWith(`${path}/`);
  };
  for (const word of words) {
    if (!items.some((item) => fits(item, word)))
      throw new Error(
        `“${word}” is no suite (${suites.map(({ name }) => name).join(', ')}), no test file and no folder with some.`,
      );
  }
  return items.filter((item) => words.some((word) => fits(item, word)));
}

/** @throws Error where no suite has that name */
export function suiteOf(item: Pick<Item, 'suite'>): Suite {
  const suite = suites.find(({ name }) => name === item.suite);
  if (suite === undefined) throw new Error(`There is no suite “${item.suite}”.`);
  return suite;
}
