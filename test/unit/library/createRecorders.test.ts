import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import fastify, { type FastifyRequest } from 'fastify';
import { expressRecorder } from '../../../src/library/express.ts';
import { fastifyRecorder } from '../../../src/library/fastify.ts';
import { createRecorders, type Recorders, type RecordersOptions } from '../../../src/library/index.ts';
import { recordRequests } from '../../../src/library/node.ts';
import { freshFolders } from '../freshFolders.ts';

const REQUESTS = 1000;
const AT_ONCE = 20;
const IDS = ['a', 'b', 'c'] as const;

describe('createRecorders', function () {
  this.timeout(60_000);
  this.slow(10_000);
  const folders = freshFolders();

  function workspace(name: string, id = name): string {
    const folder = join(folders.root, name);
    mkdirSync(folder, { recursive: true });
    const policy = { version: 1, workspaceId: id, recording: { level: 'REQUEST' } };
    writeFileSync(join(folder, '.workspace-logs.json'), JSON.stringify(policy));
    return folder;
  }
  const paths = (name: string): unknown[] =>
    readFileSync(join(folders.root, name, 'logs/api.log'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const entry = JSON.parse(line) as { path: string; workspace_id: string; request_object: unknown };
        assert.equal(entry.workspace_id, name);
        assert.deepEqual(entry.request_object, { path: entry.path });
        return entry.path;
      });
  /** The workspace of a request; every fourth request is none of ours. */
  const idAt = (index: number): string => IDS[index % 4] ?? 'unknown';

  const listening = (server: Server): Promise<string> =>
    new Promise((resolve) =>
      server.listen(0, '127.0.0.1', () => {
        resolve(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
      }),
    );

  /** A backend that records with each middleware, and how it finds the workspace of a request. */
  const doors: [name: string, start: (recorders: Recorders) => Promise<[string, () => Promise<unknown>]>][] =
    [
      [
        'node, by a header',
        async (recorders) => {
          const server = createServer(
            recordRequests(
              (request) => recorders.recorderOf(request.headers['x-workspace'] as string),
              (request, response) => {
                request.resume().on('end', () => response.end('x'));
              },
            ),
          );
          return [await listening(server), () => new Promise((resolve) => server.close(resolve))];
        },
      ],
      [
        'node, by an object with recorderOf',
        async (recorders) => {
          const recorderOf = (request: { url?: string | undefined }): ReturnType<Recorders['recorderOf']> =>
            recorders.recorderOf(request.url?.split('/')[1]);
          const server = createServer(
            recordRequests({ recorderOf }, (request, response) => {
              request.resume().on('end', () => response.end('x'));
            }),
          );
          return [await listening(server), () => new Promise((resolve) => server.close(resolve))];
        },
      ],
      [
        'express, by what its router found',
        async (recorders) => {
          const app = express();
          app.use(
            expressRecorder((request: express.Request) =>
              recorders.recorderOf(request.params.workspace as string),
            ),
          );
          app.use(express.json());
          app.post('/:workspace/:index', (_request, response) => void response.send('x'));
          const server = createServer(app);
          return [await listening(server), () => new Promise((resolve) => server.close(resolve))];
        },
      ],
      [
        'fastify, by what its router found',
        async (recorders) => {
          const app = fastify({ forceCloseConnections: true });
          await app.register(fastifyRecorder<FastifyRequest>, {
            recorderOf: (request) =>
              recorders.recorderOf((request.params as { workspace: string }).workspace),
          });
          app.post('/:workspace/:index', () => 'x');
          return [await app.listen({ port: 0, host: '127.0.0.1' }), () => app.close()];
        },
      ],
    ];

  for (const [name, start] of doors)
    it(`${name}: ${String(REQUESTS)} interleaved requests go each into its own workspace’s log`, async () => {
      const recorders = await createRecorders({ workspaces: IDS.map((id) => workspace(id)) });
      const [url, end] = await start(recorders);
      const left = Array.from({ length: REQUESTS }, (_, index) => index).values();
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (const index of left) {
            const id = idAt(index);
            const path = `/${id}/${String(index)}`;
            const headers = { 'x-workspace': id, 'content-type': 'application/json' };
            const answer = await fetch(url + path, {
              method: 'POST',
              headers,
              body: JSON.stringify({ path }),
            });
            assert.equal(await answer.text(), 'x');
          }
        }),
      );
      await end();
      await recorders.close();
      for (const id of IDS) {
        const own = Array.from({ length: REQUESTS }, (_, index) => index).filter(
          (index) => idAt(index) === id,
        );
        assert.deepEqual(paths(id).sort(), own.map((index) => `/${id}/${String(index)}`).sort());
      }
    });

  it('gives the recorder of an id, and none for an id that is none of theirs', async () => {
    const recorders = await createRecorders({ workspaces: [workspace('a'), workspace('b')], mode: 'strict' });
    assert.ok(recorders.recorderOf('a') !== recorders.recorderOf('b'));
    assert.equal(recorders.recorderOf('a'), recorders.recorderOf('a'));
    for (const id of ['c', '', '__proto__', 'constructor', undefined])
      assert.equal(recorders.recorderOf(id), undefined);
    // One of them may be closed before the others.
    await recorders.recorderOf('a')?.close();
    assert.equal(recorders.recorderOf('b')?.record({ method: 'GET', path: '/x', status: 200 }), true);
    await recorders.close();
    await recorders.close();
    assert.equal(recorders.recorderOf('b')?.stats().written, 1);
  });

  it('refuses two workspaces with one id, and one workspace twice', async () => {
    const [first, second] = [workspace('a', 'one'), workspace('b', 'one')];
    for (const workspaces of [
      [first, second],
      [first, first],
    ])
      await assert.rejects(
        createRecorders({ workspaces }),
        (error: { code?: string; message?: string }) =>
          error.code === 'workspace-id-twice' && (error.message ?? '').includes('have the same id “one”'),
      );
  });

  it('opens none where one has no policy', async () => {
    mkdirSync(join(folders.root, 'bare'));
    await assert.rejects(createRecorders({ workspaces: [workspace('a'), join(folders.root, 'bare')] }), {
      code: 'not-managed',
    });
  });

  const wrong: [what: string, options: unknown, sentence: RegExp][] = [
    ['nothing', undefined, /createRecorders needs an object with the option workspaces/],
    ['no workspaces', {}, /^workspaces must be a list/],
    ['an empty list', { workspaces: [] }, /^workspaces must be a list/],
    ['one folder', { workspaces: '.' }, /^workspaces must be a list/],
    ['an empty folder', { workspaces: [''] }, /^workspaces must be a list/],
    ['the option of one recorder', { workspaces: ['.'], workspace: '.' }, /no option “workspace”/],
    ['a mode that there is not', { workspaces: ['.'], mode: 'fast' }, /^mode must be/],
  ];
  for (const [what, options, sentence] of wrong)
    it(`refuses ${what}`, async () => {
      await assert.rejects(
        createRecorders(options as RecordersOptions),
        (error) => error instanceof TypeError && sentence.test(error.message),
      );
    });
});
