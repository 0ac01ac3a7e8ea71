import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { trailJobs, type Trail, type TrailJobs } from '../../../../src/audit/trail.ts';
import type { TrailReport } from '../../../../src/audit/outputs/outputs.ts';
import { Failure } from '../../../../src/base/failure.ts';
import { inlineRunner } from '../../../../src/base/job.ts';
import { createMasker } from '../../../../src/masking/masker.ts';
import { handDown } from '../../../../src/policy/auditEnvironment.ts';
import { defaultPolicy, policySchema } from '../../../../src/policy/policy.ts';
import { RequestAudit } from '../../../../src/recorder/audit/requestAudit.ts';
import { freshFolders } from '../../freshFolders.ts';
import { openRecorder } from '../recordedLines.ts';
import { keptTrail, type KeptTrail } from './keptTrail.ts';

const requestAt = (path: string | number): Parameters<RequestAudit['record']>[0] => ({
  ...{ user: 'anonymous', method: 'POST', path: `/${String(path)}`, status: 200 },
  ...{ ip: undefined, request_id: 'r', user_agent: undefined },
});
const policyOf = (audit: object): typeof defaultPolicy => policySchema.parse({ version: 1, audit });

describe('RequestAudit', () => {
  let trail: KeptTrail;
  let told: string[];
  let audit: RequestAudit;

  const start = (queueBytes = 1_000_000, environment = {}): void => {
    trail = keptTrail();
    told = [];
    audit = new RequestAudit(
      { root: '/workspace', trail, door: 'library', queueBytes, environment },
      {
        onFailure: ({ code }) => told.push(code),
        onFull: ({ name }) => told.push(`full ${name}`),
        onDropped: (count) => told.push(`dropped ${String(count)}`),
      },
    );
    audit.use(policyOf({ level: 'METADATA' }), createMasker());
  };
  const paths = (records = trail.records): unknown[] => records.map((record) => record.entity_id);
  const missing = (): unknown[] =>
    trail.records.map((record) => (record.audit_metadata as { dropped?: number }).dropped);

  it('follows the policy and the environment', () => {
    const levels: [policy: object | undefined, environment: object, wanted: string | undefined][] = [
      [undefined, { level: 'REQUEST' }, undefined],
      [{}, {}, undefined],
      [{}, { level: 'REQUEST' }, 'REQUEST'],
      [{ level: 'METADATA' }, {}, 'METADATA'],
      [{ level: 'METADATA' }, { level: 'NONE' }, undefined],
      [{ level: 'NONE' }, { level: 'METADATA' }, 'METADATA'],
    ];
    for (const [policy, environment, wanted] of levels) {
      start(1000, environment);
      audit.use(policy && policyOf(policy), createMasker());
      assert.equal(audit.levelOf({ method: 'POST', path: '/' })?.level, wanted);
      assert.equal(audit.isOn, wanted !== undefined);
    }
  });

  it('gathers records while the trail is at work, and gives each once', async () => {
    start();
    for (let number = 0; number < 2500; number += 1) audit.record(requestAt(number));
    await audit.flush();
    assert.deepEqual(
      trail.groups.map((group) => group.length),
      [1000, 1000, 500],
    );
    assert.deepEqual(
      paths(),
      Array.from({ length: 2500 }, (_, number) => `/${String(number)}`),
    );
    await audit.close();
    assert.deepEqual(audit.counts, { written: 2500, dropped: 0 });
  });

  it('drops what finds no room, counts it, and says so in a record', async () => {
    start(3000);
    let release = (): void => undefined;
    trail.onAppend = () =>
      new Promise((resolve) => {
        release = resolve;
        trail.onAppend = () => undefined;
      });
    for (let number = 0; number < 100; number += 1) audit.record(requestAt(number));
    const kept = 100 - told.length;
    assert.ok(kept > 3 && kept < 20, String(kept));
    const flushed = audit.flush();
    // The room of what the trail is at work on is not free yet.
    audit.record(requestAt('late'));
    assert.deepEqual(
      told,
      Array.from({ length: 101 - kept }, () => 'dropped 1'),
    );
    release();
    await flushed;
    audit.record(requestAt('again'));
    await audit.close();
    assert.deepEqual(paths().slice(-1), ['/again']);
    assert.deepEqual(audit.counts, { written: kept + 1, dropped: 101 - kept });
    assert.deepEqual(
      missing().reduce<number>((sum, count) => sum + Number(count ?? 0), 0),
      101 - kept,
    );
    assert.equal(trail.records.length, kept + 1 + missing().filter((count) => count !== undefined).length);
  });

  it('gives the very same records again after a failure, tells of it once, and rejects those who wait', async () => {
    start();
    let refusals = 3;
    trail.onAppend = () => {
      refusals -= 1;
      if (refusals >= 0) throw new Failure('disk-full', { path: 'audit.db' });
    };
    audit.record(requestAt(1));
    for (let times = 0; times < 3; times += 1) await assert.rejects(audit.flush(), { code: 'disk-full' });
    audit.record(requestAt(2));
    await audit.flush();
    assert.deepEqual(told, ['disk-full']);
    assert.deepEqual(paths(), ['/1', '/2']);
    assert.equal(new Set(trail.groups.slice(0, 4).map((group) => group[0]!.id)).size, 1);
    await audit.close();
  });

  it('counts what the trail takes no more as dropped when it is closed', async () => {
    start();
    trail.onAppend = () => {
      throw new Failure('lock-busy', { path: 'audit.db' });
    };
    for (const number of [1, 2, 3]) audit.record(requestAt(number));
    await audit.close();
    audit.record(requestAt(4));
    assert.deepEqual(audit.counts, { written: 0, dropped: 3 });
    assert.deepEqual(told, ['lock-busy', 'dropped 3']);
    assert.deepEqual(trail.ended, ['closeTrail', 'dispose']);
  });

  it('passes on that the file is full, and a failing output once until it works again', async () => {
    start();
    const failed: TrailReport = {
      kind: 'output-failed',
      failure: { code: 'disk-full', data: { path: 'audit.log' } },
      records: 1,
    };
    const file = { folder: '/', name: 'audit.log', isOwn: true, limitBytes: 1, keepPlain: 1 };
    const reports: TrailReport[] = [failed, failed, { kind: 'file-full', file }, failed];
    for (const [index, next] of reports.entries()) {
      trail.onAppend = (report) => {
        report(next);
      };
      audit.record(requestAt(index));
      await audit.flush();
    }
    assert.deepEqual(told, ['disk-full', 'full audit.log', 'disk-full']);
    await audit.close();
  });
});

describe('the rotating file of requests', function () {
  this.slow(2000);
  const folders = freshFolders();
  const REQUESTS = 60;

  /** The text of a zip with one deflated member (APPNOTE 4.3.12). */
  function unzipped(zip: Buffer): string {
    const central = zip.lastIndexOf('PK\x01\x02');
    const local = zip.readUInt32LE(central + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    return inflateRawSync(zip.subarray(start, start + zip.readUInt32LE(central + 20))).toString();
  }

  /** The lines of a folder's plain files and archives, in the order of their names. */
  function linesIn(folder: string, stem: string): string[] {
    const names = readdirSync(folder).filter((name) => name.startsWith(`${stem}.`) && !name.includes('.db'));
    const lines: string[] = [];
    for (const name of names) {
      const path = join(folder, name);
      const text = name.endsWith('.zip') ? unzipped(readFileSync(path)) : readFileSync(path, 'utf8');
      lines.push(...text.split('\n').filter((line) => line !== ''));
    }
    return lines;
  }

  for (const [place, path] of [
    ['in logs/', undefined],
    ['elsewhere', '../elsewhere/my-audit.jsonl'],
    ['in logs/ under another name', 'logs/mine.log'],
  ] as const)
    it(`${place}: rotates, zips, and holds each record once`, async () => {
      folders.policy({ audit: { level: 'METADATA', file: path === undefined } });
      const auditEnvironment = { fileBytes: 4000, ...(path !== undefined && { path }) };
      const environment = handDown(folders.environment, auditEnvironment);
      const trail: Trail = inlineRunner<TrailJobs, TrailReport>(trailJobs, environment);
      const recorder = await openRecorder(folders.root, {}, { trail, auditEnvironment });
      const rotated: string[] = [];
      recorder.on('rotated', ({ to }) => rotated.push(to));
      for (let number = 0; number < REQUESTS; number += 1) {
        recorder.audit!.record(requestAt(number));
        await recorder.flush();
        await recorder.rotationSettled();
      }
      await recorder.close();
      const reading: Trail = inlineRunner<TrailJobs, TrailReport>(trailJobs, folders.environment);
      const all = {
        root: folders.root,
        format: 'jsonl',
        filter: {},
        from: 0,
        end: REQUESTS,
        count: 0,
        record: '',
      } as const;
      const { text } = await reading.run('exportTrailPart', all);
      const stored = text.split('\n').filter((line) => line !== '');
      const [folder, stem] =
        path === undefined
          ? [folders.logs, 'audit']
          : [join(folders.root, path, '..'), path.replace(/^.*\/|\.\w+$/g, '')];
      assert.ok(rotated.length > 3, String(rotated.length));
      assert.deepEqual(linesIn(folder, stem).sort(), stored.sort());
      assert.equal(stored.length, REQUESTS);
      if (path === undefined) return;
      // Elsewhere the job itself zips what it rotated.
      const plain = readdirSync(folder).filter((name) => name.startsWith(stem) && !name.endsWith('.zip'));
      assert.ok(plain.length <= 1, plain.join());
    });
});
