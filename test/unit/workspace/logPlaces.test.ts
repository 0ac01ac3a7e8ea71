import assert from 'node:assert/strict';
import { join } from 'node:path';
import { requireArchive } from '../../../src/workspace/logPlaces.ts';
import { freshFolders } from '../freshFolders.ts';

describe('requireArchive: names that lead elsewhere', () => {
  const folders = freshFolders();
  const FOLDER = 'session_logs/u';
  /** Names that are file names on this system, and how they count on Windows. */
  const names: [name: string, onWindows: 'leads elsewhere' | 'is a name'][] = [
    ['m.zip', 'is a name'],
    ['m..zip', 'is a name'],
    ['.m.zip', 'is a name'],
    ['console.zip', 'is a name'],
    ['com.zip', 'is a name'],
    ['Ä m.ZIP', 'is a name'],
    ['..\\c\\m.zip', 'leads elsewhere'],
    ['c\\m.zip', 'leads elsewhere'],
    ['C:m.zip', 'leads elsewhere'],
    ['m.log:stream.zip', 'leads elsewhere'],
    ['NUL.zip', 'leads elsewhere'],
    ['con.zip', 'leads elsewhere'],
    ['lpt1.2026.zip', 'leads elsewhere'],
  ];
  for (const [name, onWindows] of names)
    it(`on Windows “${name}” ${onWindows}, elsewhere it is a name`, () => {
      folders.policy({ sessions: { enabled: true } });
      folders.put(join(FOLDER, name), 'x');
      const at = (platform: string): string =>
        requireArchive(folders.root, { name, folder: FOLDER }, {}, platform).name;
      for (const platform of ['linux', 'darwin']) assert.equal(at(platform), name);
      if (onWindows === 'is a name') assert.equal(at('win32'), name);
      else assert.throws(() => at('win32'), { code: 'not-an-archive-place' });
    });

  for (const folder of ['.. ', '...', 'u.', 'u ', 'aux', 'C:', 'a\\b'])
    it(`on Windows the folder “${folder}” leads elsewhere, elsewhere it is one`, () => {
      folders.policy({ sessions: { enabled: true } });
      folders.put(join('session_logs', folder, 'm.zip'), 'x');
      const at = (platform: string): string =>
        requireArchive(folders.root, { name: 'm.zip', folder: `session_logs/${folder}` }, {}, platform).name;
      for (const platform of ['linux', 'darwin']) assert.equal(at(platform), 'm.zip');
      assert.throws(() => at('win32'), { code: 'not-an-archive-place' });
    });
});
