import assert from 'node:assert/strict';
import { randomOf, seed, size } from '../../../chance.ts';
import { generatedLog, generatedQuery, type GeneratedLog } from '../generatedLogs.ts';
import { parseQuery } from '../../../../src/query/language/parse.ts';
import { compileQuery } from '../../../../src/query/language/predicate.ts';
import { openReader } from '../../../../src/query/readers/reader.ts';
import { SAMPLE_BYTES } from '../../../../src/query/readers/choose.ts';
import { context, linesOf, readAll, type ReadEntry } from './readAll.ts';

const FILES = size(300, 10_000);
const QUERIES = size(200, 2000);

/** Entries of generated files; the title of a failure names the file. */
function eachLog(check: (log: GeneratedLog, entries: readonly ReadEntry[], title: string) => void): void {
  for (let number = 0; number < FILES; number += 1) {
    const log = generatedLog(randomOf(`log ${String(number)}`));
    const title = `file ${String(number)} (${log.format}) of seed ${String(seed)}`;
    check(log, readAll(log.content, { modified: log.modified }).entries, title);
  }
}

/** A text without what the reader may leave out. */
function bare(text: string): string {
  return text.replaceAll(/[\uFEFF\0\s]+/g, '');
}

describe('generated logs', () => {
  it('gives every line that is not empty to exactly one entry, in the file’s order', () => {
    eachLog(({ content }, entries, title) => {
      const isJoined = entries.some(({ format }) => format === 'cri');
      const inOrder = entries.toSorted((a, b) => a.offset - b.offset);
      // Parts of lines of containers that are joined may have stood between others.
      const order = (text: string): string => (isJoined ? Array.from(text).sort().join('') : text);
      const read = order(bare(inOrder.map(({ raw }) => raw).join('')));
      assert.ok(read === order(bare(content.toString('utf8'))), title);
    });
  });

  it('gives each entry the offset of its first byte', () => {
    eachLog(({ content }, entries, title) => {
      for (const { offset, raw } of entries) {
        const text = content.toString('utf8', offset);
        const [first = ''] = raw.split('\n');
        assert.ok(text.replace(/^[\uFEFF\0]+/, '').startsWith(first), `${title}, offset ${String(offset)}`);
      }
    });
  });

  it('reads a JSON line as JSON.parse does', () => {
    eachLog((_, entries, title) => {
      for (const { raw, fields, marks, format } of entries) {
        const [first = ''] = raw.split('\n');
        if (!first.startsWith('{') || format === 'docker' || format === 'text') continue;
        assert.deepEqual(
          marks.includes('torn') ? {} : JSON.parse(first),
          marks.includes('torn') ? {} : fields,
          title,
        );
      }
    });
  });

  it('reads the same entries from any line that begins one', () => {
    eachLog(({ content }, entries, title) => {
      const sample = content.subarray(0, SAMPLE_BYTES);
      const reader = openReader(sample, context, () => undefined);
      if (reader.format === 'cri') return;
      const known = new Map(entries.map((entry) => [entry.offset, entry]));
      for (const { line, offset } of linesOf(content)) {
        const begins = reader.begins(content, offset, offset + line.length);
        if (!begins) continue;
        assert.ok(known.has(offset), `${title}, offset ${String(offset)}`);
        const found: ReadEntry[] = [];
        const later = openReader(sample, context, (entry, at) => found.push({ ...entry, offset: at }));
        let isFirst = true;
        for (const { line: next, offset: at } of linesOf(content.subarray(offset))) {
          if (!isFirst && later.begins(next, 0, next.length)) break;
          later.push(next, offset + at);
          isFirst = false;
        }
        later.end();
        for (const entry of found) {
          const { universal, marks, raw } = known.get(entry.offset) ?? entry;
          assert.deepEqual([entry.raw, entry.marks], [raw, marks], title);
          if (!marks.includes('time-assumed')) assert.deepEqual(entry.universal, universal, title);
        }
      }
    });
  });

  it('can be searched by every query, and each kind of query finds something', async () => {
    const entries: ReadEntry[] = [];
    eachLog((_, found) => {
      entries.push(...found);
    });
    const clock = { now: Date.UTC(2026, 10, 30, 12), zone: 'utc' } as const;
    const fewer = entries.slice(0, 1000);
    let hits = 0;
    for (let number = 0; number < QUERIES; number += 1) {
      const text = generatedQuery(randomOf(`query ${String(number)}`));
      const { query, problems } = parseQuery(text);
      assert.deepEqual(problems, [], text);
      const { matches } = await compileQuery(query, clock);
      if (fewer.some(matches)) hits += 1;
    }
    assert.ok(hits > QUERIES / 2, `only ${String(hits)} of ${String(QUERIES)} queries found something`);
  });
});
