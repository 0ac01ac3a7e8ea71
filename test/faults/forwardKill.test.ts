import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { size } from '../chance.ts';
import { commandLine, requireTools } from './commandLine.ts';
import { assertKillCounts, checkKillStates, type KillCounts } from './killStates.ts';
import { fillWorkspace, folderForTests, STATE } from './workspaceFolder.ts';

/** Fewer would mean that the program was not stopped after each of its calls. */
const STATES_AT_LEAST = 100;
const ENTRIES = 120;
/** The receiver takes no more at once, so that the position is stored again and again. */
const MOST_AT_ONCE = 4;

describe('forwarding, killed after each call that changes something', () => {
  const base = folderForTests('forward-kills');
  const app = inlineApp();
  const root = join(base, 'workspace');
  const receiver = join(base, 'receiver');
  const received = join(receiver, 'ids');
  const targets = join(base, 'targets.json');
  let server: Server;
  let settings: object;

  before(async () => {
    requireTools('strace');
    mkdirSync(receiver);
    server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const rows = Buffer.concat(pieces).toString().split('\n');
        if (rows.length > MOST_AT_ONCE) {
          response.writeHead(413).end();
          return;
        }
        const ids = rows.map((row) => (JSON.parse(row) as { id: string }).id);
        appendFileSync(received, `${ids.join('\n')}\n`);
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
    settings = { store: { type: 'clickhouse', url } };
    writeFileSync(targets, JSON.stringify(settings), { mode: 0o600 });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('nothing that is stored as sent is missing at the receiver, and the next call sends the rest', async () => {
    fillWorkspace(root, { policy: { forwarding: { entries: true } } });
    await app.run('acceptPolicy', { root });
    await app.run('closeTrails', {});
    const lines = Array.from({ length: ENTRIES }, (_, at) =>
      JSON.stringify({
        timestamp: new Date(1_700_000_000_000 + at).toISOString(),
        method: 'POST',
        path: '/x',
        status: 200,
        user: 'ada',
      }),
    );
    mkdirSync(join(root, 'logs'), { recursive: true });
    // A rotated file and the active one.
    writeFileSync(join(root, 'logs/api.1.log'), `${lines.slice(0, 70).join('\n')}\n`);
    writeFileSync(join(root, 'logs/api.log'), `${lines.slice(70).join('\n')}\n`);

    const sent = (): string[] =>
      existsSync(received) ? readFileSync(received, 'utf8').split('\n').filter(Boolean) : [];
    const input = { root, targets: settings, path: targets };
    const check = async (): Promise<void> => {
      const [before] = await app.run('forwardStatus', input);
      const known = new Set(sent()).size;
      assert.ok(before!.sent <= known, `${String(before!.sent)} stored as sent, ${String(known)} received`);
      assert.ok(ENTRIES - before!.waiting <= known, 'stored as sent, and never received');
      const results = await app.run('forwardWaiting', input);
      assert.deepEqual(results, [{ target: 'store', kind: 'done', rejected: 0 }]);
      assert.equal(new Set(sent()).size, ENTRIES);
      const [after] = await app.run('forwardStatus', input);
      assert.deepEqual([after!.waiting, after!.missed, after!.rejected], [0, 0, 0]);
      // The folder is put back as it was: a trail that stays open would be of another file.
      await app.run('closeTrails', {});
    };
    const words = [commandLine, 'forward', '--once', '--targets', targets, '--workspace', root];
    const counts = new Map<string, KillCounts>();
    const name = 'forward';
    const changes = [root, join(base, STATE), receiver];
    const checked = size(25, Infinity);
    counts.set(
      name,
      await checkKillStates({
        name,
        folder: join(base, 'kept'),
        changes,
        words,
        check,
        checked,
        isOfTrail: true,
      }),
    );
    assertKillCounts(counts, STATES_AT_LEAST);
  });
});
