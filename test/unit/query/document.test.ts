import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSearch } from '../../../src/query/session.ts';
import { freshFolders } from '../freshFolders.ts';
import { recordingContext } from '../recording.ts';

const document = readFileSync(join(import.meta.dirname, '../../../docs/search.md'), 'utf8');

describe('docs/search.md', () => {
  const folders = freshFolders();

  it('says what each query of its table finds', async () => {
    const [, sample = ''] = /find these entries:\n\n```\n([^`]+)```/.exec(document) ?? [];
    const lines = sample.trimEnd().split('\n');
    assert.equal(lines.length, 5);
    // Programs write one format each.
    for (const [index, line] of lines.entries()) folders.put(`logs/${String(index)}.log`, `${line}\n`);
    const rows = [...document.matchAll(/^\| `(.+?)` +\| ([\d, ]+|none) +\|/gm)];
    assert.ok(rows.length >= 20, String(rows.length));
    const clock = { now: Date.UTC(2026, 0, 31, 13), zone: 'utc' } as const;
    for (const [, query = '', answer = ''] of rows) {
      const { context } = recordingContext(folders);
      const search = await openSearch({ root: folders.root, query, clock }, context);
      const { entries } = await search.page({ order: 'oldest', limit: 10 });
      const found = entries.map(({ raw }) => String(lines.indexOf(raw) + 1)).join(', ');
      assert.equal(found === '' ? 'none' : found, answer.trim(), query);
    }
  });
});
