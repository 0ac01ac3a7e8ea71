import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import fastify from 'fastify';
import { expressRecorder } from '../../../../src/library/express.ts';
import { fastifyRecorder } from '../../../../src/library/fastify.ts';
import { recordRequests } from '../../../../src/library/node.ts';
import { Failure } from '../../../../src/base/failure.ts';
import { LEVELS } from '../../../../src/policy/choices.ts';
import { startProxy } from '../../../../src/recorder/proxy/proxy.ts';
import { parseTarget } from '../../../../src/recorder/proxy/target.ts';
import type { Recorder } from '../../../../src/recorder/recorder.ts';
import { freshServers } from '../capture/keptEntries.ts';
import { freshFolders } from '../../freshFolders.ts';
import { openRecorder, recordedIn, type RecordedLine } from '../recordedLines.ts';
import { keptTrail, type KeptTrail } from './keptTrail.ts';

describe('requests as audit records', () => {
  const folders = freshFolders();
  const serve = freshServers();
  let trail: KeptTrail;

  const opened = (policy: object, door?: 'cli'): Promise<Recorder> => {
    folders.policy(policy);
    trail = keptTrail();
    return openRecorder(folders.root, {}, { trail, door });
  };
  /** A response is closed later than its client has it. It is recorded then, before these resolve. */
  let closings: Promise<unknown>[];
  beforeEach(() => {
    closings = [];
  });
  const answering: RequestListener = (request, response) => {
    closings.push(once(response, 'close'));
    void text(request).then(() => {
      response.writeHead(201, { 'content-type': 'application/json' }).end('{"answer":true}');
    });
  };
  const json = { 'content-type': 'application/json', 'user-agent': 'test/1' };
  const send = async (url: string, method: string, path: string): Promise<void> => {
    const hasBody = !['GET', 'HEAD', 'OPTIONS'].includes(method);
    await (
      await fetch(url + path, { method, headers: json, ...(hasBody && { body: '{"asked":1}' }) })
    ).text();
  };

  const requests: [method: string, path: string, isAudited: boolean][] = [
    ['POST', '/api/admin/users?notify=yes', true],
    ['PUT', '/api/admin', true],
    ['PATCH', '/api/admin/x', true],
    ['DELETE', '/api/admin/x/y', true],
    ['GET', '/api/admin/x', false],
    ['HEAD', '/api/admin/x', false],
    ['OPTIONS', '/api/admin/x', false],
    ['POST', '/api/chats', false],
    ['GET', '/api/v1/auths/signin', true],
    ['POST', '/login', true],
  ];
  const hasRequest = (level: string): boolean => level.startsWith('REQUEST');
  const hasResponse = (level: string): boolean => level === 'REQUEST_RESPONSE';

  for (const audited of LEVELS)
    for (const recorded of LEVELS)
      it(`audit ${audited}, recording ${recorded}: each gets what its own level asks for`, async () => {
        const recorder = await opened({
          recording: { level: recorded },
          audit: { level: audited, adminPaths: ['/api/admin/**'] },
        });
        const url = await serve(recordRequests(recorder, answering));
        for (const [method, path] of requests) await send(url, method, path);
        await Promise.all(closings);
        await recorder.close();

        const bodyless = ['GET', 'HEAD', 'OPTIONS'];
        assert.deepEqual(
          trail.records.map((record) => [
            record.verb,
            record.request_uri,
            record.request_object,
            record.response_object,
          ]),
          audited === 'NONE'
            ? []
            : requests
                .filter(([, , isAudited]) => isAudited)
                .map(([method, path]) => [
                  method,
                  path,
                  hasRequest(audited) && !bodyless.includes(method) ? { asked: 1 } : undefined,
                  hasResponse(audited) ? { answer: true } : undefined,
                ]),
        );
        assert.ok(trail.records.every((record) => record.response_status_code === 201));
        const lines = recordedIn(folders.logs) as RecordedLine[];
        assert.deepEqual(
          lines.map((line) => [line.method, line.request_object, line.response_object, line.truncated]),
          recorded === 'NONE'
            ? []
            : requests.map(([method]) => [
                method,
                hasRequest(recorded) && !bodyless.includes(method) ? { asked: 1 } : undefined,
                hasResponse(recorded) && method !== 'HEAD' ? { answer: true } : undefined,
                undefined,
              ]),
        );
        assert.deepEqual(trail.ended, audited === 'NONE' ? ['dispose'] : ['closeTrail', 'dispose']);
      });

  const doors: [name: string, start: (recorder: Recorder) => Promise<[string, () => Promise<unknown>]>][] = [
    [
      'node',
      async (recorder) => {
        const server = createServer(recordRequests(recorder, answering, options)).listen(0, '127.0.0.1');
        await new Promise((resolve) => server.once('listening', resolve));
        const { port } = server.address() as AddressInfo;
        return [`http://127.0.0.1:${String(port)}`, () => new Promise((resolve) => server.close(resolve))];
      },
    ],
    [
      'express',
      async (recorder) => {
        const app = express().use(expressRecorder(recorder, options), express.json());
        app.put('/api/plans/:id', (_request, response) => {
          closings.push(once(response, 'close'));
          response.status(201).json({ answer: true });
        });
        return [await serve(app), () => Promise.all(closings)];
      },
    ],
    [
      'fastify',
      async (recorder) => {
        const app = fastify({ forceCloseConnections: true });
        await app.register(fastifyRecorder, { recorder, ...options });
        app.put('/api/plans/:id', (_request, reply) => reply.status(201).send({ answer: true }));
        return [await app.listen({ port: 0, host: '127.0.0.1' }), () => app.close()];
      },
    ],
    [
      'proxy',
      async (recorder) => {
        const target = parseTarget(await serve(answering))!;
        const proxy = await startProxy(recorder, { target, port: 0, ...options });
        return [proxy.url, () => proxy.close(0)];
      },
    ],
  ];
  const options = { userHeader: 'x-user', trustedProxies: '127.0.0.1' };
  for (const [name, start] of doors)
    it(`${name}: makes one record of a request, with its user, address and bodies`, async () => {
      const recorder = await opened({ audit: { level: 'REQUEST_RESPONSE' } });
      const [url, end] = await start(recorder);
      const token = randomBytes(12).toString('hex');
      const before = Math.floor(Date.now() / 1000);
      const response = await fetch(`${url}/api/plans/7?token=${token}&page=2`, {
        method: 'PUT',
        headers: {
          ...json,
          'x-user': 'anna',
          'x-forwarded-for': '10.1.2.3',
          'x-request-id': 'r-1',
        },
        body: JSON.stringify({ price: 1990, password: token }),
      });
      assert.equal(response.status, 201);
      await response.text();
      await end();
      await recorder.flush();
      await recorder.close();

      assert.equal(trail.records.length, 1);
      const [{ id, created_at, ...record } = {}] = trail.records;
      assert.match(String(id), /^[0-9a-f-]{36}$/);
      assert.ok(Number(created_at) >= before && Number(created_at) <= Date.now() / 1000);
      assert.deepEqual(record, {
        user_id: 'anna',
        action: 'request',
        entity_type: 'route',
        entity_id: '/api/plans/7',
        audit_metadata: { door: 'library', level: 'REQUEST_RESPONSE', request_id: 'r-1' },
        source_ip: '10.1.2.3',
        user_agent: 'test/1',
        request_uri: '/api/plans/7?token=********&page=2',
        verb: 'PUT',
        request_object: { price: 1990, password: '********' },
        response_object: { answer: true },
        response_status_code: 201,
      });
      assert.deepEqual(recorder.stats().audit, { written: 1, dropped: 0 });
      assert.ok(!JSON.stringify(recordedIn(folders.logs)).includes('price'));
    });

  it('cuts bodies as entries are cut, and keeps a record that would be too long without them', async () => {
    const recorder = await opened({
      recording: { maxBodyBytes: 1_048_576 },
      audit: { level: 'REQUEST_RESPONSE' },
    });
    const { audit } = recorder;
    const request = {
      ...{ user: 'anonymous', method: 'POST', path: '/a', status: 200 },
      ...{ ip: undefined, request_id: 'r', user_agent: undefined },
    };
    const half = 'x '.repeat(400_000);
    audit!.record({ ...request, request_object: half });
    audit!.record({ ...request, request_object: half, response_object: half });
    audit!.record({ ...request, request_object: half.repeat(2), response_object: undefined });
    await recorder.close();
    assert.deepEqual(
      trail.records.map((record) => [
        ((record.request_object ?? '') as string).length,
        (record.audit_metadata as { truncated?: boolean }).truncated,
      ]),
      [
        [800_000, undefined],
        [0, true],
        [0, true],
      ],
    );
  });

  it('tells of dropped records, and writes entries though the trail takes no record', async () => {
    folders.policy({ audit: { level: 'REQUEST' } });
    trail = keptTrail();
    trail.onAppend = () => {
      throw new Failure('disk-full', { path: 'audit.db' });
    };
    const recorder = await openRecorder(folders.root, { queueBytes: 3000 }, { trail });
    const told: (number | string)[] = [];
    recorder.on('auditDropped', (count) => told.push(count)).on('error', ({ code }) => told.push(code));
    const url = await serve(recordRequests(recorder, answering));
    // Two records and three entries find room.
    const body = 'x '.repeat(500);
    for (const path of ['/a', '/b', '/c']) await (await fetch(url + path, { method: 'POST', body })).text();
    await Promise.all(closings);
    await assert.rejects(recorder.flush(), { code: 'disk-full', message: /disk/ });
    assert.deepEqual(
      (recordedIn(folders.logs) as RecordedLine[]).map(({ path }) => path),
      ['/a', '/b', '/c'],
    );
    trail.onAppend = () => undefined;
    await recorder.close();
    const { written = 0, dropped = 0 } = recorder.stats().audit ?? {};
    assert.equal(written + dropped, 3);
    assert.deepEqual(told, ['disk-full', ...Array.from({ length: dropped }, () => 1)]);
    assert.ok(written > 0 && dropped > 0);
    assert.deepEqual(
      trail.records
        .map(({ audit_metadata: metadata }) => (metadata as { dropped?: number }).dropped ?? 0)
        .sort(),
      [...Array.from({ length: written }, () => 0), dropped],
    );
  });
});
