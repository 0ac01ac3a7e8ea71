import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { AppReport } from '../../src/workspace/workspace.ts';
import type { App, AppJobs } from '../../src/jobs/jobs.ts';
import { toFailureMessage } from '../../src/base/failure.ts';
import { workerRunner } from '../../src/base/job.ts';
import type { SessionLog } from '../../src/sessions/log/sessionLog.ts';
import type { ExtensionApi } from '../../src/vscode/api/recorderApi.ts';
import { createSessionApi, type SessionApi } from '../../src/vscode/api/sessionApi.ts';

const SETTLE_MS = 1500;
const PATIENCE_MS = 60_000;
const ids = { userId: 'u', sessionId: 's', chatId: 'c', messageId: 'm' };

describe('session logs of other extensions', () => {
  const extension = vscode.extensions.getExtension<ExtensionApi>('workspace-logs.workspace-logs');
  let root: string;
  let app: App;
  let told: string[];
  let handedOver: number;
  let sessions: SessionApi;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'workspace-logs-sessions-'));
    assert.ok(extension);
    app = workerRunner<AppJobs, AppReport>(join(extension.extensionPath, 'dist', 'worker.js'));
    told = [];
    handedOver = 0;
    const ring = { handOver: () => Promise.resolve((handedOver += 1)) };
    const error = (failure: unknown): void => {
      const { code, data } = toFailureMessage(failure);
      told.push('reason' in data ? data.reason : code);
    };
    sessions = createSessionApi(app, ring, { error });
  });
  afterEach(async () => {
    await sessions.close();
    app.dispose();
    await rm(root, { recursive: true, force: true });
  });

  const policy = (more: object): Promise<void> =>
    writeFile(
      join(root, '.workspace-logs.json'),
      JSON.stringify({
        version: 1,
        workspaceId: 'test',
        sessions: { enabled: true, compression: 'deflated', ...more },
      }),
    );
  const open = (): Promise<SessionLog> => sessions.openSession(vscode.Uri.file(root), ids);
  const archive = (): string => join(root, 'session_logs', 'u', 'c', 'm.zip');

  it('become archives, with the newest password that is known', async () => {
    await policy({});
    await app.run('addPassword', { password: new TextEncoder().encode('velvet orbit cactus lantern') });
    const log = await open();
    log.log('info', 'what was said');
    assert.equal(log.complete(), true);
    await sessions.close();
    assert.equal(handedOver, 1);
    const bytes = await readFile(archive(), 'latin1');
    assert.match(bytes, /^PK.{6}\x63\0/s);
    assert.doesNotMatch(bytes, /what was said/);
    assert.deepEqual(told, []);
  });

  it('are skipped where no password is known, whatever the environment says, and that is said once', async () => {
    assert.ok(process.env.SESSION_LOG_ZIP_PASSWORD, 'the host has no such environment');
    await policy({});
    for (let turn = 0; turn < 2; turn += 1) {
      const log = await open();
      log.log('info', 'x');
      assert.equal(log.complete(), true);
    }
    const begin = Date.now();
    while (told.length === 0 && Date.now() - begin < PATIENCE_MS) await delay(50);
    // A repeated message would have come by now.
    await delay(SETTLE_MS);
    assert.deepEqual(told, ['no-password']);
    assert.equal(existsSync(archive()) || existsSync(join(root, 'from_the_environment')), false);
  });

  it('are skipped where the policy has storage disabled, or there is none', async () => {
    assert.equal((await open()).complete(), false);
    await policy({ enabled: false });
    for (let turn = 0; turn < 2; turn += 1) assert.equal((await open()).complete(), false);
    assert.deepEqual(told, ['not-managed', 'disabled']);
  });

  it('are refused for what is no folder, and by a policy that is damaged', async () => {
    await assert.rejects(sessions.openSession(vscode.Uri.file(join(root, 'none')), ids), {
      code: 'workspace-not-a-folder',
    });
    await mkdir(root, { recursive: true });
    await writeFile(join(root, '.workspace-logs.json'), '{');
    await assert.rejects(open(), { code: 'policy-damaged' });
  });

  it('are opened by what activate hands out', async () => {
    assert.ok(extension);
    const api = await extension.activate();
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const log = await api.openSession(folder, ids);
    log.log('info', 'x');
    // The environment would have it enabled.
    assert.equal(log.complete(), false);
  });
});
