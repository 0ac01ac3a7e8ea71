import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AuditRecord } from '../../../../src/audit/record.ts';
import { inlineRunner, workerRunner, type Door } from '../../../../src/base/job.ts';
import type { Tokens } from '../../../../src/http/tokens.ts';
import { apiUrl } from '../../../../src/http/worker/apiUrl.ts';
import { apiJobs, type ApiJobs, type ServeReport } from '../../../../src/http/worker/serveApi.ts';
import { freshFolders } from '../../freshFolders.ts';

const PATIENCE_MS = 3_600_000;
const CONFIG = '/api/workspaces/test/logs/config';

interface Serving {
  readonly url: string;
  readonly tokens: Tokens;
  readonly stop: () => Promise<void>;
}

describe('the API in its worker', () => {
  const folders = freshFolders();
  const stops: (() => Promise<void>)[] = [];
  const tokenFiles = (): string[] => readdirSync(join(folders.state, 'workspace-logs', 'serve'));
  const input = (...roots: string[]): Parameters<ApiJobs['serveApi']>[0] => ({
    ...{ roots, port: 0, patience: PATIENCE_MS },
  });
  beforeEach(() => {
    folders.policy({});
    folders.environment.WORKSPACE_LOGS_AUDIT_DATABASE = 'postgresql://127.0.0.1:1/none';
  });

  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  /** A folder with a policy that gives it this id. */
  function otherWorkspace(workspaceId: string): string {
    const other = join(folders.root, 'other');
    mkdirSync(other);
    writeFileSync(join(other, '.workspace-logs.json'), JSON.stringify({ version: 1, workspaceId }));
    return other;
  }

  /** Resolves when it listens. */
  function serve(door: Door, ...roots: string[]): Promise<Serving> {
    const api = workerRunner<ApiJobs, ServeReport>(apiUrl, folders.environment, () => door);
    const asked = new AbortController();
    return new Promise((resolve, reject) => {
      const ended = api.run('serveApi', input(...roots), {
        signal: asked.signal,
        onReport(report) {
          assert.equal(report.kind, 'listening');
          const tokens = JSON.parse(readFileSync(report.tokenFile, 'utf8')) as Tokens;
          const stop = (): Promise<void> => {
            asked.abort();
            return ended.finally(() => {
              api.dispose();
            });
          };
          stops.push(stop);
          resolve({ url: report.url, tokens, stop });
        },
      });
      ended.catch(reject);
    });
  }

  it('answers while the thread that started it is held up, and takes its tokens with it', async () => {
    const { url, tokens, stop } = await serve('cli', folders.root, otherWorkspace('other'));
    assert.equal(tokenFiles().length, 1);
    // This thread waits for the answer, and could not give it.
    const answer = execFileSync('curl', ['--silent', '--max-time', '60', `${url}/health`]).toString();
    assert.equal(answer, '{"status":"ok"}');
    const headers = { authorization: `Bearer ${tokens.user}` };
    const known = await (await fetch(`${url}/api/workspaces`, { headers })).text();
    assert.match(known, /\[\{"id":"test"\},\{"id":"other"\}\]/);
    await stop();
    assert.deepEqual(tokenFiles(), []);
    await assert.rejects(fetch(`${url}/health`), /fetch failed/);
  });

  it('keeps the trail of VS Code in the workspace, and signs all of it at its end', async () => {
    const { url, tokens, stop } = await serve('vscode', folders.root);
    const headers = { authorization: `Bearer ${tokens.administrator}`, 'content-type': 'application/json' };
    const put = { method: 'PUT', headers, body: '{"rotation":{"maxFileMB":5}}' };
    assert.equal((await fetch(url + CONFIG, put)).status, 200);
    await stop();
    const database = new DatabaseSync(join(folders.logs, 'audit.db'), { readOnly: true });
    const rows = database.prepare('SELECT entry FROM record ORDER BY seq').all() as { entry: string }[];
    const signed = database.prepare('SELECT max(size) AS size FROM checkpoint').get();
    database.close();
    const records = rows.map(({ entry }) => JSON.parse(entry) as AuditRecord);
    assert.partialDeepStrictEqual(records, [
      { user_id: 'administrator', action: 'policy_changed', audit_metadata: { door: 'api' } },
    ]);
    assert.deepEqual({ ...signed }, { size: records.length });
  });

  it('ends at once when it is cancelled before it listens', async () => {
    const api = inlineRunner<ApiJobs, ServeReport>(apiJobs, folders.environment);
    await api.run('serveApi', input(folders.root), { signal: AbortSignal.abort() });
    assert.deepEqual(tokenFiles(), []);
  });

  const refused: [what: string, failing: () => string[], failure: () => object][] = [
    [
      'a folder without a policy',
      () => [folders.root, folders.state],
      () => ({ code: 'not-managed', data: { path: folders.state } }),
    ],
    [
      'two workspaces with one id',
      () => [folders.root, otherWorkspace('test')],
      () => ({
        code: 'workspace-id-twice',
        data: { id: 'test', paths: [folders.root, join(folders.root, 'other')] },
      }),
    ],
  ];
  for (const [what, failing, failure] of refused)
    it(`refuses ${what}, and leaves nothing behind`, async () => {
      const api = inlineRunner<ApiJobs, ServeReport>(apiJobs, folders.environment);
      const reports: ServeReport[] = [];
      const onReport = (report: ServeReport): void => {
        reports.push(report);
      };
      await assert.rejects(api.run('serveApi', input(...failing()), { onReport }), failure());
      assert.deepEqual([reports, tokenFiles()], [[], []]);
    });
});
