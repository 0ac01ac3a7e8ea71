import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withZip } from '../../../../src/archive/zip/readZip.ts';
import { reasonOf, knowing } from '../readWhole.ts';

const samples = join(import.meta.dirname, '../../../fixtures/zips');

/** The bytes that were read of each member, or why not, or why nothing of the whole file. */
type Expectations = Readonly<Record<string, string | Readonly<Record<string, number | string>>>>;

/** The upper half of code page 437, and what stands in for control characters. */
const cp437Names = {
  '☺☻♥♦♣♠•○◘◙♂♀♪♫☼►': 0,
  '◄↕‼¶§▬↨↑↓→←∟↔▲▼ ': 0,
  '!"#$%&\'()*+,-./0': 0,
  '123456789:;<=>?@': 0,
  ABCDEFGHIJKLMNOP: 0,
  'QRSTUVWXYZ[/]^_`': 0,
  abcdefghijklmnop: 0,
  'qrstuvwxyz{|}~~Ç': 0,
  üéâäàåçêëèïîìÄÅÉ: 0,
  'æÆôöòûùÿÖÜ¢£¥₧ƒá': 0,
  'íóúñÑªº¿⌐¬½¼¡«»░': 0,
  '▒▓│┤╡╢╖╕╣║╗╝╜╛┐└': 0,
  '┴┬├─┼╞╟╚╔╩╦╠═╬╧╨': 0,
  '╤╥╙╘╒╓╫╪┘┌█▄▌▐▀α': 0,
  'ßΓπΣσµτΦΘΩδ∞φε∩≡': 0,
  '±≥≤⌠⌡÷≈°∙·√ⁿ²■  ': 0,
};

const libzip: Expectations = {
  'bigzero-zip.zip': { 'bigzero.zip': 4168377 },
  'bogus.zip': 'damaged: end',
  'cm-default.zip': {
    compressable: 14,
    uncompressable: 14,
    'large-compressable': 8200,
    'large-uncompressable': 8200,
  },
  'encrypt-aes128-noentropy.zip': { plain: 6, encrypted: 'password-wrong' },
  'encrypt-aes128.zip': { plain: 6, encrypted: 10 },
  'encrypt-aes192-noentropy.zip': { plain: 6, encrypted: 'password-wrong' },
  'encrypt-aes192.zip': { plain: 6, encrypted: 10 },
  'encrypt-aes256-noentropy.zip': { plain: 6, encrypted: 'password-wrong' },
  'encrypt-aes256.zip': { plain: 6, encrypted: 10 },
  'encrypt-none.zip': { plain: 6, encrypted: 10 },
  'encrypt-pkware-noentropy.zip': { plain: 6, encrypted: 'unsupported: zipcrypto' },
  'encrypt.zip': { encrypted: 'unsupported: zipcrypto', plain: 4 },
  'encrypt_plus_extra.zip': { encrypted: 'unsupported: zipcrypto', plain: 4 },
  'encrypt_plus_extra_modified_c.zip': { encrypted: 'unsupported: zipcrypto', plain: 4 },
  'encrypt_plus_extra_modified_l.zip': { encrypted: 'unsupported: zipcrypto', plain: 4 },
  'extra_field_align_1-0.zip': { '123': 4 },
  'extra_field_align_1-ef_00.zip': { '1': 1 },
  'extra_field_align_1-ef_ff.zip': { '1': 1 },
  'extra_field_align_1-ff.zip': { '123': 4 },
  'extra_field_align_2-0.zip': { '12': 4 },
  'extra_field_align_2-ef_00.zip': { '1': 1 },
  'extra_field_align_2-ef_ff.zip': { '1': 1 },
  'extra_field_align_2-ff.zip': { '12': 4 },
  'extra_field_align_3-0.zip': { '1': 4 },
  'extra_field_align_3-ef_00.zip': { '1': 1 },
  'extra_field_align_3-ef_ff.zip': { '1': 1 },
  'extra_field_align_3-ff.zip': { '1': 4 },
  'extra_field_align_4-ff.zip': { '1': 5 },
  'filename_duplicate.zip': { test1: 'damaged: duplicate' },
  'filename_duplicate_empty.zip': { '': 'damaged: duplicate' },
  'filename_empty.zip': { '': 0 },
  'fileorder.zip': { file1: 5, file2: 5 },
  'firstsecond-split-deflated.zip': { first: 9, second: 10 },
  'firstsecond-split-stored.zip': { first: 9, second: 10 },
  'firstsecond.zip': { firstsecond: 19, firstsecondstored: 19 },
  'foo-stored.zip': { foo: 3 },
  'gap-add.zip': { gap: 'damaged: crc-32', second: 24, third: 23, new: 11 },
  'gap-delete.zip': { gap: 'damaged: crc-32', second: 24 },
  'gap-replace.zip': { gap: 'damaged: crc-32', second: 24, third: 15 },
  'gap.zip': { gap: 'damaged: crc-32', second: 24, third: 23 },
  'incons-archive-comment-longer.zip': 'damaged: end',
  'incons-archive-comment-shorter.zip': { a: 1 },
  'incons-cdoffset.zip': 'damaged: cut',
  'incons-central-compression-method.zip': { a: 'damaged: local-header' },
  'incons-central-compsize-larger-toolarge.zip': { a: 'damaged: overlap' },
  'incons-central-compsize-larger.zip': { a: 'damaged: overlap' },
  'incons-central-compsize-smaller.zip': { aaaaaaaaa: 'damaged: cut' },
  'incons-central-crc.zip': { a: 'damaged: crc-32' },
  'incons-central-date.zip': { a: 1 },
  'incons-central-file-comment-longer.zip': 'damaged: directory',
  'incons-central-file-comment-shorter.zip': 'damaged: directory',
  'incons-central-magic-bad.zip': 'damaged: directory',
  'incons-central-magic-bad2.zip': 'damaged: directory',
  'incons-central-size-larger.zip': { a: 'damaged: shorter' },
  'incons-data.zip': { a: 'damaged: crc-32' },
  'incons-ef-central-size-wrong.zip': { 'testfile.txt': 'damaged: directory' },
  'incons-ef-local-id-size.zip': { a: 1 },
  'incons-ef-local-id.zip': { a: 1 },
  'incons-ef-local-size.zip': { a: 'damaged: crc-32' },
  'incons-eocd-magic-bad.zip': 'damaged: end',
  'incons-file-count-high.zip': 'damaged: cut',
  'incons-file-count-low.zip': 'damaged: directory',
  'incons-file-count-overflow.zip': 'unsupported: members',
  'incons-local-compression-method.zip': { a: 'damaged: local-header' },
  'incons-local-compsize-larger.zip': { a: 1 },
  'incons-local-compsize-smaller.zip': { aaaaaaaaa: 8 },
  'incons-local-crc.zip': { a: 1 },
  'incons-local-filename-long.zip': { a: 'damaged: cut' },
  'incons-local-filename-missing.zip': { a: 1 },
  'incons-local-filename-short.zip': { a: 'damaged: crc-32' },
  'incons-local-filename.zip': { a: 1 },
  'incons-local-magic-bad.zip': { a: 'damaged: local-header' },
  'incons-local-size-larger.zip': { a: 1 },
  'junk-at-end.zip': { test: 5, 'testdir/': 0, 'testdir/test2': 5 },
  'junk-at-start.zip': { test: 5, 'testdir/': 0, 'testdir/test2': 5 },
  'multidisk.zip': 'unsupported: multi-disk',
  'rename_ok.zip': { file1: 24, notfile2: 25, file3: 24, file4: 25 },
  'streamed-zip64.zip': { '-': 2 },
  'streamed.zip': { '-': 2 },
  'test-cp437-comment-utf-8.zip': cp437Names,
  'test-cp437-fc-utf-8-filename.zip': { ÄÖÜßäöü: 0 },
  'test-cp437-fc.zip': { 'testfile.txt': 0 },
  'test-cp437.zip': cp437Names,
  'test-utf8-unmarked.zip': { '├ä├û├£├ñ├╢├╝├ƒ─ç├º─ë├⌐├¿├¬├½─ô': 0 },
  'test-utf8.zip': { ÄÖÜäöüßćçĉéèêëē: 0 },
  'test.zip': { test: 5, 'testdir/': 0, 'testdir/test2': 5 },
  'test2.zip': { 'testfile.txt': 4 },
  'testbuffer.zip': { 'teststring.txt': 54 },
  'testbzip2.zip': { 'abac-repeat.txt': 60 },
  'testchanged.zip': { file1: 24, file2: 25, file3: 24, file4: 25 },
  'testchangedlocal.zip': { file1: 24, file2: 25, file3: 24, file4: 25 },
  'testcomment.zip': { file1: 24, file2: 25, file3: 24, file4: 25 },
  'testcomment13.zip': { file1: 24, file3: 24 },
  'testcommentremoved.zip': { file1: 24, file2: 25, file3: 24, file4: 25 },
  'testdeflated.zip': { 'abac-repeat.txt': 60 },
  'testdeflated2.zip': { 'abac-repeat2.txt': 60, 'abac-repeat.txt': 60 },
  'testdir.zip': { 'testdir/': 0, 'testdir-noslash/': 0 },
  'testempty.zip': {},
  'testextrabytes.zip': { 'testfile.txt': 0 },
  'testfile-UTF8.zip': { ÄÖÜßäöü: 0 },
  'testfile-cp437.zip': { üéâäàåçêëèïîìÄÅÉ: 0 },
  'testfile-lzma.zip': { 'abac-repeat.txt': 60 },
  'testfile-plus-extra.zip': { 'testfile.txt': 0 },
  'testfile-stored-dos.zip': { 'abac-repeat.txt': 64 },
  'testfile-xz.zip': { 'abac-repeat.txt': 'unsupported: method' },
  'testfile.zip': { 'testfile.txt': 0 },
  'testfile0.zip': { 'testfile.txt': 0 },
  'testfile2014.zip': { 'testfile.txt': 0 },
  'teststdin.zip': { 'teststring.txt': 54 },
  'teststored.zip': { 'abac-repeat.txt': 60 },
  'utf-8-standardization-input.zip': { 'ibm437-üéâäàåçêëè.txt': 27 },
  'utf-8-standardization-output.zip': { 'ibm437-üéâäàåçêëè.txt': 30 },
  'zip-in-archive-comment.zip': { 'testfile.txt': 0 },
  'zip64-3mf.zip': { '-': 2 },
  'zip64.zip': { '-': 2 },
};

const failures: Expectations = {
  'absolute path C xt.zip': { 'C:/xt': 'damaged: path', 'b.txt': 5 },
  'absolute path atxt.zip': { '/atxt': 'damaged: path', 'b.txt': 5 },
  'compressed uncompressed size mismatch for stored file 2147483647 5.zip': {
    'a.txt': 'damaged: cut',
    'b.txt': 5,
  },
  'end of central directory record signature not found.zip': 'damaged: end',
  'end of central directory record signature not found_1.zip': 'damaged: end',
  'expected zip64 extended information extra field.zip': { 'empty.txt': 'damaged: cut' },
  'extra field length exceeds extra field buffer size.zip': { 'a.txt': 5, 'b.txt': 'damaged: directory' },
  'file data overflows file bounds 63 2147483647 308.zip': { 'a.txt': 'damaged: cut', 'b.txt': 5 },
  'invalid central directory file header signature 0x1014b50.zip': 'damaged: directory',
  'invalid characters in fileName a txt.zip': { 'a/txt': 5, 'b.txt': 5 },
  'invalid code lengths set.zip': { 'index.js': 'damaged: compression' },
  'invalid comment length expected 1 found 0.zip': { 'a.txt': 5, 'b.txt': 5 },
  'invalid local file header signature 0x3034b50.zip': { 'a.txt': 5, 'b.txt': 'damaged: local-header' },
  'invalid relative path xt.zip': { '../xt': 'damaged: path', 'b.txt': 5 },
  'invalid zip64 end of central directory locator signature.zip': 'damaged: cut',
  'invalid zip64 end of central directory record signature.zip': 'damaged: end',
  'multi-disk zip files are not supported found disk number 1.zip': 'unsupported: multi-disk',
  'not enough bytes in the stream expected 2048576 got only 1000000.zip': { 'zeros.bin': 'damaged: shorter' },
  'strong encryption is not supported.zip': { 'a.txt': 'unsupported: strong-encryption' },
  'too many bytes in the stream expected 82496 got at least 98304.zip': { 'zeros.bin': 'damaged: longer' },
  'too many length or distance symbols.zip': { 'index.js': 'damaged: compression' },
  'unsupported compression method 1.zip': { 'a.txt': 5, 'b.txt': 'unsupported: method' },
  'zip64 extended information extra field does not include compressed size.zip': {
    'empty.txt': 'damaged: directory',
  },
  'zip64 extended information extra field does not include relative header offset.zip': {
    'empty.txt': 'damaged: directory',
  },
  'zip64 extended information extra field does not include uncompressed size.zip': {
    'empty.txt': 'damaged: directory',
  },
};

const successes: Expectations = {
  'big-compression.zip': { '0x100000': 1048576 },
  'cygwin-info-zip.zip': { 'a.txt': 5, 'b.txt': 5 },
  'deflate.zip': { 'index.js': 10689 },
  'directories.zip': { 'a/': 0, 'a/a.txt': 0, 'b/': 0 },
  'empty.zip': {},
  'linux-info-zip.zip': { 'a.txt': 5, 'b.txt': 5 },
  'sloppy-filenames.zip': { 'a/txt': 5, 'b.txt': 5 },
  'traditional-encryption-and-compression.zip': { 'a.bin': 'unsupported: zipcrypto' },
  'traditional-encryption.zip': { 'a.txt': 'unsupported: zipcrypto' },
  'unicode-path-extra-field.zip': { '七个房间.txt': 0 },
  'unicode.zip': {
    'Turmion Kätilöt/': 0,
    'Turmion Kätilöt/Hoitovirhe/': 0,
    'Turmion Kätilöt/Hoitovirhe/Rautaketju.mp3': 0,
    'Turmion Kätilöt/Pirun nyrkki/': 0,
    'Turmion Kätilöt/Pirun nyrkki/Mistä veri pakenee.mp3': 0,
  },
  'windows-7-zip.zip': { 'a.txt': 5, 'b.txt': 5 },
  'windows-compressed-folder.zip': { 'a.txt': 5, 'b.txt': 5 },
  'wrong-entry-sizes.zip': {
    'a.txt': 'damaged: shorter',
    'b.txt': 'damaged: longer',
    'c/': 'damaged: shorter',
  },
  'zip64.zip': { 'test1.txt': 3, 'test2.txt': 3 },
};

const folders: [folder: string, expectations: Expectations][] = [
  ['libzip', libzip],
  ['yauzl/failure', failures],
  ['yauzl/success', successes],
];

describe('withZip', () => {
  for (const [folder, expectations] of folders)
    describe(`on ${folder}`, () => {
      const names = readdirSync(join(samples, folder)).filter((name) => name.endsWith('.zip'));

      it('the table is whole', () => {
        assert.deepEqual(names.sort(), Object.keys(expectations).sort());
      });

      for (const name of names)
        it(name, async () => {
          const outcome = await outcomeOf(join(samples, folder, name));
          assert.deepEqual(outcome, expectations[name]);
        });
    });
});

async function outcomeOf(path: string): Promise<Expectations[string]> {
  const opening = { passwords: knowing('foofoofoo') };
  try {
    return await withZip(
      path,
      async (zip) => {
        const result: Record<string, number | string> = {};
        for (const member of zip.members) {
          try {
            let bytes = 0;
            for await (const piece of zip.read(member)) bytes += piece.length;
            result[member.name] = bytes;
          } catch (error) {
            result[member.name] = reasonOf(error);
          }
        }
        return result;
      },
      opening,
    );
  } catch (error) {
    return reasonOf(error);
  }
}
