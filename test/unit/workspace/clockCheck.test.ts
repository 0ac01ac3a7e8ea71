import assert from 'node:assert/strict';
import { checkClock, readLastRun, writeLastRun, type LastRun } from '../../../src/workspace/clockCheck.ts';
import { openStateFolder, stateBase } from '../../../src/workspace/stateFolder.ts';
import { freshFolders } from '../freshFolders.ts';

const now = Date.parse('2026-07-01T12:00:00Z');
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe('checkClock', () => {
  const runs: [what: string, last: LastRun | undefined, trusted: boolean, next: LastRun][] = [
    ['the first run', undefined, true, { at: now }],
    ['a run a day ago', { at: now - day }, true, { at: now }],
    ['a run 30 days ago', { at: now - 30 * day }, true, { at: now }],
    ['a run longer ago', { at: now - 30 * day - 1 }, false, { at: now, doubtedSince: now }],
    ['the clock set back by a minute', { at: now + minute }, true, { at: now }],
    ['set back by more', { at: now + minute + 1 }, false, { at: now, doubtedSince: now }],
    ['set back by years', { at: now + 900 * day }, false, { at: now, doubtedSince: now }],
    [
      'doubted for less than an hour',
      { at: now - minute, doubtedSince: now - hour + 1 },
      false,
      { at: now, doubtedSince: now - hour + 1 },
    ],
    ['doubted for an hour', { at: now - minute, doubtedSince: now - hour }, true, { at: now }],
    [
      'doubted, and jumped again',
      { at: now - 40 * day, doubtedSince: now - 41 * day },
      false,
      { at: now, doubtedSince: now },
    ],
  ];
  for (const [what, last, trusted, next] of runs)
    it(`${what}: ${trusted ? 'believed' : 'doubted'}`, () => {
      assert.deepEqual(checkClock(last, now), { trusted, next });
    });
});

describe('the last run', () => {
  const folders = freshFolders();
  it('is remembered', () => {
    const state = openStateFolder(folders.root, 'a', stateBase(folders.environment));
    assert.equal(readLastRun(state), undefined);
    for (const run of [{ at: 1 }, { at: 2, doubtedSince: 1 }]) {
      writeLastRun(state, run);
      assert.deepEqual(readLastRun(state), run);
    }
  });

  for (const value of [null, 7, [], {}, { at: 'x' }, { at: 1, more: 1 }, { doubtedSince: 1 }])
    it(`is unknown where the record is ${JSON.stringify(value)}`, () => {
      const state = openStateFolder(folders.root, 'a', stateBase(folders.environment));
      state.write('last-run', value);
      assert.equal(readLastRun(state), undefined);
    });
});
