import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sessionRows, type SessionRows } from '../../../src/view/sessionRows.ts';
import { parseFileName } from '../../../src/files/fileName.ts';
import type { LogFile } from '../../../src/files/logFile.ts';
import type { LogRow } from '../../../src/view/rows.ts';

/** Archives of these paths, each a minute older than the one before. */
function rowsOf(paths: readonly string[], used: readonly string[] = []): SessionRows {
  const files = paths.map((path, index): LogFile => {
    const [name = '', ...folder] = path.split('/').reverse();
    const modified = 1_000_000_000_000 - index * 60_000;
    return {
      name,
      folder: ['s', ...folder.reverse()].join('/'),
      parts: parseFileName(name),
      bytes: 10,
      modified,
      inode: index,
    };
  });
  return sessionRows(
    ['s', ...used],
    Map.groupBy(files, ({ folder = '' }) => folder),
    true,
  );
}

function lineOf(row: LogRow): string {
  if (row.kind === 'archive') return row.file.name;
  assert.ok(row.kind === 'folder' || row.kind === 'message');
  const name = row.kind === 'folder' ? `${String(row.level)} ${row.path}` : row.message.message;
  return `${row.kind} ${name} ${String(row.totals.files)}`;
}

describe('sessionRows', () => {
  const lines = (rows: SessionRows, path = 's'): string[] => rows.inFolder(path).map(lineOf);

  it('shows users by name, and chats and archives by their age', () => {
    const rows = rowsOf(['u10/c1/new.zip', 'U9/c/x.zip', 'u10/c2/a.zip', 'u10/c1/old.zip', 'u10/c3/b.zip']);
    assert.deepEqual(lines(rows), ['folder 1 s/U9 1', 'folder 1 s/u10 4']);
    assert.deepEqual(lines(rows, 's/u10'), [
      'folder 2 s/u10/c1 2',
      'folder 2 s/u10/c2 1',
      'folder 2 s/u10/c3 1',
    ]);
    assert.deepEqual(lines(rows, 's/u10/c1'), ['new.zip', 'old.zip']);
    assert.deepEqual(rows.totals, { files: 5, bytes: 50 });
  });

  it('shows the folders that were used before behind the users, each with its own users', () => {
    const rows = rowsOf(['u/c/m.zip', 'old/v/c/a.zip', 'old/v/c/b.zip'], ['s/old', 'empty']);
    assert.deepEqual(rows.inTop().map(lineOf), ['folder 1 s/u 1', 'folder 0 s/old 2']);
    assert.deepEqual(lines(rows, 's/old'), ['folder 1 s/old/v 2']);
    assert.deepEqual(lines(rows, 's/old/v'), ['folder 2 s/old/v/c 2']);
    assert.deepEqual(rows.totals, { files: 3, bytes: 30 });
  });

  it('shows archives wherever they lie', () => {
    const rows = rowsOf(['top.zip', 'u/of-user.zip', 'u/c/d/deep.zip']);
    assert.deepEqual(lines(rows), ['folder 1 s/u 2', 'top.zip']);
    assert.deepEqual(lines(rows, 's/u'), ['folder 2 s/u/c 1', 'of-user.zip']);
    assert.deepEqual(lines(rows, 's/u/c'), ['folder 3 s/u/c/d 1']);
  });

  it('shows the archives of one message together', () => {
    const rows = rowsOf(['m.zip', 'm.2.zip', 'other.zip', 'm.R.zip', 'm.R.2.ZIP', 'm2.zip', 'm.q.zip']);
    assert.deepEqual(lines(rows), ['message m 5', 'other.zip', 'm2.zip']);
    const below = rows.ofMessage({ folder: 's', message: 'm' });
    assert.deepEqual(below.map(lineOf), ['m.zip', 'm.2.zip', 'm.R.zip', 'm.R.2.ZIP', 'm.q.zip']);
    assert.deepEqual(
      below.map((row) => row.kind === 'archive' && row.message),
      Array.from({ length: 5 }, () => 'm'),
    );
  });

  it('takes names with dots apart only where the message is there', () => {
    const rows = rowsOf(['v1.0.zip', 'v1.1.zip', '...zip', 'a..b.zip', '.zip', 'a.zip']);
    assert.deepEqual(lines(rows), ['v1.0.zip', 'v1.1.zip', '...zip', 'message a 2', '.zip']);
  });

  it('has nothing below what is not there', () => {
    const rows = rowsOf(['u/m.zip']);
    assert.deepEqual(rows.inFolder('s/gone'), []);
    assert.deepEqual(rows.ofMessage({ folder: 's/gone', message: 'm' }), []);
    assert.deepEqual(rows.ofMessage({ folder: 's/u', message: 'gone' }), []);
  });

  it('shows every archive exactly once', () => {
    const part = fc.constantFrom('a', 'b', 'a.b', 'a.b.c', '.', 'é', 'CON');
    const paths = fc.uniqueArray(
      fc
        .tuple(fc.array(fc.constantFrom('u', 'v', 'w'), { maxLength: 3 }), part)
        .map(([folder, stem]) => [...folder, `${stem}.zip`].join('/')),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(paths, (some) => {
        const rows = rowsOf(some);
        assert.deepEqual(allOf(rows, rows.inFolder('s')).sort(), some.map((path) => `s/${path}`).sort());
        assert.equal(rows.totals.files, some.length);
      }),
    );
  });
});

function allOf(rows: SessionRows, some: readonly LogRow[]): string[] {
  return some.flatMap((row) => {
    if (row.kind === 'folder') return allOf(rows, rows.inFolder(row.path));
    if (row.kind === 'message') return allOf(rows, rows.ofMessage(row.message));
    return row.kind === 'archive' ? [`${row.file.folder ?? ''}/${row.file.name}`] : [];
  });
}
