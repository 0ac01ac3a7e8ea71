import assert from 'node:assert/strict';
import type { RefusedLog, Writer } from '../../../../src/reading/deleteLogs.ts';
import { parseFileName } from '../../../../src/files/fileName.ts';
import type { LogFile } from '../../../../src/files/logFile.ts';
import {
  askAboutWritten,
  askToDelete,
  askWithoutTrash,
  describeDeletion,
  type Deletion,
} from '../../../../src/vscode/logs/deletionTexts.ts';

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
      detail: 'The trash keeps it until it is emptied.',
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

  it('tell the archives of two messages apart', () => {
    const archives = ['u/c1', 'u/c2'].map((folder) => ({ ...file('m.zip'), folder }));
    assert.match(askToDelete(archives, 'nowhere').detail, /^u\/c1\/m\.zip \(1\.5 kB\)\nu\/c2\/m\.zip/);
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
  const none = { trashed: [], deleted: [], refused: [] };
  const results: [what: Partial<Deletion>, text: RegExp][] = [
    [{ deleted: [file('x')] }, /^“x” was deleted \(1\.5 kB\)\.$/],
    [{ deleted: many }, /^12 logs were deleted \(18 kB\)\.$/],
    [{ trashed: [file('x')] }, /^“x” was moved to the trash \(1\.5 kB\)\.$/],
    [{ trashed: many, deleted: [file('x')] }, /^12 logs were moved to the trash \(18 kB\)\. “x” was deleted/],
    [{ refused }, /^“x” was changed meanwhile.*Try again\.$/],
    [{ deleted: many, refused }, /^12 logs were deleted \(18 kB\)\. “x” was changed meanwhile/],
    [
      { deleted: many, refused: [...refused, ...refused] },
      /2 logs were left, the first because: “x” was changed/,
    ],
  ];
  for (const [what, text] of results)
    it(`tell that ${text.source}`, () => {
      assert.match(describeDeletion({ ...none, ...what }), text);
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
    assert.doesNotMatch(describeDeletion({ ...none, deleted: [evil] }), /[\n\u202e]/);
  });
});
