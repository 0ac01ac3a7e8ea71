import assert from 'node:assert/strict';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { printError } from '../../../src/cli/output.ts';

describe('a sentence on standard error', () => {
  const { writeSync } = fs;
  let written = '';
  /** What the pipe does with each write: takes so many bytes, or fails with an error's code. */
  let answers: (number | string)[] = [];

  beforeEach(() => {
    written = '';
    fs.writeSync = ((_descriptor: number, bytes: Buffer) => {
      const answer = answers.shift() ?? bytes.length;
      if (typeof answer === 'string') throw Object.assign(new Error(answer), { code: answer });
      written += bytes.subarray(0, answer).toString();
      return answer;
    }) as typeof writeSync;
    syncBuiltinESMExports();
  });

  afterEach(() => {
    fs.writeSync = writeSync;
    syncBuiltinESMExports();
  });

  it('is written whole to a pipe that is full and takes a part', () => {
    answers = ['EAGAIN', 'EAGAIN', 7, 'EAGAIN', 3];
    printError('Not searched: one.zip');
    assert.equal(written, 'workspace-logs: Not searched: one.zip\n');
  });

  it('is no failure where the reader is gone', () => {
    answers = [4, 'EPIPE'];
    printError('Not searched: one.zip');
    assert.equal(written, 'work');
  });
});
