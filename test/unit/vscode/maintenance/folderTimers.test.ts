import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { FolderTimers, type TimedFolder } from '../../../../src/vscode/maintenance/folderTimers.ts';
import type { RunOutcome } from '../../../../src/vscode/maintenance/maintenanceSchedule.ts';

const MINUTE = 60_000;

describe('FolderTimers', () => {
  let now = 0;
  let runs: { root: string; at: number; signal: AbortSignal }[] = [];
  let outcome: RunOutcome = 'done';
  let timers: FolderTimers;

  beforeEach(() => {
    now = 0;
    runs = [];
    outcome = 'done';
    mock.timers.enable({ apis: ['setTimeout'] });
    mock.method(performance, 'now', () => now);
    mock.method(Math, 'random', () => 0.5);
    timers = new FolderTimers((root, signal) => {
      runs.push({ root, at: now, signal });
      return Promise.resolve(outcome);
    });
  });
  afterEach(() => {
    timers.dispose();
    mock.timers.reset();
    mock.restoreAll();
  });

  const folder = (root: string, more: Partial<TimedFolder> = {}): TimedFolder => ({
    root,
    intervalMs: 60 * MINUTE,
    due: 'rules',
    ...more,
  });
  const at = (): number[] => runs.map((run) => run.at);

  async function goOn(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 500) {
      now += 500;
      mock.timers.tick(500);
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    }
  }

  it('runs soon after the start, then once an interval', async () => {
    timers.follow([folder('a')]);
    await goOn(121 * MINUTE);
    assert.deepEqual(at(), [20_000, 20_000 + 60 * MINUTE, 20_000 + 120 * MINUTE]);
  });

  it('another interval takes effect at once', async () => {
    timers.follow([folder('a')]);
    await goOn(MINUTE);
    timers.follow([folder('a', { intervalMs: 2 * MINUTE })]);
    await goOn(5 * MINUTE);
    assert.deepEqual(at(), [20_000, 62_500, 182_500, 302_500]);
  });

  it('other rules take effect soon, the same ones do not', async () => {
    timers.follow([folder('a')]);
    await goOn(MINUTE);
    timers.follow([folder('a')]);
    await goOn(MINUTE);
    timers.follow([folder('a', { due: 'others' })]);
    await goOn(MINUTE);
    assert.deepEqual(at(), [20_000, 122_500]);
  });

  it('tries again soon where another run was under way', async () => {
    outcome = 'busy';
    timers.follow([folder('a')]);
    await goOn(MINUTE - 1000);
    assert.deepEqual(at(), [20_000, 40_000]);
  });

  it('a folder that is not followed any more has its run ended, and no more of them', async () => {
    timers.follow([folder('a'), folder('b')]);
    await goOn(MINUTE);
    timers.follow([folder('b')]);
    await goOn(60 * MINUTE);
    assert.deepEqual(
      runs.map(({ root, signal }) => [root, signal.aborted]),
      [
        ['a', true],
        ['b', false],
        ['b', false],
      ],
    );
    timers.dispose();
    await goOn(120 * MINUTE);
    assert.deepEqual([runs.length, runs[1]?.signal.aborted], [3, true]);
  });
});
