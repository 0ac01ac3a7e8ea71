import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { withTables } from '../../../scripts/privacyTable.ts';
import { RULES } from '../../../src/privacy/rules.ts';
import { PERSONAL_NAMES, TABLE, type Row } from '../../../src/privacy/table.ts';

/** Without what Prettier adds to tables. */
function plain(markdown: string): string {
  return markdown.replace(/ {2,}/g, ' ').replace(/-{3,}/g, '---');
}

function rulesIn(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => ('within' in row ? rulesIn(row.within) : [row.rule]));
}

describe('docs/privacy.md', () => {
  const document = readFileSync('docs/privacy.md', 'utf8');

  it('has the tables that decide; if not, run node scripts/privacyTable.ts', () => {
    assert.equal(plain(document), plain(withTables(document)));
  });

  it('names every name that is never sent', () => {
    for (const name of PERSONAL_NAMES) assert.ok(document.includes(`\`${name}\``), name);
  });

  it('has a row for each rule but the one for names that operators add', () => {
    const used = new Set(Object.values(TABLE).flatMap(rulesIn));
    assert.deepEqual(
      Object.keys(RULES).filter((rule) => !used.has(rule)),
      ['named'],
    );
  });
});
