import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { keep } from '../../../src/http/answer.ts';
import type { LogsApi } from '../../../src/http/apiTypes.ts';
import { inlineApp, type App } from '../../../src/jobs/jobs.ts';
import { freshFolders, testEnvironment } from '../freshFolders.ts';
import { apiOf, ask } from './apiServer.ts';

const BASE = '/api/workspaces/test/logs';

describe('answers that are kept until something changes', () => {
  const folders = freshFolders();
  let api: LogsApi;
  /** The jobs that ran. */
  let ran: string[];
  beforeEach(() => {
    folders.policy({});
    for (const name of ['api.1.log', 'api.2.log', 'api.log']) folders.put(`logs/${name}`, line(0));
    const app = inlineApp(testEnvironment());
    const counting: App = {
      ...app,
      run: (name, ...others) => {
        ran.push(name);
        return app.run(name, ...others);
      },
    };
    ran = [];
    api = apiOf({ test: folders.root }, counting);
  });
  const line = (second: number): string =>
    `{"timestamp":"2026-01-01T00:00:0${String(second)}Z","path":"/","status":200}\n`;
  const at = (name: string): string => join(folders.logs, name);
  const list = async (): Promise<unknown> => (await ask(api, `${BASE}/files`)).body;

  /** What others do with the folder between two requests. */
  const changes: Readonly<Record<string, () => void>> = {
    'a line is appended': () => {
      appendFileSync(at('api.log'), line(1));
    },
    'a file is added': () => {
      writeFileSync(at('nginx.log'), 'x');
    },
    'an empty file is added': () => {
      writeFileSync(at('empty.log'), '');
    },
    'a file is removed': () => {
      rmSync(at('api.1.log'));
    },
    'a file is renamed': () => {
      renameSync(at('api.log'), at('api.3.log'));
    },
    'two files change places': () => {
      appendFileSync(at('api.1.log'), line(2));
      renameSync(at('api.1.log'), at('api.9.log'));
      renameSync(at('api.2.log'), at('api.1.log'));
      renameSync(at('api.9.log'), at('api.2.log'));
    },
    'a file is emptied': () => {
      truncateSync(at('api.1.log'));
    },
    'another file takes its name, with the same bytes': () => {
      writeFileSync(at('new'), line(3));
      renameSync(at('new'), at('api.1.log'));
    },
    'only its time changes': () => {
      utimesSync(at('api.1.log'), new Date(0), new Date(1_000_000_000_000));
    },
    'a folder takes its place': () => {
      rmSync(at('api.1.log'));
      mkdirSync(at('api.1.log'));
    },
  };
  for (const [what, change] of Object.entries(changes))
    it(`the files are listed again when ${what}`, async () => {
      const before = await list();
      assert.deepEqual(await list(), before);
      assert.deepEqual(ran, ['listRows']);
      change();
      const after = await list();
      assert.notDeepEqual(after, before);
      const fresh = apiOf({ test: folders.root });
      assert.deepEqual(after, (await ask(fresh, `${BASE}/files`)).body);
    });

  it('an active log that grows needs no job of the worker', async () => {
    for (let second = 1; second < 5; second += 1) {
      await list();
      appendFileSync(at('api.log'), line(second));
    }
    const { items } = (await list()) as { items: { name: string; lastEntry: string }[] };
    assert.equal(items.find(({ name }) => name === 'api.log')?.lastEntry, '2026-01-01T00:00:04.000Z');
    assert.deepEqual(ran, ['listRows']);
  });

  it('a listing is that of `ls`, without the store and what is left over', async () => {
    folders.put('logs/audit.db', 'x');
    folders.put(`logs/api.log.tmp-${'0a'.repeat(8)}`, 'x');
    const all = await inlineApp(testEnvironment()).run('listLogs', { root: folders.root, times: true });
    const items = all.filter(({ name }) => /^api\.(?:\d\.)?log$/.test(name));
    assert.equal(items.length, 3);
    assert.deepEqual(await list(), { items, nextCursor: null, total: 3 });
  });

  it('a folder that is gone is not listed from memory', async () => {
    await list();
    rmSync(folders.logs, { recursive: true });
    assert.equal((await ask(api, `${BASE}/files`)).status, 404);
  });

  it('requests that come together share a listing, and none gets one from before it came', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, list));
    assert.equal(ran.length, 1);
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    const early = list();
    appendFileSync(at('api.log'), line(1));
    const [, late] = await Promise.all([early, list()]);
    assert.deepEqual(late, await list());
    assert.notDeepEqual(late, answers[0]);
  });

  it('are those of a hundred workspaces at most', () => {
    const kept = new Map<string, number>();
    for (let root = 0; root < 150; root += 1) keep(kept, String(root % 120), root);
    assert.equal(kept.size, 100);
    assert.deepEqual([kept.has('49'), kept.get('29'), kept.get('119')], [false, 149, 119]);
  });

  it('the policy is read again as soon as its text changes, even to one as long', async () => {
    const read = async (): Promise<[unknown, string | null]> => {
      const { body, headers } = await ask(api, `${BASE}/config`);
      return [(body.rotation as { maxFileMB: unknown }).maxFileMB, headers.get('etag')];
    };
    const tags = new Set<string | null>();
    for (let maxFileMB = 1; maxFileMB < 9; maxFileMB += 1) {
      folders.policy({ rotation: { maxFileMB } });
      const [value, tag] = await read();
      assert.equal(value, maxFileMB);
      assert.deepEqual(await read(), [value, tag]);
      tags.add(tag);
    }
    assert.equal(tags.size, 8);
    rmSync(join(folders.root, '.workspace-logs.json'));
    const { status, text } = await ask(api, `${BASE}/config`);
    assert.equal(status, 409);
    assert.ok(!text.includes(folders.root));
  });
});
