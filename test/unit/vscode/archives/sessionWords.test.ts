import assert from 'node:assert/strict';
import { parseFileName } from '../../../../src/files/fileName.ts';
import type { LogFile } from '../../../../src/files/logFile.ts';
import {
  describeMatch,
  describeOwner,
  describeUnsearched,
} from '../../../../src/vscode/archives/sessionWords.ts';

const ids = {
  user_id: 'u-1',
  session_id: 's-1',
  chat_id: 'c-1',
  message_id: 'm-1',
  request_id: 'r-2',
  request_ids: ['r-1', 'r-2'],
};

describe('words about sessions that were found', () => {
  for (const [wanted, words] of [
    ['u-1', 'user u-1'],
    ['s-1', 'session s-1'],
    ['c-1', 'chat c-1'],
    ['m-1', 'message m-1'],
    ['r-2', 'request r-2'],
    ['r-1', 'request r-1'],
    ['other', ''],
  ] as const)
    it(`say which id matched: ${wanted}`, () => {
      assert.equal(describeMatch(ids, wanted), words);
    });

  it('say whose it is, as far as it is known, and are harmless', () => {
    assert.equal(describeOwner(ids), 'u-1 › c-1');
    assert.equal(describeOwner({ chat_id: 'c' }), 'c');
    assert.equal(describeOwner({}), '');
    assert.doesNotMatch(describeOwner({ user_id: 'a\n\u202eb' }), /[\n\u202e]/);
  });

  for (const [unopened, unreadable, words] of [
    [0, 0, ''],
    [1, 0, 'No known password opens 1 archive. Not searched: “s/u/0.zip”.'],
    [0, 2, '2 archives could not be read. Not searched: “s/u/0.zip”, “s/u/1.zip”.'],
    [
      1200,
      1,
      'No known password opens 1,200 archives. 1 archive could not be read. Not searched: “s/u/0.zip”, “s/u/1.zip”, ' +
        '“s/u/2.zip”, “s/u/3.zip”, “s/u/4.zip”, “s/u/5.zip”, “s/u/6.zip”, “s/u/7.zip”, “s/u/8.zip”, “s/u/9.zip” ' +
        'and 1,191 more.',
    ],
  ] as const)
    it(`say what was not searched, and name it: ${String(unopened)}, ${String(unreadable)}`, () => {
      const notSearched = Array.from({ length: unopened + unreadable }, (_, at) =>
        fileAt(`${String(at)}.zip`),
      );
      assert.equal(describeUnsearched({ unopened, unreadable, notSearched }), words);
    });

  function fileAt(name: string): LogFile {
    return { name, folder: 's/u', parts: parseFileName(name), bytes: 1, modified: 0, inode: 1 };
  }
});
