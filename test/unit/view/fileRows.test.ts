import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sessionRows } from '../../../src/view/sessionRows.ts';
import { indexRows, type ListedParent, type RowFacts, type RowIndex } from '../../../src/view/fileRows.ts';
import { parseFileName } from '../../../src/files/fileName.ts';
import type { DatedLogFile } from '../../../src/files/logFile.ts';
import type { LogRow } from '../../../src/view/rows.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const DAY = 86_400_000;

function file(name: string, more: Partial<DatedLogFile> = {}): DatedLogFile {
  return { name, parts: parseFileName(name), bytes: 10, modified: now, inode: 1, ...more };
}

/** Rows as a line each: what a file is called, or what stands below. */
function rowsOf(index: RowIndex, parent: ListedParent, from = 0, count = 10_000): string[] {
  return index.page(parent, from, count).rows.map(lineOf);
}

function lineOf(row: LogRow): string {
  if (row.kind === 'file') return row.file.name;
  assert.ok(row.kind === 'group' || row.kind === 'family' || row.kind === 'month');
  const name = row.kind === 'group' ? row.group : row.kind === 'family' ? row.family : row.month.month;
  return `${row.kind} ${name} ${String(row.totals.files)}`;
}

function named(names: readonly string[], facts: RowFacts = {}): RowIndex {
  return indexRows(
    names.map((name) => file(name)),
    facts,
  );
}

const workspace = { kind: 'workspace' } as const;
const group = (name: 'api' | 'audit' | 'other'): ListedParent => ({ kind: 'group', group: name });

/** `count` archives, each a day older than the one before. */
function archives(count: number): DatedLogFile[] {
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(Date.UTC(2026, 10, 15 - index)).toISOString().slice(0, 10);
    // Noon where this runs: months are those of the local time.
    return file(`api.${day}.log.zip`, { last: new Date(2026, 10, 15 - index, 12).getTime() });
  });
}

describe('indexRows', () => {
  it('shows the groups that have files, in their order', () => {
    assert.deepEqual(rowsOf(named(['x.log', 'audit.log', 'api.log']), workspace), [
      'group api 1',
      'group audit 1',
      'group other 1',
    ]);
    assert.deepEqual(rowsOf(named(['x.log']), workspace), ['group other 1']);
  });

  it('shows the files of the audit trail with their sizes, below its logs, and picks none of them', () => {
    const store = [
      { name: 'audit.db', bytes: 4096, modified: now },
      { name: 'audit.db-wal', bytes: 100, modified: now },
    ];
    const index = indexRows([file('audit.log')], { counts: () => true }, undefined, store);
    assert.deepEqual(index.page(workspace, 0, 10).rows.at(-1), {
      kind: 'group',
      group: 'audit',
      totals: { files: 3, bytes: 4206 },
      outside: { files: 2, bytes: 4196 },
    });
    const rows = index.page(group('audit'), 0, 10).rows;
    assert.deepEqual(rows.slice(1), [
      { kind: 'store', name: 'audit.db', bytes: 4096 },
      { kind: 'store', name: 'audit.db-wal', bytes: 100 },
    ]);
    assert.deepEqual(
      index.latest(0, 10).files.map(({ name }) => name),
      ['audit.log'],
    );
    assert.deepEqual(index.find(new Set(['audit.db'])), []);
  });

  it('shows where API logs will be, where a policy keeps them', () => {
    assert.deepEqual(rowsOf(named([], { counts: () => true }), workspace), ['group api 0']);
  });

  it('shows a foreign family of one file as that file, of several as a row that folds', () => {
    const index = named(['b.log', 'server.log', 'server.log.1.gz', 'a10.log', 'A9.log']);
    assert.deepEqual(rowsOf(index, group('other')), ['A9.log', 'a10.log', 'b.log', 'family server 2']);
    assert.deepEqual(rowsOf(index, { kind: 'family', family: 'server' }), ['server.log', 'server.log.1.gz']);
  });

  it('keeps a foreign family with the name of ours apart', () => {
    const index = named(['api.log', 'api.log.1', 'api.log.2']);
    assert.deepEqual(rowsOf(index, group('api')), ['api.log']);
    assert.deepEqual(rowsOf(index, group('other')), ['family api 2']);
  });

  it('has the active file first, then the newest rotated, what was left over, and the latest archives', () => {
    const index = indexRows(
      [
        file('api.2026-01-02.log.zip', { last: now - 9 * DAY }),
        file('api.2.log', { last: now - 2 * DAY }),
        file('api.10.log', { last: now - 3 * DAY }),
        file('api.2026-01-01.log.zip.tmp-0123456789abcdef'),
        file('api.2026-01-02.2.log.zip', { last: now - 8 * DAY }),
        file('api.log', { last: now - 5 * DAY }),
      ],
      {},
    );
    assert.deepEqual(rowsOf(index, group('api')), [
      'api.log',
      'api.10.log',
      'api.2.log',
      'api.2026-01-01.log.zip.tmp-0123456789abcdef',
      'api.2026-01-02.2.log.zip',
      'api.2026-01-02.log.zip',
    ]);
  });

  it('shows 200 files of a family one by one, and 201 by their months', () => {
    assert.equal(rowsOf(indexRows(archives(200), {}), group('api')).length, 200);
    const index = indexRows([...archives(199), file('api.log'), file('api.3.log')], {});
    assert.deepEqual(rowsOf(index, group('api')), [
      'api.log',
      'api.3.log',
      'month 2026-11 15',
      'month 2026-10 31',
      'month 2026-09 30',
      'month 2026-08 31',
      'month 2026-07 31',
      'month 2026-06 30',
      'month 2026-05 31',
    ]);
    const october = { kind: 'month', month: { group: 'api', family: 'api', month: '2026-10' } } as const;
    assert.deepEqual(rowsOf(index, october, 0, 2), ['api.2026-10-31.log.zip', 'api.2026-10-30.log.zip']);
  });

  it('shows months of a foreign family, what is written now before them', () => {
    const parts = Array.from({ length: 300 }, (_, index) => file(`server.log.${String(index + 1)}.gz`));
    const index = indexRows([...parts, file('server.log')], {});
    assert.deepEqual(rowsOf(index, group('other')), ['family server 301']);
    assert.deepEqual(rowsOf(index, { kind: 'family', family: 'server' }), [
      'server.log',
      'month 2026-11 300',
    ]);
  });

  it('goes by the day in a name where no entry tells a time, and by no month where nothing does', () => {
    const some = archives(200).map(({ name }) => file(name));
    const index = indexRows([...some, file('api.2026-03-01.log.zip', { modified: 0 })], {});
    assert.ok(rowsOf(index, group('api')).includes('month 2026-11 15'));
    const old = Array.from({ length: 201 }, (_, number) =>
      file(`x.log.${String(number)}.gz`, { modified: 0 }),
    );
    assert.deepEqual(rowsOf(indexRows(old, {}), { kind: 'family', family: 'x' }), ['month  201']);
  });

  it('leaves no month out of reach behind very many rotated files', () => {
    const rotated = Array.from({ length: 201 }, (_, number) => file(`api.${String(number + 1)}.log`));
    assert.deepEqual(rowsOf(indexRows([file('api.log'), ...rotated], {}), group('api')), [
      'api.log',
      'month 2026-11 201',
    ]);
  });

  it('tells how much counts towards the limit', () => {
    const counts = ({ parts }: DatedLogFile): boolean => parts.family !== 'server';
    const index = named(['api.log', 'server.log', 'server.log.1', 'worker.log'], { counts });
    const [api, other] = index.page(workspace, 0, 10).rows;
    assert.deepEqual(api, {
      kind: 'group',
      group: 'api',
      totals: { files: 1, bytes: 10 },
      outside: { files: 0, bytes: 0 },
    });
    assert.deepEqual(other?.kind === 'group' && other.outside, { files: 2, bytes: 20 });
  });

  it('tells of the rows that are asked for what comes next, and of no others', () => {
    const asked: string[] = [];
    const index = named(['api.log', 'api.1.log', 'api.2.log'], {
      next({ name }) {
        asked.push(name);
        return { kind: 'rotates', atBytes: 5 };
      },
    });
    const { rows, total } = index.page(group('api'), 1, 1);
    assert.deepEqual([rows.map(lineOf), total, asked], [['api.2.log'], 3, ['api.2.log']]);
    assert.deepEqual(rows[0]?.kind === 'file' && rows[0].file.nextStep, { kind: 'rotates', atBytes: 5 });
  });

  it('shows session archives behind the logs, where there are some', () => {
    const archive = { ...file('m.zip'), folder: 's/u/c' };
    const sessions = sessionRows(['s'], [['s/u/c', [archive]]], false);
    const index = indexRows([file('x.log')], { counts: () => true }, sessions);
    assert.deepEqual(index.page(workspace, 0, 10).rows.at(-1), {
      kind: 'group',
      group: 'sessions',
      totals: { files: 1, bytes: 10 },
      isPartial: true,
    });
    const below = (parent: ListedParent): unknown => index.page(parent, 0, 10).rows[0];
    assert.deepEqual(below({ kind: 'group', group: 'sessions' }), {
      kind: 'folder',
      path: 's/u',
      name: 'u',
      level: 1,
      totals: { files: 1, bytes: 10 },
    });
    assert.deepEqual(below({ kind: 'folder', path: 's/u/c' }), {
      kind: 'archive',
      file: archive,
      lock: 'unknown',
    });
    const none = indexRows([file('x.log')], {}, sessionRows(['s'], [], true));
    assert.deepEqual(rowsOf(none, workspace), ['group other 1']);
  });

  it('has nothing below what is not there', () => {
    assert.deepEqual(named(['api.log']).page({ kind: 'family', family: 'gone' }, 0, 10), {
      rows: [],
      total: 0,
    });
    assert.deepEqual(named(['api.log']).page(group('api'), 5, 10), { rows: [], total: 1 });
  });

  it('has all files, the latest first', () => {
    const index = indexRows(
      [file('a.log', { last: 5 }), file('b.log', { last: 9 }), file('c.log', { last: 7 })],
      {},
    );
    assert.deepEqual(
      [0, 2].map((from) => index.latest(from, 2).files.map(({ name }) => name)),
      [['b.log', 'c.log'], ['a.log']],
    );
    assert.equal(index.latest(0, 0).total, 3);
  });

  it('shows every file exactly once, whatever the pages', () => {
    const names = fc.uniqueArray(
      fc.oneof(
        fc.constantFrom('api.log', 'audit.log', 'server.log', 'api.log.1', 'server.log.1.gz'),
        fc.integer({ min: 1, max: 999 }).map((number) => `api.${String(number)}.log`),
        fc.integer({ min: 0, max: 2000 }).map((back) => `api.${dayOf(back)}.log.zip`),
        fc.integer({ min: 0, max: 2000 }).map((back) => `audit.${dayOf(back)}.2.log.zip`),
        fc.integer({ min: 0, max: 2000 }).map((back) => `server-${dayOf(back)}.log`),
        fc.string({ minLength: 1, maxLength: 8 }),
      ),
      { maxLength: 700 },
    );
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 150 }), (some, count) => {
        const index = named(some);
        assert.deepEqual(allFiles(index, workspace, count).sort(), [...some].sort());
      }),
      { numRuns: 50 },
    );
  });
});

function dayOf(back: number): string {
  return new Date(now - back * DAY).toISOString().slice(0, 10);
}

function allFiles(index: RowIndex, parent: ListedParent, count: number): string[] {
  const found: string[] = [];
  for (let from = 0, total = 1; from < total; from += count) {
    const page = index.page(parent, from, count);
    total = page.total;
    for (const row of page.rows) {
      assert.ok(row.kind !== 'archive' && row.kind !== 'member' && row.kind !== 'store');
      found.push(...(row.kind === 'file' ? [row.file.name] : allFiles(index, row, count)));
    }
  }
  return found;
}
