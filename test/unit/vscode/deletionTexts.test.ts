import assert from 'node:assert/strict';
import type { RefusedLog, Writer } from '../../../src/app/deleteLogs.ts';
import { parseFileName } from '../../../src/model/fileName.ts';
import type { LogFile } from '../../../src/model/logFile.ts';
import {
  askAboutWritten,
  askToDelete,
  askWithoutTrash,
  describeDeleted,
} from '../../../src/vscode/deletionTexts.ts';

const file = (name: string, bytes = 1536): LogFile => ({
  name,
  parts: parseFileName(name),
  bytes,
  modified: 0,
  inode: 1,
});
const many = Array.from({ length: 12 }, (_, index) => file(`api.${String(index + 1)}.log`));
const evil = file('a\n\u202eb.log');

describe('words about deleting logs', () => {
  it('say whether there is a way back', () => {
    assert.deepEqual(askToDelete([file('api.1.log')], 'nowhere'), {
      message: 'Delete “api.1.log” (1.5 kB) for good?',
      detail: 'This cannot be undone: nothing goes to a trash here.',
      button: 'Delete for Good',
    });
    assert.deepEqual(askToDelete([file('api.1.log')], 'trash'), {
      message: 'Move “api.1.log” (1.5 kB) to the trash?',
      detail: 'It can be restored from the trash.',
      button: 'Move to Trash',
    });
  });

  it('name the first ten of several, with their sizes', () => {
    const { message, detail } = askToDelete(many, 'nowhere');
    assert.equal(message, 'Delete 12 logs (18 kB) for good?');
    const lines = detail.split('\n');
    assert.equal(lines.length, 13);
    assert.deepEqual(
      [lines[0], lines[9], lines[10]],
      ['api.1.log (1.5 kB)', 'api.10.log (1.5 kB)', 'and 2 more'],
    );
  });

  it('ask again without the trash, and say why', () => {
    const { message, detail, button } = askWithoutTrash([file('api.1.log')], 'No trash\nhere.');
    assert.equal(message, '“api.1.log” could not be moved to the trash. Delete it for good?');
    assert.match(detail, /^No trash\\u000ahere\.\n.*cannot be undone/);
    assert.equal(button, 'Delete for Good');
    assert.match(askWithoutTrash(many, 'x').message, /^12 logs could not/);
  });

  it('say what it means to delete what is written to', () => {
    const written = (['active', 'held-open'] as Writer[]).map((writer) => ({ file: file(writer), writer }));
    const [one] = written;
    assert.ok(one);
    assert.equal(askAboutWritten([one]).message, '“active” is still being written. Delete it anyway?');
    assert.match(
      askAboutWritten([one]).detail,
      /^The active log holds the latest entries.*rotate it instead\.$/,
    );
    const both = askAboutWritten(written);
    assert.equal(both.message, '2 of these logs are still being written. Delete them anyway?');
    assert.match(both.detail, /rotate it instead\.\nAnother program has it open\./);
    assert.doesNotMatch(both.detail, /seems to write/);
  });

  const refused: RefusedLog[] = [{ name: 'x', failure: { code: 'source-changing', data: { name: 'x' } } }];
  const results: [deleted: LogFile[], refused: RefusedLog[], fate: 'trash' | 'nowhere', text: RegExp][] = [
    [[file('x')], [], 'nowhere', /^“x” was deleted \(1\.5 kB\)\.$/],
    [many, [], 'nowhere', /^12 logs were deleted \(18 kB\)\.$/],
    [[file('x')], [], 'trash', /^“x” was moved to the trash/],
    [many, [], 'trash', /^12 logs were moved to the trash/],
    [[], refused, 'nowhere', /^“x” was changed meanwhile.*Try again\.$/],
    [many, refused, 'nowhere', /^12 logs were deleted \(18 kB\)\. “x” was changed meanwhile/],
    [many, [...refused, ...refused], 'nowhere', /2 logs were left, the first because: “x” was changed/],
  ];
  for (const [deleted, left, fate, text] of results)
    it(`tell that ${text.source}`, () => {
      assert.match(describeDeleted(deleted, left, fate), text);
    });

  it('are harmless, whatever a log is called', () => {
    const asked = { file: evil, writer: 'current' } as const;
    for (const { message, detail } of [
      askToDelete([evil], 'trash'),
      askToDelete([evil, evil], 'nowhere'),
      askWithoutTrash([evil], 'x'),
      askAboutWritten([asked, asked]),
    ])
      assert.doesNotMatch(`${message}${detail.replaceAll('\n', '')}`, /[\n\u202e]|^b\.log/);
    assert.doesNotMatch(describeDeleted([evil], [], 'trash'), /[\n\u202e]/);
  });
});
