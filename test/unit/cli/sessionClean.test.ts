import assert from 'node:assert/strict';
import { existsSync, mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { sessionZip } from '../sessions/sessionSamples.ts';
import { commandLine, type Answer, type Circumstances } from '../commandLine.ts';
import { commandLineHere } from '../commandLineHere.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';

const day = 86_400_000;
const now = '2026-07-01T12:00:00Z';

describe('session clean', function () {
  this.timeout(180_000);
  this.slow(3000);
  const folders = freshFolders();
  const run = async (
    words: readonly string[] = [],
    circumstances: Circumstances = {},
    call: typeof commandLine = commandLineHere,
  ): Promise<Answer> =>
    call(['session', 'clean', '--now', now, ...words], { cwd: folders.root, ...circumstances });

  function put(path: string, daysOld: number, content: Buffer | string = zip): void {
    const time = (Date.parse(now) - daysOld * day) / 1000;
    utimesSync(folders.put(path, content), time, time);
  }
  const zip = sessionZip({ password: 'right one' });

  it('tells what it would do, does it, also where no archives are written, and prints both alike', async () => {
    folders.policy({});
    put('session_logs/u/c/m.zip', 91);
    put('session_logs/v/c/m.zip', 89);
    put('session_logs/v/c/other.zip', 91, 'other');
    const before = onDisk(folders.root);
    const dry = await run(['--dry-run', '--json']);
    assert.deepEqual(onDisk(folders.root), before);
    const wet = await run(['--json']);
    assert.deepEqual(dry, wet);
    const bytes = zip.length;
    assert.deepEqual(JSON.parse(wet.stdout), {
      steps: [{ kind: 'delete', name: 'session_logs/u/c/m.zip', bytes, reason: 'age' }],
      skipped: [{ name: 'session_logs/v/c/other.zip', reason: 'not-a-session-archive' }],
      before: { files: 3, bytes: 2 * bytes + 5 },
      after: { files: 2, bytes: bytes + 5 },
      folders: ['session_logs/u/c', 'session_logs/u'],
    });
    assert.equal(wet.code, 0);
    assert.match(wet.stderr, /^workspace-logs: session_logs\/v\/c\/other.zip: .+ no session archive\n$/);
  });

  it('says the same to a person', async () => {
    folders.policy({});
    put('session_logs/u/m.zip', 91);
    put('session_logs/m.zip', 1);
    // Started, for streams and exit codes.
    const { code, stdout, stderr } = await run(['--dry-run'], {}, commandLine);
    const [step, folder, summary, ...rest] = stdout.split('\n');
    assert.match(step ?? '', /^delete session_logs\/u\/m\.zip \(.*expired\)$/);
    assert.equal(folder, 'remove session_logs/u (empty)');
    assert.match(summary ?? '', /^1 file deleted, .+ \(dry run: nothing was changed\)$/);
    assert.deepEqual([rest, code, stderr], [[''], 0, '']);
  });

  it('takes nothing else away where its folder is the workspace', async () => {
    folders.policy({});
    put('u/c/m.zip', 91);
    mkdirSync(join(folders.root, 'src', 'empty'), { recursive: true });
    const { code, stdout } = await run(['--json'], { env: { SESSION_LOG_DIR: '.' } });
    assert.equal(code, 0);
    assert.deepEqual((JSON.parse(stdout) as { folders: string[] }).folders, ['u/c', 'u']);
    assert.equal(existsSync(join(folders.root, 'src', 'empty')), true);
  });

  it('does not delete by a policy that was not accepted here, and says how to accept it', async () => {
    folders.policy({ sessions: { retentionDays: 1 } });
    put('session_logs/m.zip', 2);
    for (const words of [['--dry-run'], []]) {
      const { code, stderr } = await run(words);
      assert.equal(code, 1);
      assert.match(stderr, /sessions\.retentionDays.+“session clean --dry-run --accept”/);
    }
    const accepted = await run(['--accept', '--json']);
    assert.equal(accepted.code, 0, accepted.stderr);
    assert.equal((JSON.parse(accepted.stdout) as { steps: object[] }).steps.length, 1);
  });

  it('obeys the environment, and refuses what it cannot obey', async () => {
    folders.policy({});
    put('elsewhere/m.zip', 3);
    const env = { SESSION_LOG_DIR: 'elsewhere', SESSION_LOG_RETENTION_DAYS: '2' };
    const { code, stdout } = await run(['--json'], { env });
    assert.equal(code, 0);
    assert.deepEqual((JSON.parse(stdout) as { folders: string[] }).folders, ['elsewhere']);
    const refused = await run([], { env: { SESSION_LOG_RETENTION_DAYS: 'soon' } });
    assert.deepEqual([refused.code, refused.stdout], [1, '']);
    assert.match(refused.stderr, /SESSION_LOG_RETENTION_DAYS/);
  });

  it('needs a policy', async () => {
    assert.equal((await run()).code, 1);
  });
});
