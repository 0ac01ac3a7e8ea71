import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from '../commandLine.ts';
import { commandLineHere } from '../commandLineHere.ts';
import { freshFolders } from '../freshFolders.ts';
import { startReceiver, type Receiver } from '../forward/receivers.ts';

describe('the verb forward', () => {
  const folders = freshFolders();
  let receiver: Receiver;
  let targets: string;
  beforeEach(async () => {
    receiver = await startReceiver();
    folders.policy({});
    targets = join(folders.root, 'targets.json');
    writeFileSync(targets, JSON.stringify({ store: { type: 'clickhouse', url: receiver.url } }), {
      mode: 0o600,
    });
    const allowed = await run('policy', '--set', 'forwarding.entries=true');
    assert.equal(allowed.code, 0);
  });
  afterEach(() => receiver.close());

  const run = (...words: string[]): Promise<Answer> => commandLineHere(words, { cwd: folders.root });
  const status = async (): Promise<unknown> =>
    JSON.parse((await run('forward', 'status', '--targets', targets, '--json')).stdout) as unknown;
  function write(count: number): void {
    for (let each = 0; each < count; each += 1)
      appendFileSync(
        join(folders.logs, 'api.log'),
        `{"timestamp":"2026-01-01T00:00:00.00${String(each)}Z","method":"POST","path":"/x","status":200,"user":"ada"}\n`,
      );
  }

  const wrong: string[][] = [
    ['forward'],
    ['forward', '--once', '--follow'],
    ['forward', 'now', '--once'],
    ['forward', 'status', '--once'],
    ['forward', '--once'],
  ];
  for (const words of wrong)
    it(`“${words.join(' ')}” is wrong usage`, async () => {
      const { code, stderr } = await run(...words);
      assert.equal(code, 2);
      assert.match(stderr, /^workspace-logs: .*\n$/);
    });

  it('takes the file of the targets from a variable, and refuses one that others may read', async () => {
    write(1);
    const env = { WORKSPACE_LOGS_TARGETS: targets };
    assert.equal((await commandLineHere(['forward', '--once'], { cwd: folders.root, env })).code, 0);
    chmodSync(targets, 0o644);
    const { code, stderr } = await run('forward', '--once', '--targets', targets);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /targets\.json” can be read by other people of this machine\. Run “chmod 600” on the file\./,
    );
  });

  it('exits with 1 and one sentence where a receiver is down; the next call delivers all of it', async () => {
    write(3);
    receiver.answer = () => ({ status: 503 });
    const down = await run('forward', '--once', '--targets', targets);
    assert.equal(down.code, 1);
    assert.equal(down.stderr.split('\n').length, 2);
    assert.match(down.stderr, /“store”.*HTTP 503/);
    assert.deepEqual(await status(), [
      { target: 'store', sent: 0, waiting: 3, missed: 0, rejected: 0, lastError: 'HTTP 503' },
    ]);
    receiver.answer = undefined;
    const up = await run('forward', '--once', '--targets', targets, '--json');
    assert.deepEqual([up.code, up.stderr], [0, '']);
    assert.deepEqual(JSON.parse(up.stdout), [
      { target: 'store', sent: 3, waiting: 0, missed: 0, rejected: 0, lastError: null },
    ]);
    assert.match((await run('forward', 'status', '--targets', targets)).stdout, /^store: 3 sent, 0 waiting/);
  });

  it('exits with 1 where a receiver refused something, and names no secret', async () => {
    const secret = Buffer.from(String(Math.random())).toString('hex');
    writeFileSync(join(folders.root, 'secret'), `ada:${secret}`, { mode: 0o600 });
    const credentials = { file: join(folders.root, 'secret') };
    writeFileSync(targets, JSON.stringify({ store: { type: 'clickhouse', url: receiver.url, credentials } }));
    write(1);
    receiver.answer = () => ({ status: 400, body: `no such user ada:${secret}` });
    const { code, stderr } = await run('forward', '--once', '--targets', targets);
    assert.equal(code, 1);
    assert.match(stderr, /refused 1 of the events/);
    assert.ok(!JSON.stringify(await status()).includes(secret));
  });

  it('makes the tables of ClickHouse alone', async () => {
    assert.equal((await run('forward', '--create-tables', '--targets', targets)).code, 0);
    assert.match(receiver.requests[0]!.body.toString(), /^CREATE TABLE IF NOT EXISTS workspace_logs \(/);
    writeFileSync(targets, JSON.stringify({ otel: { type: 'otlp', url: receiver.url } }));
    assert.equal((await run('forward', '--create-tables', '--targets', targets)).code, 2);
  });

  it('the key is rotated only when all that waits was sent with the old one', async () => {
    write(2);
    receiver.answer = () => ({ status: 503 });
    const late = await run('rotate-key', '--targets', targets);
    assert.equal(late.code, 1);
    assert.match(late.stderr, /The key stays: “store”/);
    receiver.answer = undefined;
    const rotated = JSON.parse((await run('rotate-key', '--targets', targets, '--json')).stdout) as {
      oldKeyId: string;
      newKeyId: string;
    };
    assert.notEqual(rotated.oldKeyId, rotated.newKeyId);
    write(1);
    assert.equal((await run('forward', '--once', '--targets', targets)).code, 0);
    assert.deepEqual(
      receiver.rows().map(({ key_id }) => key_id),
      [rotated.oldKeyId, rotated.oldKeyId, rotated.newKeyId],
    );
    assert.equal(new Set(receiver.rows().map(({ user_hash }) => user_hash)).size, 2);
  });
});
