import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Opening VS Code costs a minute of CPU time: nine windows of their own, and one that each of two workers shares. */
const OWN_WINDOWS = 9;
const e2e = join(import.meta.dirname, '..', 'e2e');
const texts = globSync('*.test.ts', { cwd: e2e }).map(
  (name) => [name, readFileSync(join(e2e, name), 'utf8')] as const,
);

describe('the windows of the tests of VS Code', () => {
  it(`are at most ${String(OWN_WINDOWS)} of their own, one that is opened before each test counted for each`, () => {
    const opened = texts.map(([, text]) => {
      const opens = text.split('OpenVscode.open(').length - 1;
      const isRepeated = /beforeEach\([^]*?OpenVscode\.open\(/.test(text);
      return opens === 0 ? 0 : isRepeated ? opens * testsAfter(text) : opens;
    });
    assert.ok(opened.reduce((sum, count) => sum + count, 0) <= OWN_WINDOWS, JSON.stringify(opened));
  });

  it('are shared by all other files', () => {
    const neither = texts.filter(
      ([, text]) => !text.includes('OpenVscode.open(') && !text.includes('SharedWindow.fresh('),
    );
    assert.deepEqual(
      neither.map(([name]) => name),
      [],
    );
  });
});

/** How many tests stand behind the hook that opens a window. */
function testsAfter(text: string): number {
  return text.slice(text.indexOf('OpenVscode.open(')).split(/^ {2}it\(/m).length - 1;
}
