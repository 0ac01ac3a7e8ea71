import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { readEnvironment } from '../../../src/policy/environment.ts';
import { Recorder } from '../../../src/recorder/recorder.ts';
import type { WrittenSession } from '../../../src/sessions/writeSession.ts';
import { freshFolders } from '../freshFolders.ts';
import { gitRepository } from '../gitRepository.ts';
import { bytesOf } from '../sessions/sessionSamples.ts';

const entry = { method: 'GET', path: '/a', status: 200 };

describe('a program that writes into a workspace', () => {
  const folders = freshFolders();
  const { git, repository } = gitRepository(folders);
  const app = inlineApp(folders.environment);

  async function record(root: string): Promise<Recorder> {
    const recorder = await Recorder.open({ workspace: root }, { app });
    recorder.record(entry);
    await recorder.flush();
    return recorder;
  }

  async function writeSession(root: string, variables: Record<string, string> = {}): Promise<WrittenSession> {
    const log = {
      ids: { userId: 'u', sessionId: 's', chatId: 'c', messageId: 'm' },
      chunks: [Buffer.from('{"message":"text"}\n')],
      droppedLines: 0,
      completedAt: Date.now(),
    };
    const fromEnvironment = readEnvironment({ SESSION_LOG_ZIP_COMPRESSION: 'stored', ...variables });
    return app.run('writeSession', { root, password: bytesOf('right one'), log, fromEnvironment });
  }

  const on = { SESSION_LOG_STORE_ENABLED: 'true' };

  /** Each way a log comes into a repository; a workspace was initialised where there was none yet. */
  const ways: [what: string, write: (root: string) => Promise<unknown>, files: RegExp][] = [
    ['a recorder', async (root) => (await record(root)).close(), /^logs\/api\.log$/m],
    [
      'maintenance',
      async (root) => {
        writeFileSync(join(root, 'logs/api.log'), '{}\n');
        await app.run('runMaintenance', { root });
      },
      /^logs\/api\.log$/m,
    ],
    ['a session log, by a variable', (root) => writeSession(root, on), /^session_logs\/u\/c\/m\.zip$/m],
    [
      'a session log, in the variable’s folder',
      (root) => writeSession(root, { ...on, SESSION_LOG_DIR: './deep//archives/' }),
      /^deep\/archives\/u\/c\/m\.zip$/m,
    ],
    [
      'a session log, in the variable’s folder by its whole path',
      (root) => writeSession(root, { ...on, SESSION_LOG_DIR: join(root, 'archives') }),
      /^archives\/u\/c\/m\.zip$/m,
    ],
    [
      'a session log, where logs/ is gone',
      async (root) => {
        git(root, 'clean', '-fdxq', 'logs');
        return writeSession(root, on);
      },
      /^session_logs\/u\/c\/m\.zip$/m,
    ],
  ];
  for (const [what, write, files] of ways)
    it(`lets no commit carry it, nor one of another user’s clone: ${what}`, async () => {
      await app.run('initialise', { root: folders.root });
      repository(folders.root);
      assert.equal(existsSync(join(folders.root, '.gitignore')), false);
      await write(folders.root);
      git(folders.root, 'add', '-A');
      git(folders.root, 'commit', '-qm', 'x');
      assert.equal(git(folders.root, 'ls-files'), '.gitignore\n.workspace-logs.json\n');

      const clone = join(folders.state, 'clone');
      git(folders.state, 'clone', '-q', folders.root, clone);
      mkdirSync(join(clone, 'logs'), { recursive: true });
      await write(clone);
      assert.match(readdirSync(clone, { recursive: true }).join('\n'), files);
      git(clone, 'add', '-A');
      assert.equal(git(clone, 'status', '--porcelain'), '');
    });

  it('counts a folder that holds archives already, as doctor does', async () => {
    await app.run('initialise', { root: folders.root });
    await writeSession(folders.root, on);
    repository(folders.root);
    const ignored = async (): Promise<unknown> =>
      (await app.run('checkWorkspace', { root: folders.root })).find(({ check }) => check === 'ignored')
        ?.facts;
    assert.deepEqual(await ignored(), { state: 'uncovered', lines: ['logs/', 'session_logs/'] });
    await (await record(folders.root)).close();
    assert.equal(readFileSync(join(folders.root, '.gitignore'), 'utf8'), 'logs/\nsession_logs/\n');
    assert.deepEqual(await ignored(), { state: 'covered' });
  });

  it('says that session archives outside the workspace, or right in it, are not ignored', async () => {
    await app.run('initialise', { root: folders.root });
    repository(folders.root);
    await (await record(folders.root)).close();
    const other = join(folders.state, 'other');
    mkdirSync(other);
    repository(other);
    const ignored = async (dir: string, enabled = 'true'): Promise<unknown> => {
      const variables = { SESSION_LOG_STORE_ENABLED: enabled, SESSION_LOG_DIR: dir };
      const input = { root: folders.root, fromEnvironment: readEnvironment(variables) };
      const findings = await app.run('checkWorkspace', input);
      return findings.find(({ check }) => check === 'ignored')?.facts;
    };
    const missing = { state: 'uncovered-elsewhere', file: join(realpathSync(other), '.gitignore') };
    const folder = join(realpathSync(other), 'deep/archives');
    assert.deepEqual(await ignored(folder), { ...missing, folder, lines: ['deep/archives/'] });
    symlinkSync(other, join(folders.state, 'link'));
    const byLink = join(folders.state, 'link/deep/archives');
    assert.deepEqual(await ignored(byLink), { ...missing, folder, lines: ['deep/archives/'] });
    assert.deepEqual(await ignored(other), { ...missing, folder: realpathSync(other), lines: [] });
    const root = realpathSync(folders.root);
    const file = join(root, '.gitignore');
    assert.deepEqual(await ignored('.'), { state: 'uncovered-elsewhere', folder: root, file, lines: [] });

    mkdirSync(join(other, '.git/info'), { recursive: true });
    writeFileSync(join(other, '.git/info/exclude'), 'deep/archives/\n');
    assert.deepEqual(await ignored(folder), { ...missing, folder, lines: ['deep/archives/'] });
    writeFileSync(join(other, '.gitignore'), 'deep/archives/\n');
    assert.deepEqual(await ignored(folder), { state: 'covered' });
    assert.deepEqual(await ignored(join(folders.state, 'nowhere')), { state: 'covered' });
    assert.deepEqual(await ignored(other, 'false'), { state: 'covered' });
  });

  it('leaves a folder alone whose zips are no session archives', async () => {
    await app.run('initialise', { root: folders.root });
    folders.put('session_logs/fixture.zip', 'no zip at all');
    repository(folders.root);
    await (await record(folders.root)).close();
    assert.equal(readFileSync(join(folders.root, '.gitignore'), 'utf8'), 'logs/\n');
  });

  it('writes the rule before the first line, looks once, and looks again once there is a repository', async () => {
    await app.run('initialise', { root: folders.root });
    await (await record(folders.root)).close();
    assert.equal(existsSync(join(folders.root, '.gitignore')), false);
    repository(folders.root);
    const recorder = await Recorder.open({ workspace: folders.root }, { app });
    assert.equal(readFileSync(join(folders.root, '.gitignore'), 'utf8'), 'logs/\n');
    await recorder.close();
    folders.put('.gitignore', '');
    await (await record(folders.root)).close();
    assert.equal(readFileSync(join(folders.root, '.gitignore'), 'utf8'), '');
  });

  it('adds nothing that was undone on this machine', async () => {
    repository(folders.root);
    await app.run('initialise', { root: folders.root });
    await app.run('undoIgnore', { root: folders.root });
    await (await record(folders.root)).close();
    assert.equal(existsSync(join(folders.root, '.gitignore')), false);
  });

  it('goes on where the rule cannot be added, and says so', async () => {
    await app.run('initialise', { root: folders.root });
    repository(folders.root);
    mkdirSync(join(folders.root, '.gitignore'));
    const recorder = await Recorder.open({ workspace: folders.root }, { app });
    const codes: string[] = [];
    recorder.on('error', ({ code }) => codes.push(code));
    await turn();
    assert.equal(recorder.record(entry), true);
    await recorder.close();
    assert.deepEqual(codes, ['not-a-regular-file']);
    assert.equal(recorder.stats().written, 1);
    const written = await writeSession(folders.root, on);
    assert.ok(
      'path' in written && written.unprotected?.code === 'not-a-regular-file',
      JSON.stringify(written),
    );
  });
});
