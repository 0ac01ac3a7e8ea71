import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { compileSearch } from '../../../src/query/compile.ts';
import type { Order } from '../../../src/query/order.ts';
import { openSearch, type SearchInput, type SearchSession } from '../../../src/query/session.ts';
import type { TextPosition } from '../../../src/query/texts.ts';
import { forgetKnown, usePasswords } from '../../../src/sessions/passwordRing.ts';
import { randomOf, size } from '../../chance.ts';
import { codecNames, codecs, compressedBy } from '../../codecs.ts';
import { aesZip } from '../archive/aesZip.ts';
import { entryLine } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';
import { recordingContext } from '../recording.ts';
import { bytesOf, sessionZip } from '../sessions/sessionSamples.ts';
import { everyEntry } from './everyEntry.ts';
import { nastyLog, nastyQuery } from './nastyLogs.ts';

const clock = { now: Date.UTC(2026, 0, 2), zone: 'utc' } as const;

describe('a search over all logs', () => {
  const folders = freshFolders();

  function open(query: string, more: Partial<SearchInput> = {}): Promise<SearchSession> {
    return openSearch({ root: folders.root, query, clock, ...more }, recordingContext(folders).context);
  }

  /** Lines of the API log; each has its second, and a name. */
  function lines(...entries: readonly (readonly [second: number, name: string])[]): string {
    return entries
      .map(([second, name]) =>
        entryLine(new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(), { name }),
      )
      .join('');
  }
  const namesOf = (entries: readonly { readonly fields: Readonly<Record<string, unknown>> }[]): string =>
    entries.map(({ fields }) => String(fields.name)).join(' ');

  /** All pages, one after the other; `between` runs between two. */
  async function pages(query: string, order: Order, limit: number, between: () => void = () => undefined) {
    const search = await open(query);
    const found: string[] = [];
    for (let after: TextPosition | undefined; ;) {
      const page = await search.page({ order, limit, after });
      assert.ok(page.entries.length <= limit);
      found.push(...page.entries.map(({ fields }) => String(fields.name)));
      if (page.next === undefined) return found.join(' ');
      after = page.next;
      between();
    }
  }

  it('orders by time, then by file, then by place in the file', async () => {
    folders.put('logs/api.1.log', lines([1, 'a'], [5, 'b'], [5, 'c'], [3, 'late']));
    folders.put('logs/api.log', lines([2, 'd'], [5, 'e'], [9, 'f']));
    folders.put('logs/z.log', lines([4, 'g']));
    const oldest = 'a d late g b c e f';
    const newest = oldest.split(' ').reverse().join(' ');
    for (const limit of [1, 2, 3, 100]) {
      assert.equal(await pages('', 'oldest', limit), oldest);
      assert.equal(await pages('', 'newest', limit), newest);
    }
    const { entries } = await (await open('')).page({ order: 'newest', limit: 2 });
    assert.equal(namesOf(entries), 'f e');
  });

  it('goes on behind a page when files were rotated and zipped meanwhile', async () => {
    for (const order of ['newest', 'oldest'] as const) {
      for (const name of ['api.log', 'api.1.log', 'api.2.log', 'api.2026-01-01.log.zip'])
        rmSync(join(folders.logs, name), { force: true });
      folders.put('logs/api.1.log', lines([1, 'a'], [5, 'b'], [5, 'c']));
      folders.put('logs/api.log', lines([5, 'd'], [5, 'e'], [9, 'f']));
      let round = 0;
      const found = await pages('', order, 2, () => {
        round += 1;
        if (round > 1) return;
        execFileSync('zip', ['-q', 'api.2026-01-01.log.zip', 'api.1.log'], { cwd: folders.logs });
        rmSync(join(folders.logs, 'api.1.log'));
        renameSync(join(folders.logs, 'api.log'), join(folders.logs, 'api.2.log'));
        folders.put('logs/api.log', '');
      });
      const oldest = ['a', 'b', 'c', 'd', 'e', 'f'];
      assert.equal(found, (order === 'oldest' ? oldest : oldest.reverse()).join(' '));
    }
  });

  it('takes entries from a time on and before another one', async () => {
    folders.put('logs/api.log', lines([1, 'a'], [2, 'b'], [3, 'c']));
    const at = (second: number): number => Date.UTC(2026, 0, 1, 0, 0, second);
    const search = await open('', { since: at(2), until: at(3) });
    assert.equal(namesOf((await search.page({ order: 'oldest', limit: 9 })).entries), 'b');
  });

  it('chooses files by a glob of names, or of paths', async () => {
    folders.put('logs/api.log', lines([1, 'a']));
    folders.put('logs/other.log', lines([2, 'b']));
    for (const [file, names] of [
      ['api*', 'a'],
      ['*.log', 'a b'],
      ['logs/o*', 'b'],
      ['*/api.log', 'a'],
      ['nothing', ''],
    ] as const)
      assert.equal(
        namesOf((await (await open('', { file })).page({ order: 'oldest', limit: 9 })).entries),
        names,
      );
    await assert.rejects(open('', { file: '(a|b)' }), { code: 'usage' });
  });

  it('counts, by class and by value', async () => {
    const minute = (at: number, status: number): string =>
      entryLine(new Date(Date.UTC(2026, 0, 1, 0, at)).toISOString(), { status, tags: ['x', at] });
    folders.put('logs/api.log', [minute(0, 200), minute(0, 503), minute(61, 500)].join(''));
    folders.put('logs/text.log', '2026-01-01T00:00:30Z no status\n');
    const search = await open('');
    assert.equal((await search.count()).count, 4);
    assert.deepEqual((await search.histogram(3_600_000)).buckets, [
      { time: Date.UTC(2026, 0, 1), total: 3, classes: { '2xx': 1, '5xx': 1 } },
      { time: Date.UTC(2026, 0, 1, 1), total: 1, classes: { '5xx': 1 } },
    ]);
    const { values } = await search.facet({ path: ['tags'], universal: null }, 2);
    assert.deepEqual(values, [
      { value: 'x', count: 3 },
      { value: '0', count: 2 },
    ]);
  });

  it('shows what stands around an entry in its file, which may have been renamed', async () => {
    folders.put('logs/api.log', lines([1, 'a'], [2, 'b'], [3, 'c'], [4, 'd'], [5, 'e']));
    folders.put('logs/other.log', lines([3, 'x']));
    // The last entry of the first page is c.
    const { next } = await (await open('', { file: 'api.log' })).page({ order: 'newest', limit: 3 });
    assert.ok(next);
    renameSync(join(folders.logs, 'api.log'), join(folders.logs, 'api.1.log'));
    const search = await open('nothing');
    assert.equal(namesOf((await search.context(next, 1)).entries), 'b c d');
    assert.equal(namesOf((await search.context(next, 9)).entries), 'a b c d e');
  });

  describe('reads', () => {
    const log = lines([1, 'first'], [2, 'second']);

    it('every compression, and archives with a password that is known', async () => {
      for (const codec of codecNames)
        folders.put(`logs/${codec}.log.1.${codecs[codec].extension}`, compressedBy(codec, log));
      folders.put('logs/api.1.log', log);
      execFileSync('zip', ['-q', 'zipped.log.zip', 'api.1.log'], { cwd: folders.logs });
      folders.put('logs/locked.zip', aesZip([{ name: 'a.log', text: log }], { password: 'right one' }));
      folders.put('session_logs/u/c/m.zip', sessionZip({ password: 'right one', log }));
      const search = await open('second');
      const without = await search.page({ order: 'newest', limit: 99 });
      assert.deepEqual(without.locked, ['logs/locked.zip']);
      const files = (page: typeof without): string[] => page.entries.map(({ file }) => file).sort();
      const unlocked = [
        ...codecNames.map((codec) => `logs/${codec}.log.1.${codecs[codec].extension}`),
        'logs/api.1.log',
        'logs/zipped.log.zip!api.1.log',
      ];
      assert.deepEqual(files(without), unlocked.sort());
      usePasswords({ passwords: [bytesOf('right one')] });
      try {
        const { context, records } = recordingContext(folders);
        folders.policy({});
        const all = await (
          await openSearch({ root: folders.root, query: 'second', clock }, context)
        ).page({ order: 'newest', limit: 99 });
        assert.deepEqual(all.locked, []);
        const encrypted = ['logs/locked.zip!a.log', 'session_logs/u/c/m.zip!logs.jsonl'];
        assert.deepEqual(files(all), [...unlocked, ...encrypted].sort());
        // Only what is shown of session archives is opened.
        assert.deepEqual(
          records.map(({ action, entity_id, audit_metadata }) => [action, entity_id, audit_metadata.member]),
          [['archive_opened', 'session_logs/u/c/m.zip', 'logs.jsonl']],
        );
      } finally {
        forgetKnown();
      }
    });

    it('the rest, and says why a file could not be read', async () => {
      folders.put('logs/api.log', log);
      const whole = gzipSync(log.repeat(9000));
      folders.put('logs/cut.log.1.gz', whole.subarray(0, whole.length - 5));
      folders.put('logs/bomb.log.1.gz', gzipSync(Buffer.alloc(64 * 1_048_576), { level: 9 }));
      folders.put('logs/wide.log', Buffer.from('\ufefftext', 'utf16le'));
      folders.put('logs/noise.zip', 'PK\u0003\u0004 no zip');
      const { entries, unreadable, locked, gone } = await (
        await open('first', { file: '*' })
      ).page({
        order: 'newest',
        limit: 1,
      });
      assert.equal(entries.length, 1);
      assert.deepEqual([locked, gone], [[], []]);
      assert.deepEqual(unreadable.map(({ file, why }) => [file, why.code]).sort(), [
        ['logs/bomb.log.1.gz', 'archive-unsupported'],
        ['logs/cut.log.1.gz', 'archive-damaged'],
        ['logs/noise.zip', 'archive-damaged'],
        ['logs/wide.log', 'log-utf16'],
      ]);
    });

    it('an archive and its log once, while the log is being zipped', async () => {
      folders.put('logs/api.1.log', log);
      execFileSync('zip', ['-q', 'api.2026-01-01.log.zip', 'api.1.log'], { cwd: folders.logs });
      assert.equal((await (await open('')).count()).count, 2);
      rmSync(join(folders.logs, 'api.1.log'));
      assert.equal((await (await open('')).count()).count, 2);
    });
  });

  it('answers as if every line were parsed', async () => {
    const random = randomOf('session: nasty folders');
    for (let round = 0; round < size(20, 500); round += 1) {
      rmSync(folders.logs, { recursive: true });
      const files = ['a.log', 'api.log', 'api.1.log', 'b.log.1.gz', 'c.log.zip', 'd.log.2.zst'];
      const logs = files.map((name) => [name, nastyLog(random)] as const);
      for (const [name, log] of logs) {
        if (name.endsWith('.gz')) folders.put(`logs/${name}`, gzipSync(log));
        else if (name.endsWith('.zst')) folders.put(`logs/${name}`, compressedBy('zstd', log));
        else if (name.endsWith('.zip')) {
          folders.put('logs/c.log', log);
          execFileSync('zip', ['-q', '-m', name, 'c.log'], { cwd: folders.logs });
        } else folders.put(`logs/${name}`, log);
      }
      const query = nastyQuery(random);
      const { matches } = await compileSearch(query, clock);
      const search = await open(query);
      const { entries } = await search.page({ order: 'oldest', limit: 10_000 });
      const expected: string[] = [];
      for (const [name, log] of logs) {
        const file = `logs/${name}${name.endsWith('.zip') ? '!c.log' : ''}`;
        const modified = statSync(join(folders.logs, name)).mtimeMs;
        for (const { universal, offset, raw } of everyEntry(log, { name: file, modified }).filter(matches))
          expected.push(`${String(universal.time)} ${file} ${String(offset)} ${raw}`);
      }
      const found = entries.map(
        ({ universal, file, offset, raw }) => `${String(universal.time)} ${file} ${String(offset)} ${raw}`,
      );
      assert.deepEqual([...found].sort(), expected.sort(), query);
      const times = entries.map(({ universal }) => Number(universal.time));
      assert.deepEqual(
        times,
        [...times].sort((one, other) => one - other),
      );
      assert.equal((await search.count()).count, expected.length);
    }
  });
});
