import assert from 'node:assert/strict';
import { freshFolders } from '../freshFolders.ts';
import { entryAt, openRecorder, recordedIn } from './recordedLines.ts';

describe('recorder', () => {
  const folders = freshFolders();

  it('drops an entry that is recorded while another one is read, and keeps the line of that whole', async () => {
    folders.policy({});
    const recorder = await openRecorder(folders.root);
    const taken: boolean[] = [];
    const entry = {
      ...entryAt('outer'),
      get timestamp() {
        taken.push(recorder.record(entryAt('inner')));
        return '2026-01-31T12:00:00.000Z';
      },
    };
    taken.push(recorder.record(entry));
    await recorder.close();
    assert.deepEqual(taken, [false, true]);
    const lines = recordedIn(folders.logs).map((line) => (typeof line === 'string' ? line : line.path));
    assert.deepEqual(lines.sort(), ['-', '/outer']);
    assert.equal(recorder.stats().dropped, 1);
  });
});
