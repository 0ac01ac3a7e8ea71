import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rows } from '../broken.ts';

const checkout = join(import.meta.dirname, '../..');

describe('the table of faults that tests have to notice', () => {
  it('has 60 rows at least, none of them twice', () => {
    assert.ok(rows.length >= 60, String(rows.length));
    const faults = rows.map(({ file, from, to }) => JSON.stringify([file, from, to]));
    assert.equal(new Set(faults).size, faults.length);
  });

  it('replaces a text that stands in its file exactly once', () => {
    const wrong = rows.filter(({ file, from, to }) => {
      const parts = readFileSync(join(checkout, file), 'utf8').split(from);
      return parts.length !== 2 || from === to;
    });
    assert.deepEqual(wrong, []);
  });

  it('names one to three files of tests that are there', () => {
    const wrong = rows.filter(
      ({ tests }) =>
        tests.length < 1 ||
        tests.length > 3 ||
        !tests.every((test) => test.endsWith('.test.ts') && existsSync(join(checkout, test))),
    );
    assert.deepEqual(wrong, []);
  });

  it('has a row for every room, and for the extension itself', () => {
    const rooms = readdirSync(join(checkout, 'src')).map((name) => `src/${name}`);
    const missing = rooms.filter(
      (room) => !rows.some(({ file }) => file === room || file.startsWith(`${room}/`)),
    );
    assert.deepEqual(missing, []);
  });
});
