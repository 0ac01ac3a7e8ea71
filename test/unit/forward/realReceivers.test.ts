import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrailReport } from '../../../src/audit/outputs/outputs.ts';
import { closeTrails, trailJobs, type TrailJobs } from '../../../src/audit/trail.ts';
import { inlineRunner } from '../../../src/base/job.ts';
import { forwardOnce, type Forwarding } from '../../../src/forward/forward.ts';
import { createTables } from '../../../src/forward/receiver.ts';
import type { Target, TargetType } from '../../../src/forward/targets.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { size } from '../../chance.ts';
import {
  makeCertificates,
  receivedBy,
  startClickhouse,
  startRsyslog,
  type RealServer,
} from './realServers.ts';

const WORKSPACES = 20;
const ENTRIES = size(100, 5000);

describe('forwarding to real receivers', function () {
  this.timeout(300_000);
  let base: string;
  let environment: Record<string, string | undefined>;
  const running: RealServer[] = [];
  const { signal } = new AbortController();

  before(() => {
    base = mkdtempSync(join(realpathSync(tmpdir()), 'forward-'));
    environment = { ...process.env, XDG_STATE_HOME: join(base, 'state') };
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.kill();
  });
  after(async () => {
    await closeTrails();
    rmSync(base, { recursive: true, force: true });
  });

  /** A managed workspace that forwards entries, with so many of them. */
  async function workspace(
    name: string,
    count: number,
    forwarding: object = { entries: true },
  ): Promise<string> {
    const root = join(base, name);
    mkdirSync(join(root, 'logs'), { recursive: true });
    writeFileSync(
      join(root, '.workspace-logs.json'),
      JSON.stringify({ version: 1, workspaceId: name, forwarding }),
    );
    await inlineApp(environment).run('acceptPolicy', { root });
    const lines = Array.from({ length: count }, (_, at) =>
      JSON.stringify({
        timestamp: new Date(1_700_000_000_000 + at).toISOString(),
        method: 'POST',
        path: '/api/users/alice@example.com/“quoted”',
        status: at % 7 === 0 ? 500 : 200,
        user: 'alice@example.com',
      }),
    );
    if (count > 0) appendFileSync(join(root, 'logs/api.log'), `${lines.join('\n')}\n`);
    return root;
  }

  function forwardingOf(
    root: string,
    type: TargetType,
    url: string,
    change: Partial<Target> = {},
  ): Forwarding {
    const target: Target = {
      name: type,
      type,
      url: new URL(url),
      kinds: ['entries', 'audit', 'usage'],
      credentials: undefined,
      ca: undefined,
      table: 'workspace_logs',
      ...change,
    };
    const trail = inlineRunner<TrailJobs, TrailReport>(trailJobs, environment);
    return { root, target, environment, trail, signal };
  }

  it('rsyslog over TCP has each entry once, and its parts', async () => {
    const folder = join(base, 'tcp');
    const server = await startRsyslog(folder);
    running.push(server);
    const root = await workspace('tcp-workspace', 50);
    const forwarding = forwardingOf(root, 'syslog', server.url);
    assert.deepEqual(await forwardOnce(forwarding), { kind: 'done', rejected: 0 });
    assert.deepEqual(await forwardOnce(forwarding), { kind: 'done', rejected: 0 });
    const received = await receivedBy(folder, 50);
    assert.equal(received.length, 50);
    assert.deepEqual([received[0]!.facility, received[0]!.severity, received[1]!.severity], ['16', '3', '6']);
    assert.deepEqual([received[0]!.app, received[0]!.kind], ['workspace-logs', 'entry']);
    assert.match(received[0]!.data!, /^\[workspaceLogs@32473 uid="[0-9a-f]{32}" workspace="tcp-workspace" /);
    assert.equal(Date.parse(received[0]!.time!), 1_700_000_000_000);
    const event = JSON.parse(received[0]!.message!) as { route: string };
    assert.equal(event.route, '/api/users/{id}/{id}');
    assert.doesNotMatch(readFileSync(join(folder, 'received'), 'utf8'), /alice|example\.com|quoted/);
  });

  it('rsyslog over TLS is reached only with a certificate that is trusted', async () => {
    const certificates = join(base, 'certificates');
    makeCertificates(certificates);
    const folder = join(base, 'tls');
    const server = await startRsyslog(folder, certificates);
    running.push(server);
    const root = await workspace('tls-workspace', 5);
    const untrusted = await forwardOnce(forwardingOf(root, 'syslog', server.url));
    assert.equal(untrusted.kind, 'waiting');
    assert.match(untrusted.detail, /certificate/i);
    const ca = readFileSync(join(certificates, 'ca.pem'), 'utf8');
    assert.equal((await forwardOnce(forwardingOf(root, 'syslog', server.url, { ca }))).kind, 'done');
    assert.equal((await receivedBy(folder, 5)).length, 5);
  });

  it('a checkpoint that rsyslog has received shows that a trail was rolled back', async () => {
    const folder = join(base, 'checkpoint');
    const server = await startRsyslog(folder);
    running.push(server);
    const root = await workspace('checkpoint-workspace', 0, { audit: true });
    const app = inlineApp(environment);
    const forwarding = forwardingOf(root, 'syslog', server.url);
    const save = (days: number): Promise<unknown> =>
      app.run('savePolicy', { root, edits: [{ key: 'retention.maxAge', value: { days } }] });
    const { trail } = forwarding;
    await save(10);
    await trail.run('closeTrail', { root });
    const older = readFileSync(join(root, 'logs/audit.db'));
    await save(11);
    await trail.run('closeTrail', { root });
    assert.equal((await forwardOnce(forwarding)).kind, 'done');
    await trail.run('closeTrail', { root });
    const received = await receivedBy(folder, 4);
    const notes = received.flatMap(({ message }) => {
      const { checkpoint } = JSON.parse(message!) as { checkpoint?: string };
      return checkpoint === undefined ? [] : [checkpoint];
    });
    const since = notes.at(-1)!;
    const key = await trail.run('keyOfTrail', { root });
    const kept = { root, since, trusted: [key] };
    assert.equal((await trail.run('verifyTrail', kept)).state, 'sound');
    await trail.run('closeTrail', { root });
    writeFileSync(join(root, 'logs/audit.db'), older);
    for (const name of ['audit.db-wal', 'audit.db-shm']) rmSync(join(root, 'logs', name), { force: true });
    const { state, first } = await trail.run('verifyTrail', kept);
    assert.deepEqual([state, first?.kind], ['tampered', 'rolled-back']);
  });

  it(`ClickHouse has ${String(WORKSPACES * ENTRIES)} entries of ${String(WORKSPACES)} workspaces, each once, though it was killed twice`, async () => {
    const folder = join(base, 'clickhouse');
    let server = await startClickhouse(folder);
    running.push(server);
    const forwardings: Forwarding[] = [];
    for (let number = 0; number < WORKSPACES; number += 1)
      forwardings.push(
        forwardingOf(await workspace(`workspace-${String(number)}`, ENTRIES), 'clickhouse', server.url),
      );
    const [first] = forwardings;
    assert.equal((await createTables(first!.target, signal)).kind, 'taken');
    assert.equal((await createTables(first!.target, signal)).kind, 'taken');

    let left: readonly Forwarding[] = forwardings;
    for (let round = 0; left.length > 0; round += 1) {
      const isKilled = round < 2;
      const sending = Promise.all(left.map(async (each) => ({ each, result: await forwardOnce(each) })));
      if (isKilled) {
        // In the middle of it: some are there, others are on their way.
        await rowsIn(server.url, round * 5 + 1);
        await server.kill();
      }
      left = (await sending).filter(({ result }) => result.kind !== 'done').map(({ each }) => each);
      if (isKilled) {
        server = await startClickhouse(folder, server.port);
        running.push(server);
      }
    }
    assert.equal(await countIn(server.url, 'count()', 'FINAL'), WORKSPACES * ENTRIES);
    assert.equal(await countIn(server.url, 'uniqExact(workspace)', ''), WORKSPACES);
  });

  async function countIn(url: string, what: string, final: string): Promise<number> {
    const answer = await fetch(url, { method: 'POST', body: `SELECT ${what} FROM workspace_logs ${final}` });
    return Number(await answer.text());
  }

  /** Resolves when the batches of so many workspaces are there. */
  async function rowsIn(url: string, workspaces: number): Promise<void> {
    while ((await countIn(url, 'uniqExact(workspace)', '').catch(() => Infinity)) < workspaces) continue;
  }
});
