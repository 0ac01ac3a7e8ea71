import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fillTrail } from './auditScenarios.ts';
import { commandLine, requireTools } from './commandLine.ts';
import { makeDueWorkspace } from './dueWorkspace.ts';
import { bundledProgram } from './recordingScenario.ts';
import { runUnderStrace } from './strace.ts';
import { fillWorkspace, folderForTests } from './workspaceFolder.ts';

/** A power loss cannot be tried here, but the order of the calls that protect against it can. */
describe('maintain asks the disk for', () => {
  const base = folderForTests('order');
  let calls: string[];

  before(async () => {
    requireTools('strace');
    const root = join(base, 'workspace');
    await makeDueWorkspace(root, true);
    const watched = { calls: 'write,fsync,/^(rename|link|unlink)' };
    const { trace } = await runUnderStrace([commandLine, 'maintain', '--workspace', root], watched);
    calls = callsOnFiles(trace).map((call) =>
      call
        .replaceAll(`${join(root, 'logs')}/`, '')
        .replaceAll(join(root, 'logs'), 'logs')
        .replaceAll(/\.tmp-[0-9a-f]{16}/g, '.tmp')
        .replaceAll(/AT_FDCWD<[^>]*>|["<>]|\b\d+(?=<)/g, '')
        .trim(),
    );
  });

  /** That these calls follow one another, with others between them. */
  function follow(...wanted: RegExp[]): void {
    let from = 0;
    for (const pattern of wanted) {
      const at = calls.findIndex((call, index) => index >= from && pattern.test(call));
      assert.notEqual(at, -1, `${String(pattern)} is not among\n${calls.slice(from).join('\n')}`);
      from = at + 1;
    }
  }

  it('a new name and its folder', () => {
    const renamed = calls.findIndex((call) => /^rename .*api\.log, .*api\.5\.log/.test(call));
    assert.match(calls[renamed + 1] ?? '', /^fsync logs/);
  });

  for (const name of ['api.2.log', 'api.3.log', 'api.4.log'])
    it(`the archive of ${name}, its name, and only then the end of the file`, () => {
      const unlinked = calls.findIndex((call) => call.startsWith('unlink') && call.includes(name));
      const own = calls.slice(0, unlinked + 1);
      const linked = own.findLastIndex((call) => call.startsWith('link '));
      const temporary = /[\w.-]+\.zip\.tmp/.exec(own[linked] ?? '')?.[0] ?? '?';
      const steps = [
        own.findLastIndex((call) => call.startsWith('write') && call.includes(temporary)),
        own.findLastIndex((call) => call.startsWith('fsync') && call.includes(temporary)),
        linked,
        own.findLastIndex((call) => call.startsWith('fsync logs')),
        unlinked,
      ];
      assert.deepEqual(
        [...steps].sort((a, b) => a - b),
        steps,
        calls.join('\n'),
      );
      assert.ok(!steps.includes(-1), calls.join('\n'));
    });

  it('what was deleted, at the end', () => {
    follow(/^unlink .*audit\.1\.log/, /^unlink .*api\.4\.log/);
    // The audit trail syncs the folder later, for its own files.
    const last = calls.findLastIndex((call) => call.startsWith('unlink api.'));
    assert.match(calls[last + 1] ?? '', /^fsync logs/);
  });

  it('the record of the run before anything is done', () => {
    follow(/^fsync .*last-run\.json/, /^rename .*last-run\.json/, /^fsync /, /^rename .*api\.log/);
  });
});

/** By the paths that the calls name, in the order of the names here. */
const auditCalls: readonly [letter: string, call: RegExp][] = [
  ['W', /^pwrite64 .*audit\.db-wal/],
  ['w', /^f(data)?sync .*audit\.db-wal/],
  ['D', /^pwrite64 .*audit\.db>/],
  ['d', /^f(data)?sync .*audit\.db>/],
  ['N', /^write .*\.note\.tmp/],
  ['n', /^fsync .*\.note\.tmp/],
  ['R', /^rename .*\.note\.tmp/],
  ['r', /^fsync .*workspace-logs\/audit>/],
  ['U', /^unlink .*audit\.db-wal/],
  ['T', /^write 1</],
];

describe('the audit trail asks the disk for', () => {
  const base = folderForTests('order-audit');

  it('a record before it is acknowledged, and a checkpoint before the state folder remembers it', async () => {
    requireTools('strace');
    const program = await bundledProgram(base, 'auditProgram');
    const root = join(base, 'workspace');
    fillWorkspace(root, { policy: {} });
    const scenario = { name: 'order', first: 250, appends: [3, 10], isPruned: false };
    await fillTrail(root, scenario);
    const watched = { calls: 'write,pwrite64,fsync,fdatasync,/^(rename|link|unlink)' };
    const { trace } = await runUnderStrace([program, root, JSON.stringify(scenario)], watched);
    const letters = callsOnFiles(trace)
      .map((call) => auditCalls.find(([, pattern]) => pattern.test(call))?.[0] ?? '')
      .join('')
      .replaceAll(/W+/g, 'W')
      .replaceAll(/D+/g, 'D');
    // Both times: the records and a sync, the acknowledgement, the checkpoint and a sync, and then the note. At the end
    // the database itself is synced before its log goes.
    assert.match(letters, /^(Ww)+T(Ww)+NnRr(Ww)+T(Ww)+NnRr(Ww|w)+DdUT$/);
  });
});

/**
 * The calls of a trace that succeeded on files, as `fsync 23</path>`. If another thread's call came between the
 * beginning and the end of a call, strace shows both. A call that others depend on counts at its end, a call that must
 * wait at its beginning.
 */
function callsOnFiles(trace: string): string[] {
  const calls: string[] = [];
  const begun = new Map<string, { words: string; at: number }>();
  for (const line of trace.split('\n')) {
    const [, thread = '', said = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (said.endsWith(UNFINISHED)) {
      begun.set(thread, { words: said.slice(0, -UNFINISHED.length), at: calls.push('') - 1 });
      continue;
    }
    const ending = /^<\.\.\. \w+ resumed>(.*)$/.exec(said)?.[1];
    const beginning = ending === undefined ? undefined : begun.get(thread);
    const whole = `${beginning?.words ?? ''}${ending ?? said}`;
    const [, name = '', words = ''] = /^(\w+?)(?:at2?)?\((.*)\) += \d/.exec(whole) ?? [];
    // Threads wake each other by writing, too.
    if (!/^1<|[<"]\//.test(words)) continue;
    if (beginning !== undefined && /^(rename|link|unlink)$/.test(name))
      calls[beginning.at] = `${name} ${words}`;
    else calls.push(`${name} ${words}`);
  }
  return calls.filter((call) => call !== '');
}

const UNFINISHED = '<unfinished ...>';
