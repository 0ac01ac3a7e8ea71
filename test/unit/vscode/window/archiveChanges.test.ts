import assert from 'node:assert/strict';
import {
  archivePatterns,
  changedFolderOf,
  type FileEvent,
} from '../../../../src/vscode/window/archiveChanges.ts';

describe('archivePatterns', () => {
  it('name the folder, all that is in it, and those above it', () => {
    assert.deepEqual(archivePatterns('data/s'), ['data', 'data/s', 'data/s/**', 'logs/*/**']);
  });

  it('take a name as it is written', () => {
    assert.deepEqual(archivePatterns('a[1]{*}?').slice(0, 1), ['a[[]1[]][{][*][}][?]']);
  });
});

describe('changedFolderOf', () => {
  const cases: [path: string, event: FileEvent, folder: string | undefined][] = [
    ['data/s/u/c/m.zip', 'created', 'data/s/u/c'],
    ['data/s/u/c/m.zip', 'changed', 'data/s/u/c'],
    ['data/s/u/c/m.ZIP', 'deleted', 'data/s/u/c'],
    ['data/s/u/c', 'deleted', 'data/s/u'],
    ['data/s/u/c', 'changed', undefined],
    ['data/s/u/note.txt', 'changed', undefined],
    ['data/s/u/c/m.zip.tmp-12', 'created', undefined],
    ['data/s', 'deleted', 'data/s'],
    ['data', 'deleted', 'data/s'],
    ['logs/old/x.zip', 'created', 'logs/old'],
  ];
  for (const [path, event, folder] of cases)
    it(`is ${String(folder)} when ${path} was ${event}`, () => {
      assert.equal(changedFolderOf(path, event, 'data/s'), folder);
    });
});
