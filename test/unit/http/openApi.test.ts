import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import createClient from 'openapi-fetch';
import * as z from 'zod';
import { apiDocument, apiPaths, apiPathsFile } from '../../../scripts/apiPaths.ts';
import { startServer } from '../../../src/http/server.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { freshFolders, testEnvironment } from '../freshFolders.ts';
import type { paths } from './apiPaths.ts';
import { inlineTrail } from './apiServer.ts';

type Schema = Parameters<typeof z.fromJSONSchema>[0];

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: { readonly Problem: Schema } };
}

describe('the OpenAPI document', () => {
  const folders = freshFolders();

  it('is valid', async () => {
    const { valid, errors } = await new Validator().validate(
      JSON.parse(apiDocument()) as Record<string, unknown>,
    );
    assert.ok(valid, JSON.stringify(errors));
  });

  it('gives the types that the client below has (else: node scripts/apiPaths.ts)', async () => {
    assert.equal(readFileSync(apiPathsFile, 'utf8'), await apiPaths());
  });

  it('leads a client that is made from it through every route, whose answers are as it says', async () => {
    folders.policy({});
    const line = `{"timestamp":"${new Date().toISOString()}","path":"/one","status":200}\n`;
    folders.put('logs/api.log', line);
    folders.put('logs/api.1.log', line);
    const tokenFile = join(folders.state, 'tokens.json');
    const server = await startServer({
      ...{ workspaces: { test: folders.root }, port: 0, tokenFile },
      ...{ app: inlineApp(testEnvironment()), trail: inlineTrail() },
      recorderOf: () => Promise.resolve(undefined),
    });
    const { administrator } = JSON.parse(readFileSync(tokenFile, 'utf8')) as { administrator: string };
    const client = createClient<paths>({
      baseUrl: server.url,
      headers: { authorization: `Bearer ${administrator}` },
    });
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
    const visited: string[] = [];
    client.use({
      async onResponse({ request, response, schemaPath }) {
        const operation = document.paths[schemaPath]?.[request.method.toLowerCase()];
        const { ok, status } = response;
        const described = operation?.responses[ok ? String(status) : 'default'];
        assert.ok(described, `${request.method} ${schemaPath} ${String(status)}`);
        visited.push(`${request.method} ${schemaPath}`);
        const { Problem } = document.components.schemas;
        const schema = ok ? described.content?.['application/json']?.schema : Problem;
        if (schema !== undefined) {
          const { success, error } = z.fromJSONSchema(schema).safeParse(await response.clone().json());
          assert.ok(success, `${schemaPath}: ${String(error)}`);
        }
      },
    });
    const path = { id: 'test' };
    const json = { 'content-type': 'application/json' };
    try {
      const workspaces = await client.GET('/api/workspaces');
      assert.deepEqual(workspaces.data?.items, [{ id: 'test' }]);
      const config = await client.GET('/api/workspaces/{id}/logs/config', { params: { path } });
      assert.equal(config.data?.rotation.maxFileMB, 20);
      const put = await client.PUT('/api/workspaces/{id}/logs/config', {
        params: { path },
        body: { version: 1, rotation: { maxFileMB: 5 } },
      });
      assert.deepEqual([put.data?.policy.rotation.maxFileMB, put.data?.plan.steps], [5, []]);
      const wrong = await client.PUT('/api/workspaces/{id}/logs/config', {
        params: { path },
        body: { version: 1, rotation: { maxFileMB: 0 } },
      });
      assert.equal(wrong.error?.field, 'rotation.maxFileMB');
      const files = await client.GET('/api/workspaces/{id}/logs/files', { params: { path } });
      assert.deepEqual(
        files.data?.items.map(({ name, kind }) => [name, kind]),
        [
          ['api.1.log', 'rotated'],
          ['api.log', 'active'],
        ],
      );
      const file = { path: { id: 'test', filename: 'api.1.log' } };
      const text = await client.GET('/api/workspaces/{id}/logs/files/{filename}', {
        params: { ...file, query: { decompress: '1' } },
        parseAs: 'text',
      });
      assert.equal(text.data, line);
      const entries = await client.GET('/api/workspaces/{id}/logs/entries', {
        params: { path, query: { limit: 1, status: '2xx' } },
      });
      assert.equal(entries.data?.items.length, 1);
      const stream = await client.GET('/api/workspaces/{id}/logs/stream', {
        params: { path },
        parseAs: 'stream',
      });
      const reader = stream.data!.getReader();
      assert.match(Buffer.from((await reader.read()).value ?? '').toString(), /event: ready/);
      await reader.cancel();
      const plan = await client.POST('/api/workspaces/{id}/logs/maintenance', {
        params: { path, query: { dry_run: '1' } },
        headers: json,
      });
      assert.equal(plan.data?.before.files, 2);
      const record = { user_id: 'anna', action: 'login', entity_type: 'user', entity_id: 'u-1' };
      const body = { ...record, id: 'a', created_at: 1_738_368_000 };
      for (const status of [201, 200]) {
        const posted = await client.POST('/api/workspaces/{id}/audit', { params: { path }, body });
        assert.deepEqual([posted.response.status, posted.data?.id], [status, 'a']);
      }
      const found = await client.GET('/api/workspaces/{id}/audit', {
        params: { path, query: { user: 'anna' } },
      });
      assert.deepEqual([found.data?.total, found.data?.items[0]?.entity_id], [1, 'u-1']);
      const exported = await client.GET('/api/workspaces/{id}/audit/export', {
        params: { path, query: { format: 'csv' } },
        parseAs: 'text',
      });
      assert.match(exported.data ?? '', /anna/);
      const verified = await client.GET('/api/workspaces/{id}/audit/verification', { params: { path } });
      assert.equal(verified.data?.state, 'sound');
      const proof = await client.GET('/api/workspaces/{id}/audit/{record}/proof', {
        params: { path: { id: 'test', record: 'a' } },
      });
      assert.equal(typeof proof.data?.leaf, 'number');
      const gone = await client.DELETE('/api/workspaces/{id}/logs/files/{filename}', { params: file });
      assert.equal(gone.response.status, 204);
    } finally {
      await server.close(0);
    }
    const all = Object.entries(document.paths).flatMap(([route, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${route}`),
    );
    assert.deepEqual([...new Set(visited)].sort(), all.sort());
  });
});
