import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { entryLine } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';

const FILES = 500;

describe('overview', () => {
  const folders = freshFolders();
  const app = inlineApp();

  it('forgets nothing that another look has found meanwhile', async () => {
    const { root } = folders;
    const paths = Array.from({ length: FILES }, (_, number) =>
      folders.put(`logs/worker.${String(number)}.log`, entryLine('2026-01-31T12:00:00Z')),
    );
    await app.run('overview', { root });
    // All of them are read again, which takes many turns; the other look reads one file.
    for (const path of paths) utimesSync(path, 1, 1);
    const long = app.run('overview', { root });
    folders.put('logs/late.log', 'x\n');
    await Promise.all([long, app.run('overview', { root, changed: ['late.log'] })]);
    const { files } = await app.run('logFiles', { root, from: 0, count: FILES + 1 });
    assert.equal(files.length, FILES + 1);
    assert.ok(files.some(({ name }) => name === 'late.log'));
  });
});
