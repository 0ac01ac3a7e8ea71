import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { APPEND_LOCK, openFolderLock } from '../../../src/files/folderLock.ts';
import { heldOpen } from '../../../src/files/heldOpen.ts';
import { freshFolders } from '../freshFolders.ts';

describe('heldOpen', () => {
  const folders = freshFolders();
  const children: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
  });

  /** A process that opens files so, in the shell's words, and keeps them open. */
  async function opens(redirections: string): Promise<void> {
    const child = spawn('sh', ['-c', `exec ${redirections}; echo open; exec sleep 60`], {
      cwd: folders.logs,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(child);
    await once(child.stdout, 'data');
  }

  const processes: [what: string, redirections: string, held: string[]][] = [
    ['appends to it', '8>>api.log', ['api.log']],
    ['writes to it', '8>api.log', ['api.log']],
    ['reads and writes it', '8<>api.log', ['api.log']],
    ['reads it', '8<api.log', []],
    ['writes to another', '8>>app.log', []],
    ['writes to several', '8>>api.log 9>>api.1.log', ['api.1.log', 'api.log']],
    ['also has our lock open', `8>>api.log 9<${APPEND_LOCK}`, []],
  ];
  for (const [what, redirections, held] of processes)
    it(`of a process that ${what}: ${held.join(' and ') || 'nothing'}`, async () => {
      (await openFolderLock(folders.logs, APPEND_LOCK)).close();
      for (const name of ['api.log', 'api.1.log', 'app.log']) folders.put(`logs/${name}`, '');
      await opens(redirections);
      assert.deepEqual([...heldOpen(folders.logs, ['api.log', 'api.1.log', 'missing.log'])].sort(), held);
    });

  it('passes over this process', () => {
    const descriptor = openSync(join(folders.logs, 'api.log'), 'a');
    assert.deepEqual([...heldOpen(folders.logs, ['api.log'])], []);
    closeSync(descriptor);
  });

  it('sees through a file that was renamed since', async () => {
    await opens('8>>api.log; mv api.log api.1.log');
    assert.deepEqual([...heldOpen(folders.logs, ['api.log', 'api.1.log'])], ['api.1.log']);
  });

  for (const platform of ['win32', 'darwin'])
    it(`knows nothing of other programs without /proc, on ${platform}`, async () => {
      folders.put('logs/api.log', '');
      await opens('8>>api.log');
      assert.equal(heldOpen(folders.logs, ['api.log'], platform).size, 0);
      assert.equal(heldOpen(folders.logs, ['api.log']).size, 1);
    });

  it('asks nothing where there is nothing to ask', () => {
    assert.equal(heldOpen(folders.logs, []).size, 0);
  });
});
