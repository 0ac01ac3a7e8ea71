import assert from 'node:assert/strict';
import { jsonLines, logMembers } from '../../../../src/sessions/log/logMembers.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('jsonLines', () => {
  it('puts chunks together, each line with its end', () => {
    assert.equal(
      jsonLines([bytes('a\nb\n'), bytes(''), bytes('c'), bytes('d\n')]).toString(),
      'a\nb\nc\nd\n',
    );
    assert.equal(jsonLines([]).length, 0);
  });

  it('takes views of larger memory, and replaces what is no UTF-8', () => {
    const whole = bytes('xxé\nxx');
    assert.equal(jsonLines([whole.subarray(2, 5)]).toString(), 'é\n');
    assert.deepEqual(jsonLines([Uint8Array.of(0x61, 0xff, 0x0a)]), Buffer.from('a\ufffd\n'));
  });
});

describe('logMembers', () => {
  it('are the files of a format, in their order', () => {
    const names = (format: 'jsonl' | 'text' | 'both'): string[] =>
      logMembers(Buffer.from('{}\n'), format).map(({ name }) => name);
    assert.deepEqual(names('jsonl'), ['logs.jsonl']);
    assert.deepEqual(names('text'), ['logs.txt']);
    assert.deepEqual(names('both'), ['logs.txt', 'logs.jsonl']);
  });
});
