import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireLogs } from '../../../src/workspace/requireLog.ts';
import { searchLogs } from '../../../src/view/pages.ts';
import { freshFolders } from '../freshFolders.ts';

describe('naming logs', () => {
  const folders = freshFolders();
  const put = (name: string): void => {
    writeFileSync(join(folders.logs, name), name);
  };
  const named = (...names: string[]): string[] =>
    requireLogs({ root: folders.root, names }, folders).map(({ name }) => name);

  it('finds any regular file of the folder, in the order of the names', () => {
    for (const name of ['api.log', '.env', 'server.log.1.gz', 'a b.txt']) put(name);
    assert.deepEqual(named('server.log.1.gz', 'a b.txt', '.env', 'api.log'), [
      'server.log.1.gz',
      'a b.txt',
      '.env',
      'api.log',
    ]);
  });

  for (const name of ['.lock', '.lock-journal', '.maintenance', '..', '.', '', 'a/b', '../x', 'a\0'])
    it(`${JSON.stringify(name)} is no log`, () => {
      put('api.log');
      assert.throws(() => named('api.log', name), { code: 'not-a-log-name', data: { name } });
    });

  it('takes a backslash for a part of a name, where the system does', function () {
    if (process.platform === 'win32') this.skip();
    put('a\\b.log');
    assert.deepEqual(named('a\\b.log'), ['a\\b.log']);
  });

  it('says what is there instead', () => {
    mkdirSync(join(folders.logs, 'folder.log'));
    symlinkSync('folder.log', join(folders.logs, 'link.log'));
    assert.throws(() => named('folder.log'), { code: 'not-a-regular-file' });
    assert.throws(() => named('link.log'), { code: 'not-a-regular-file' });
    assert.throws(() => named('none.log'), { code: 'file-missing' });
    rmSync(folders.logs, { recursive: true });
    assert.throws(() => named('api.log'), { code: 'logs-missing' });
  });

  it('finds logs by a part of their names, whatever their case', async () => {
    for (let index = 0; index < 30; index += 1) put(`server.${String(index)}.log`);
    put('API.log');
    const find = async (text: string, count = 5): Promise<[number, string[]]> => {
      const { files, total } = await searchLogs(
        { root: folders.root, text, count },
        { environment: folders.environment, door: 'cli' },
      );
      return [total, files.map(({ name }) => name)];
    };
    assert.deepEqual(await find('api'), [1, ['API.log']]);
    assert.deepEqual(await find('SERVER.29'), [1, ['server.29.log']]);
    assert.deepEqual(await find('none'), [0, []]);
    const [total, files] = await find('');
    assert.deepEqual([total, files.length], [31, 5]);
  });
});
