import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { COLUMNS, columnsOf, columnsText } from '../../../src/audit/columns.ts';
import { openSqliteStore, openSqliteStoreToRead } from '../../../src/audit/sqliteStore.ts';
import { leafHash } from '../../../src/audit/tree.ts';
import { verify, type Finding } from '../../../src/audit/verify.ts';
import { randomOf } from '../../chance.ts';
import { freshFolders } from '../freshFolders.ts';
import type { NewEntry } from '../../../src/audit/record.ts';
import { loginOf } from './sampleTrail.ts';

describe('the rows of a verification', () => {
  const folders = freshFolders();
  const path = (): string => join(folders.logs, 'audit.db');

  async function store(...entries: NewEntry[]): Promise<void> {
    const opened = openSqliteStore(path());
    await opened.append(entries);
    opened.close();
  }

  async function firstFinding(): Promise<Finding | undefined> {
    const opened = openSqliteStoreToRead(path());
    assert.ok(opened !== undefined);
    try {
      return (await verify(opened, { verifiers: [], seen: undefined })).first;
    } finally {
      opened.close();
    }
  }

  it('have the columns as this program writes them, whatever is in them', async () => {
    const random = randomOf('columns');
    const units = [
      '"',
      '\\',
      '/',
      "'",
      '\n',
      '\u0001',
      '\u001f',
      '\u007f',
      '\u2028',
      'ä',
      '\ufffd',
      '😀',
      '\ud800',
      ' x',
    ];
    const text = (): string =>
      Array.from({ length: 12 }, () => units[Math.floor(random() * units.length)]).join('');
    const entries = Array.from({ length: 200 }, (_, index) =>
      loginOf(`${String(index)} ${text()}`, {
        description: text(),
        changes: { [text()]: { old: text(), new: random() } },
        response_status_code: Math.floor(random() * 600),
      }),
    );
    await store(...entries);
    assert.equal(await firstFinding(), undefined);
    const columns = columnsOf(JSON.parse(entries[0]!.entry))!;
    assert.equal(columnsText(columns), JSON.stringify(COLUMNS.map((name) => columns[name])));
  });

  const given = [
    loginOf('a', { response_object: '' }),
    loginOf('b', { description: '\ufffd' }),
    { ...loginOf('c'), entry: loginOf('c', { description: '?' }).entry.replace('?', '\\ufffd') },
  ];
  /** What SQLite or a reader of texts would hide. */
  const changes: [what: string, seq: number, change: string][] = [
    ['a NUL behind an entry', 0, `entry = entry || char(0) || 'x'`],
    ['a NUL behind a column', 0, `user_id = user_id || char(0)`],
    ['no value for an empty text', 0, `response_object = NULL`],
    ['a number far beyond', 0, `created_at = 9007199254740993`],
    ['a shorter leaf', 0, `leaf = substr(leaf, 2)`],
    [
      'other bytes for U+FFFD in an entry',
      1,
      `entry = CAST(replace(CAST(entry AS BLOB), x'efbfbd', x'f09080') AS TEXT)`,
    ],
    ['other bytes for U+FFFD in a column', 1, `description = CAST(x'f09080' AS TEXT)`],
    ['other bytes for U+FFFD in the column of an escaped one', 2, `description = CAST(x'f09080' AS TEXT)`],
  ];
  for (const [what, seq, set] of changes)
    it(`show ${what}`, async () => {
      await store(...given);
      assert.equal(await firstFinding(), undefined);
      const database = new DatabaseSync(path());
      database.exec(`DROP TRIGGER record_no_update; UPDATE record SET ${set} WHERE seq = ${String(seq)}`);
      database.close();
      assert.partialDeepStrictEqual(await firstFinding(), { kind: 'altered', seq });
    });

  /** Written as two bytes of seven bits each. */
  const entryType = 13 + 2 * loginOf('a').entry.length;
  // SQLite keeps the kind of a value in its row's head: 76 are 32 bytes, 77 is a text of 32; 15 is a text of one byte.
  const kinds: [what: string, from: number[], to: number[]][] = [
    ['a leaf that became a text', [76, 15], [77, 15]],
    ['an id that became bytes', [76, 15], [76, 14]],
    ['an entry that became bytes', [entryType & 127, 76, 15], [(entryType & 127) - 1, 76, 15]],
  ];
  for (const [what, from, to] of kinds)
    it(`show ${what}`, async () => {
      await store(loginOf('a'));
      const bytes = readFileSync(path());
      const place = bytes.indexOf(Buffer.from(from));
      assert.ok(place > 0 && bytes.indexOf(Buffer.from(from), place + 1) === -1);
      bytes.set(to, place);
      writeFileSync(path(), bytes);
      assert.partialDeepStrictEqual(await firstFinding(), { kind: 'altered', seq: 0 });
    });

  it('are few at once where they are long, and verified all the same', async () => {
    const long = 'x'.repeat(900_000);
    const entries = Array.from({ length: 20 }, (_, index) => loginOf(String(index), { description: long }));
    await store(...entries);
    const opened = openSqliteStoreToRead(path());
    assert.ok(opened !== undefined);
    const [rows, stored] = [await opened.rows(-Infinity, 512), await opened.entries(0, 1000)];
    for (const { length } of [rows, stored]) assert.ok(length >= 1 && length <= 4, String(length));
    assert.equal(rows[0]?.leaf, leafHash(entries[0]!.entry).toString('hex'));
    assert.equal(rows[0].columns, columnsText(columnsOf(JSON.parse(entries[0]!.entry))!));
    opened.close();
    assert.equal(await firstFinding(), undefined);
  });
});
