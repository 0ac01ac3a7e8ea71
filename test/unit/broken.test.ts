import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { rows } from '../broken.ts';

const checkout = join(import.meta.dirname, '../..');
const AT_LEAST = 60;

describe('the table of planted faults', () => {
  it(`has at least ${String(AT_LEAST)} rows, each once`, () => {
    assert.ok(rows.length >= AT_LEAST, String(rows.length));
    assert.equal(
      new Set(rows.map(({ file, from, to }) => JSON.stringify([file, from, to]))).size,
      rows.length,
    );
  });

  it('changes a text that its file has once', () => {
    const wrong = rows.filter(({ file, from, to }) => {
      const text = readFileSync(join(checkout, file), 'utf8');
      return from === to || text.split(from).length !== 2;
    });
    assert.deepEqual(wrong, []);
  });

  it('names test files that there are, three at most', () => {
    const wrong = rows.filter(
      ({ tests }) =>
        tests.length === 0 || tests.length > 3 || !tests.every((test) => existsSync(join(checkout, test))),
    );
    assert.deepEqual(wrong, []);
  });

  it('has a row for each room', () => {
    const rooms = readdirSync(join(checkout, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const without = rooms.filter((room) => !rows.some(({ file }) => file.startsWith(`src/${room}/`)));
    assert.deepEqual(without, []);
  });
});
