import assert from 'node:assert/strict';
import { renameSync, utimesSync } from 'node:fs';
import { zipArchives } from '../../../src/archive/zip/zipArchives.ts';
import { timesReader } from '../../../src/files/entryTimes.ts';
import { identify } from '../../../src/files/identity.ts';
import { entryLine } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';

describe('timesReader', () => {
  const folders = freshFolders();

  it('reads the times of another file of the same name, size and time of change', async () => {
    const reader = timesReader(zipArchives);
    const put = (name: string, time: string): string => {
      const path = folders.put(`logs/${name}`, entryLine(time));
      utimesSync(path, 1, 1);
      return path;
    };
    const first = async (): Promise<number | undefined> => {
      const file = identify(folders.logs, 'api.log');
      assert.ok(file !== undefined);
      const [dated] = await reader.date(folders.logs, [file], Date.parse('2026-04-01T00:00:00Z'));
      return dated?.first;
    };
    const path = put('api.log', '2026-02-14T18:22:33.120Z');
    assert.equal(await first(), Date.parse('2026-02-14T18:22:33.120Z'));
    renameSync(put('another.log', '2026-03-14T18:22:33.120Z'), path);
    assert.equal(await first(), Date.parse('2026-03-14T18:22:33.120Z'));
  });
});
