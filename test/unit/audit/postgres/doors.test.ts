import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { inlineRunner } from '../../../../src/base/job.ts';
import { inlineApp, jobs, type AppJobs } from '../../../../src/jobs/jobs.ts';
import { createRecorder, openAudit, type AuditOptions } from '../../../../src/library/index.ts';
import { recordRequests } from '../../../../src/library/node.ts';
import { loadPolicy } from '../../../../src/workspace/policyFile.ts';
import type { AppReport } from '../../../../src/workspace/workspace.ts';
import { commandLineHere } from '../../commandLineHere.ts';
import { freshFolders } from '../../freshFolders.ts';
import { PostgresServer } from './postgresServer.ts';

describe('a trail in PostgreSQL', () => {
  const folders = freshFolders();
  let server: PostgresServer;
  let connectionString: string;
  before(async () => {
    server = await PostgresServer.start();
  });
  after(() => server.remove());
  beforeEach(async () => {
    connectionString = server.url(await server.schema());
    folders.policy({});
  });

  it('is shared by the library and the command line, and no file is made for it', async () => {
    const audit = await openAudit({ workspace: folders.root, store: { postgres: { connectionString } } });
    const record = { user_id: 'anna', action: 'plan_updated', entity_type: 'plan', entity_id: 'pro' };
    const ids = await Promise.all(Array.from({ length: 300 }, () => audit.append(record)));
    assert.equal((await audit.query({ user: 'anna' })).total, 300);
    assert.equal((await audit.verify()).state, 'unknown');
    assert.equal((await audit.prove(ids[7] ?? '')).record.includes(ids[7] ?? '-'), true);
    assert.partialDeepStrictEqual(await audit.verify({ indexes: true }), { state: 'sound', sealed: 300 });
    await audit.close();

    folders.environment.WORKSPACE_LOGS_AUDIT_DATABASE = connectionString;
    // The library's worker has the key of this process.
    folders.environment.XDG_STATE_HOME = process.env.XDG_STATE_HOME;
    const run = async (...words: string[]): Promise<{ code: number | null; answer: unknown }> => {
      const { code, stdout, stderr } = await commandLineHere(['audit', ...words, '--json'], {
        cwd: folders.root,
        input: `${JSON.stringify({ ...record, user_id: 'bert' })}\n`,
      });
      assert.equal(stderr, '');
      return { code, answer: JSON.parse(stdout) as unknown };
    };
    assert.partialDeepStrictEqual(await run('append'), { code: 0, answer: { appended: 1 } });
    assert.partialDeepStrictEqual(await run('query', '--user', 'bert'), { code: 0, answer: { total: 1 } });
    assert.partialDeepStrictEqual(await run('verify'), { code: 0, answer: { state: 'sound', records: 301 } });
    assert.ok(!existsSync(join(folders.root, 'logs')));
  });

  it('takes the records of deeds and of requests', async () => {
    const environment = { ...process.env, WORKSPACE_LOGS_AUDIT_DATABASE: connectionString };
    const app = inlineApp(environment);
    await app.run('savePolicy', {
      root: folders.root,
      edits: [
        { key: 'rotation.maxFileMB', value: 5 },
        { key: 'audit.level', value: 'METADATA' },
      ],
      mustExist: true,
      fromEnvironment: {},
    });
    await app.run('closeTrails', {});
    const recorder = await createRecorder({ workspace: folders.root }, environment);
    const server = createServer(recordRequests(recorder, (_, response) => response.end('x')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await (await fetch(`http://127.0.0.1:${String(port)}/plans`, { method: 'POST' })).text();
    await new Promise((resolve) => server.close(resolve));
    await recorder.close();
    const audit = await openAudit({ workspace: folders.root }, environment);
    let lines = '';
    for await (const piece of audit.export('jsonl')) lines += piece;
    const { records } = await audit.query();
    await audit.close();
    assert.deepEqual(
      records.map(({ action }) => action),
      ['audit_exported', 'request', 'policy_changed'],
    );
    assert.equal(lines.trim().split('\n').length, 2);
    assert.ok(!existsSync(join(folders.root, 'logs', 'audit.db')));
  });

  it('keeps a deed from being done that it does not record', async () => {
    const environment = {
      ...process.env,
      WORKSPACE_LOGS_AUDIT_DATABASE: 'postgresql://u@127.0.0.1:1/x',
    };
    const edits = [{ key: 'rotation.maxFileMB', value: 5 }];
    const input = { root: folders.root, edits, mustExist: true, fromEnvironment: {} };
    await assert.rejects(inlineApp(environment).run('savePolicy', input), { code: 'audit-unavailable' });
    assert.equal(loadPolicy(folders.root)?.rotation.maxFileMB, 20);
    // VS Code ignores the variables.
    const code = inlineRunner<AppJobs, AppReport>(jobs, environment, 'vscode');
    await code.run('savePolicy', input);
    await code.run('closeTrails', {});
    assert.equal(loadPolicy(folders.root)?.rotation.maxFileMB, 5);
    assert.ok(existsSync(join(folders.root, 'logs', 'audit.db')));
  });

  it('that cannot be reached is said in a sentence, with exit code 3', async () => {
    const secret = crypto.randomUUID();
    const { code, stderr } = await commandLineHere(['audit', 'query'], {
      cwd: folders.root,
      env: { WORKSPACE_LOGS_AUDIT_DATABASE: `postgresql://u:${secret}@127.0.0.1:1/x` },
    });
    assert.equal(code, 3);
    assert.match(stderr, /“WORKSPACE_LOGS_AUDIT_DATABASE”\) cannot be reached \(ECONNREFUSED\)/);
    assert.ok(!stderr.includes(secret));
  });

  it('needs exactly one place of its connection string', async () => {
    for (const store of [
      'postgres',
      {},
      { postgres: {} },
      { postgres: 'postgresql://x' },
      { postgres: { env: 'A', file: 'b' } },
      { postgres: { url: 'x' } },
      { postgres: { env: 5 } },
      null,
    ])
      await assert.rejects(openAudit({ workspace: folders.root, store } as AuditOptions), {
        name: 'TypeError',
        message: 'store must be sqlite, or an object postgres with one of env, file, connectionString.',
      });
  });
});
