import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createRecorder, createRecorders, openAudit } from '../../../src/library/index.ts';
import { recordRequests } from '../../../src/library/node.ts';
import { freshFolders } from '../freshFolders.ts';

const REQUESTS = 40;
const IDS = ['a', 'b'] as const;

describe('audit records of requests, in the library', function () {
  this.slow(3000);
  const folders = freshFolders();
  function workspace(id: string, audit: object): string {
    const folder = join(folders.root, id);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, '.workspace-logs.json'),
      JSON.stringify({ version: 1, workspaceId: id, audit }),
    );
    return folder;
  }
  const pathsIn = (file: string): unknown[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { entity_id: unknown }).entity_id);
  const pathsOf = async (folder: string): Promise<unknown[]> => {
    const audit = await openAudit({ workspace: folder });
    const { records } = await audit.query({ action: 'request', limit: 1000 });
    assert.equal((await audit.verify()).state, 'sound');
    await audit.close();
    return records.map((record) => record.entity_id);
  };

  it('keeps the workspaces of one backend apart, in the trail and in the file', async () => {
    const workspaces = IDS.map((id) => workspace(id, {}));
    const recorders = await createRecorders(
      { workspaces },
      { AUDIT_LOG_LEVEL: 'METADATA', AUDIT_LOGS_FILE_PATH: 'copies/trail.log' },
    );
    const server = createServer(
      recordRequests(
        (request) => recorders.recorderOf(request.url?.split('/')[1]),
        (_request, response) => response.end('x'),
      ),
    ).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const asked = Array.from({ length: REQUESTS }, (_, index) => `/${IDS[index % 2]!}/${String(index)}`);
    await Promise.all(asked.map(async (path) => (await fetch(url + path, { method: 'POST' })).text()));
    await new Promise((resolve) => server.close(resolve));
    await recorders.close();
    for (const id of IDS) {
      const own = asked.filter((path) => path.startsWith(`/${id}/`)).sort();
      assert.deepEqual(pathsIn(join(folders.root, id, 'copies/trail.log')).sort(), own);
      assert.deepEqual((await pathsOf(join(folders.root, id))).sort(), own);
    }
  });

  it('refuses one file for many workspaces, and variables that are wrong', async () => {
    const workspaces = IDS.map((id) => workspace(id, {}));
    const [folder = ''] = workspaces;
    const path = join(folders.root, 'all.log');
    await assert.rejects(createRecorders({ workspaces }, { AUDIT_LOGS_FILE_PATH: path }), {
      code: 'environment-invalid',
      message: /AUDIT_LOGS_FILE_PATH/,
    });
    for (const open of [createRecorder, openAudit])
      await assert.rejects(open({ workspace: folder }, { AUDIT_LOGS_FILE_PATH: 'logs/api.log' }), {
        code: 'environment-invalid',
      });
    await assert.rejects(createRecorder({ workspace: folder }, { AUDIT_LOG_LEVEL: 'LOUD' }), {
      message: /AUDIT_LOG_LEVEL must be NONE \| METADATA/,
    });
  });

  it('copies the records of openAudit to the file, and rotates it', async () => {
    const folder = workspace('a', { file: true, keepPlain: 100 });
    const audit = await openAudit({ workspace: folder }, { AUDIT_LOG_FILE_ROTATION_SIZE: '1KB' });
    for (let number = 0; number < 20; number += 1)
      await audit.append({
        ...{ id: String(number), user_id: 'anna', action: 'login', entity_type: 'user' },
        entity_id: String(number),
      });
    await audit.close();
    const names = readdirSync(join(folder, 'logs')).filter((name) => name.endsWith('.log'));
    assert.ok(names.includes('audit.1.log'), names.join());
    const copied = names.flatMap((name) => pathsIn(join(folder, 'logs', name)));
    assert.deepEqual(copied.sort(), Array.from({ length: 20 }, (_, number) => String(number)).sort());
  });
});
