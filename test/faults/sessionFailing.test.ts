import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { chosenTurns, turnsOf } from './callTurns.ts';
import { commandLine, requireTools } from './commandLine.ts';
import { assertSentences } from './recovery.ts';
import { plainIds, wordsToWrite } from './sessionCommands.ts';
import {
  MARKER,
  SESSIONS,
  allTexts,
  archivesIn,
  fillSessions,
  passwords,
  temporariesIn,
  type SampleArchive,
} from './sessionWorkspace.ts';
import { runUnderStrace, type Injection, type Run, type Surroundings } from './strace.ts';
import { folderForTests } from './workspaceFolder.ts';

const CHAT = `${SESSIONS}/u/c`;
const POLICY = '.workspace-logs.json';

/** Calls that fail each time, the exit code, and what the sentence says. */
type Persistently = [calls: string, error: string, paths: string[], status: number, says?: RegExp];

const writing: readonly Persistently[] = [
  ['fsync', 'EIO', [], 3, /cannot be used \(EIO|refused “fsync” \(EIO/],
  ['fsync', 'ENOSPC', [], 3, /The disk is full/],
  ['/^link', 'EIO', [], 3, /\(EIO/],
  ['/^link', 'ENOSPC', [], 3, /The disk is full/],
  ['/^link', 'EACCES', [], 3, /may not be changed/],
  // File systems without hard links: a rename does as well.
  ['/^link', 'EPERM', [], 0],
  ['/^link', 'EOPNOTSUPP', [], 0],
  ['/^(link|rename)', 'EPERM', [], 3, /may not be changed/],
  // A file that cannot be removed is deleted by the next run.
  ['/^unlink', 'EACCES', [], 0],
  ['/^unlink', 'EIO', [], 0],
  ['/^mkdir', 'ENOSPC', [], 3, /The disk is full/],
  ['/^mkdir', 'EACCES', [], 3, /may not be changed/],
  ['/^mkdir', 'EIO', [], 3, /\(EIO/],
  ['/^(rename|link|unlink|mkdir|chmod)', 'EROFS', [], 3, /cannot be used \(EROFS|may not be changed/],
  ['openat', 'EMFILE', [CHAT], 3, /\(EMFILE\)/],
  ['openat', 'EACCES', [CHAT], 3, /may not be (read|changed)/],
  ['openat', 'EMFILE', [POLICY], 3, /\(EMFILE\)/],
  ['openat', 'EACCES', [POLICY], 3, /may not be read/],
];
/** The trail cannot be synced either, or begun, so nothing is done. */
const UNRECORDED = /cannot be recorded/;

const rekeying: readonly Persistently[] = [
  ['fsync', 'EIO', [], 3, UNRECORDED],
  ['fsync', 'ENOSPC', [], 3, UNRECORDED],
  ['/^rename', 'EACCES', [], 1, /may not be changed/],
  ['/^rename', 'EXDEV', [], 1, /\(EXDEV/],
  // File systems without permissions, owners or times.
  ['/^(chmod|fchmodat|chown|fchownat)', 'EPERM', [], 0],
  ['/^unlink', 'EACCES', [], 3, UNRECORDED],
  ['openat', 'EMFILE', [`${CHAT}/old.zip`], 1, /old\.zip”: the system refused “open” \(EMFILE\)/],
  ['openat', 'EACCES', [`${CHAT}/old.zip`], 1, /old\.zip” may not be read/],
  ['/^p?read', 'EIO', [`${CHAT}/old.zip`], 1, /\(EIO\)/],
  ['openat', 'EMFILE', [CHAT], 1, /\(EMFILE\)/],
  ['openat', 'EACCES', [CHAT], 1, /may not be (read|changed)/],
  ['openat', 'EMFILE', [POLICY], 3, /\(EMFILE\)/],
  ['openat', 'EMFILE', ['logs/.maintenance'], 3, /\.maintenance”: the system refused “open”/],
];

/** Calls that fail once, at some of their turns or at each. */
type Once = readonly [calls: string, error: string];

const writingOnce: readonly Once[] = [
  ['fsync', 'EIO'],
  ['/^link', 'EPERM'],
  ['/^link', 'EACCES'],
  ['/^unlink', 'EACCES'],
  ['openat', 'EMFILE'],
  ['openat', 'ENOSPC'],
];

interface Verb extends Surroundings {
  readonly name: string;
  readonly archives: readonly SampleArchive[];
  readonly words: (root: string) => string[];
  readonly persistently: readonly Persistently[];
  readonly once: readonly Once[];
  /** Exit codes of a run in which a call failed once. */
  readonly statuses: readonly number[];
  /** How many archives there are when it is done. */
  readonly count: number;
}

const old: readonly SampleArchive[] = [
  { path: 'u/c/m.zip' },
  { path: 'u/c/old.zip', password: passwords.two },
  { path: 'v/c/m.zip', password: passwords.two },
];
const environment = { SESSION_LOG_ZIP_PASSWORD: passwords.one };

const verbs: readonly Verb[] = [
  {
    name: 'write',
    archives: old,
    words: (root) => [commandLine, ...wordsToWrite(root, plainIds)],
    input: `${MARKER}\n`.repeat(200),
    environment,
    persistently: writing.filter(([calls]) => !calls.startsWith('/^mkdir')),
    once: writingOnce,
    statuses: [0, 3],
    count: old.length + 1,
  },
  {
    name: 'write into new folders',
    archives: [],
    words: (root) => [commandLine, ...wordsToWrite(root, plainIds)],
    input: `${MARKER}\n`.repeat(200),
    environment,
    persistently: writing.filter(([calls]) => calls.includes('mkdir')),
    once: [['/^mkdir', 'ENOSPC'], ...writingOnce],
    statuses: [0, 3],
    count: 1,
  },
  {
    name: 'rekey',
    archives: old,
    words: (root) => [commandLine, 'session', 'rekey', '--password-stdin', '--workspace', root],
    input: `${passwords.two}\n${passwords.next}\n`,
    environment,
    persistently: rekeying,
    once: [
      ['fsync', 'EIO'],
      ['/^rename', 'EIO'],
      ['/^unlink', 'EACCES'],
      ['utimensat', 'EPERM'],
      ['openat', 'EMFILE'],
      ['openat', 'ENOSPC'],
    ],
    statuses: [0, 1, 3],
    count: old.length,
  },
];

/** The archive is written also if the state folder does not take the name of its folder. */
const UNREMEMBERED = '/state/workspace-logs/';

describe('session write and rekey while system calls fail', () => {
  const base = folderForTests('session-failing');
  let roots = 0;

  before(async () => {
    requireTools('strace');
    for (const verb of verbs) {
      const template = templateOf(verb);
      fillSessions(template, verb.archives, { compression: 'stored' });
      // This run leaves the locks, which are made with calls of their own.
      await inlineApp().run('runMaintenance', { root: template });
    }
  });

  const templateOf = ({ name }: Verb): string => join(base, `template of ${name}`);
  const freshRoot = (verb: Verb): string => {
    const root = join(base, String((roots += 1)));
    cpSync(templateOf(verb), root, { recursive: true, preserveTimestamps: true });
    return root;
  };

  /** Runs with failing calls, then without. The first run may lose nothing, and after the second all is done. */
  async function survives(
    verb: Verb,
    injection: Injection,
    check: (run: Run, injected: boolean) => void,
  ): Promise<boolean> {
    const root = freshRoot(verb);
    const before = await allTexts(root);
    const paths = injection.paths?.map((path) => join(root, path)) ?? [];
    const run = await runUnderStrace(verb.words(root), { ...injection, paths }, verb);
    const injected = run.trace.includes('(INJECTED)');
    try {
      assert.equal(run.signal, null);
      assertSentences(run.stderr);
      check(run, injected);
      if (run.status !== 0) assert.notEqual(run.stderr, '');
      const now = await allTexts(root);
      for (const [path, texts] of before) assert.deepEqual(now.get(path), texts, path);
      if (!injection.calls.includes('unlink')) assert.deepEqual(temporariesIn(root), []);

      const isDone = run.status === 0 && verb.name !== 'rekey' && !run.stderr.includes(UNREMEMBERED);
      const again = isDone ? run : await runUnderStrace(verb.words(root), { calls: 'fsync' }, verb);
      assert.deepEqual([again.status, again.stderr], [0, ''], 'the next run');
      if (!isDone) assert.deepEqual(temporariesIn(root), []);
      const after = await allTexts(root);
      for (const [path, texts] of before) assert.deepEqual(after.get(path), texts, path);
      // After a failed sync the result is unknown.
      const most = verb.count + (isDone || verb.name === 'rekey' ? 0 : 1);
      assert.ok([verb.count, most].includes(archivesIn(root).length), archivesIn(root).join());
    } catch (error) {
      throw new Error(`${injection.calls} ${injection.when}, kept in ${root}: ${run.stderr}`, {
        cause: error,
      });
    }
    rmSync(root, { recursive: true });
    return injected;
  }

  for (const verb of verbs)
    for (const [calls, error, paths, status, says] of verb.persistently)
      it(`${verb.name}: ${calls} always answers ${error}${paths.length === 0 ? '' : ` for ${paths.join()}`}`, async () => {
        const injection = { calls, effect: `error=${error}`, when: '1+', paths };
        const injected = await survives(verb, injection, (run) => {
          assert.equal(run.status, status, run.stderr);
          if (says !== undefined) assert.match(run.stderr, says);
        });
        assert.ok(injected, 'nothing failed');
      });

  for (const verb of verbs)
    for (const [calls, error] of verb.once)
      it(`${verb.name}: ${calls} answers ${error} once: at its first turn, its last and two others, or at each`, async () => {
        // Most files are opened to be read, long before anything is done.
        const changing = calls === 'openat' ? /\bO_CREAT\b/ : undefined;
        const turns = await turnsOf(calls, verb.words(freshRoot(verb)), verb, changing);
        assert.ok(turns.length > 0, 'there is no such call');
        for (const when of chosenTurns(turns, `session failing ${verb.name} ${calls} ${error}`)) {
          const injection = { calls, effect: `error=${error}`, when: String(when) };
          const injected = await survives(verb, injection, ({ status, stderr }) => {
            assert.ok(verb.statuses.includes(status ?? -1), `${String(status)} ${stderr}`);
          });
          assert.ok(injected, `nothing failed at turn ${String(when)} of ${String(turns.length)}`);
        }
      });
});
