import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  planClean,
  type CleanInput,
  type FoundArchive,
} from '../../../../src/maintenance/sessions/sessionPlan.ts';
import type { TreeFile, TreeFolder } from '../../../../src/files/sessionTree.ts';

const day = 86_400_000;
const now = Date.parse('2026-07-01T12:00:00Z');
const retentionDays = 90;

function fileAt(path: string, daysOld: number): TreeFile {
  const cut = path.lastIndexOf('/');
  const [folder, name] = [path.slice(0, cut), path.slice(cut + 1)];
  return { folder, name, bytes: 10, modified: now - daysOld * day, inode: 1 };
}

function archive(daysOld: number, more: Partial<FoundArchive> = {}): FoundArchive {
  return { ...fileAt('/s/u/c/m.zip', daysOld), verdict: 'session', ...more };
}

const folder = (path: string, entries: number): TreeFolder => ({ kind: 'folder', path, entries });
const plan = (input: Partial<CleanInput>): ReturnType<typeof planClean> =>
  planClean({ archives: [], temporaries: [], folders: [], retentionDays, now, ...input });
const deleted = (input: Partial<CleanInput>): string[] =>
  plan(input).deletions.map(({ kind, reason, file }) => `${kind} ${reason} ${file.folder}/${file.name}`);

describe('planClean', () => {
  const gone = ['delete age /s/u/c/m.zip'];
  const cases: [what: string, archive: FoundArchive, deleted: readonly string[]][] = [
    ['that was written now', archive(0), []],
    ['as old as it may be', archive(90), []],
    ['a little older', archive(90 + 1 / day), gone],
    ['whose time lies ahead of the clock', archive(-5000), []],
    ['old, but made later as it says inside', archive(100, { createdAt: now - 80 * day }), gone],
    ['of a time ahead of the clock, made long ago', archive(-2, { createdAt: now - 91 * day }), gone],
    ['of 1970, made long ago', archive(0, { modified: 0, createdAt: now - 91 * day }), gone],
    ['of 1970, made lately', archive(0, { modified: 0, createdAt: now - 80 * day }), []],
    ['of 1970, and nothing else tells', archive(0, { modified: 0 }), []],
    ['of 1970, made in 1970', archive(0, { modified: 0, createdAt: 0 }), []],
    ['old, and made earlier', archive(100, { createdAt: now - 1000 * day }), gone],
    ['young, and made long ago', archive(1, { createdAt: now - 1000 * day }), []],
    ['old, made a little ahead of the clock', archive(100, { createdAt: now + day }), gone],
    ['old, made far ahead of the clock', archive(100, { createdAt: now + day + 1 }), gone],
    ['old, and nobody looked inside', fileAt('/s/u/c/m.zip', 100), []],
    ['old, and no session archive', archive(100, { verdict: 'other' }), []],
    ['old, and not to be read', archive(100, { verdict: 'unreadable' }), []],
  ];
  for (const [what, file, expected] of cases)
    it(`an archive ${what}: ${expected.length === 0 ? 'stays' : 'goes'}`, () => {
      assert.deepEqual(deleted({ archives: [file] }), expected);
    });

  it('sweeps temporary files older than a day', () => {
    const temporaries = [2, 1, 0, -9].map((age) => fileAt(`/s/${String(age)}.zip.tmp`, age));
    assert.deepEqual(deleted({ temporaries }), ['sweep leftover /s/2.zip.tmp']);
  });

  it('begins with the oldest, and counts what was and what stays', () => {
    const archives = [
      archive(100, { name: 'b' }),
      archive(200, { name: 'c' }),
      archive(100, { name: 'a' }),
      archive(1),
    ];
    const { deletions, before, after } = plan({ archives, temporaries: [fileAt('/s/t.zip.tmp', 5)] });
    assert.deepEqual(
      deletions.map(({ file }) => file.name),
      ['c', 'a', 'b', 't.zip.tmp'],
    );
    assert.deepEqual(
      [before, after],
      [
        { files: 5, bytes: 50 },
        { files: 1, bytes: 10 },
      ],
    );
  });

  it('tells why others stay', () => {
    const archives = [
      archive(100, { name: 'a', verdict: 'other' }),
      archive(100, { name: 'b', verdict: 'unreadable' }),
    ];
    const reasons = plan({ archives }).skipped.map(({ file, reason }) => `${file.name} ${reason}`);
    assert.deepEqual(reasons, ['a not-a-session-archive', 'b failed']);
  });

  for (const restraint of ['hold', 'unaccepted', 'clock'] as const)
    it(`does nothing at all for ${restraint}, and tells what it would have deleted`, () => {
      const archives = [archive(100), archive(1)];
      const folders = [folder('/s/u/c', 2), folder('/s/e', 0)];
      const temporaries = [fileAt('/s/t.zip.tmp', 5)];
      const result = plan({ archives, temporaries, folders, restraint });
      assert.deepEqual([result.deletions, result.folders, result.before], [[], [], result.after]);
      assert.deepEqual(
        result.skipped.map(({ file, reason }) => [file.name, reason]),
        [['m.zip', restraint]],
      );
    });

  it('leaves folders that were empty before where others may have made them', () => {
    const folders = [folder('/s/u/c', 1), folder('/s/u', 1), folder('/s/src', 0), folder('/s', 2)];
    const { folders: empty } = plan({ archives: [archive(100)], folders, isShared: true });
    assert.deepEqual(empty, ['/s/u/c', '/s/u']);
  });

  it('takes the folders that are empty then, those below first, and the base', () => {
    const archives = [archive(100), archive(100, { folder: '/s/v/c' }), archive(1, { folder: '/s/v/d' })];
    const folders = [
      folder('/s/u/c', 1),
      folder('/s/u', 1),
      folder('/s/v/c', 2),
      folder('/s/v/d', 1),
      folder('/s/v', 2),
      folder('/s/w', 0),
      folder('/s', 3),
    ];
    assert.deepEqual(plan({ archives, folders }).folders, ['/s/u/c', '/s/u', '/s/w']);
    const alone = [folder('/s/u/c', 1), folder('/s/u', 1), folder('/s', 1)];
    assert.deepEqual(plan({ archives: [archive(100)], folders: alone }).folders, ['/s/u/c', '/s/u', '/s']);
  });

  it('deletes the same with and without a password, where the times of the files can be', () => {
    const times = fc.integer({ min: -200, max: 1 }).map((days) => now + days * day);
    const archives = fc.array(
      fc.record({ modified: times, createdAt: fc.option(times, { nil: undefined }) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(archives, fc.integer({ min: 1, max: 200 }), (some, days) => {
        const without = some.map(({ modified }, index) =>
          archive(0, { name: `${String(index)}.zip`, modified }),
        );
        const within = without.map((one, index) => {
          const createdAt = some[index]?.createdAt;
          return createdAt === undefined ? one : { ...one, createdAt };
        });
        const known = deleted({ archives: within, retentionDays: days });
        assert.deepEqual(known, deleted({ archives: without, retentionDays: days }));
      }),
    );
  });
});
