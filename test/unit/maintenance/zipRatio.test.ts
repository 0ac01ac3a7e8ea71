import assert from 'node:assert/strict';
import { estimateZipRatio } from '../../../src/maintenance/zipRatio.ts';
import { parseFileName } from '../../../src/files/fileName.ts';
import type { DatedLogFile } from '../../../src/files/logFile.ts';
import { logOf } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';

function file(name: string, bytes: number, inner?: number, modified = 0): DatedLogFile {
  return {
    name,
    parts: parseFileName(name),
    bytes,
    modified,
    inode: 1,
    ...(inner !== undefined && { inner: { bytes: inner, crc32: 0 } }),
  };
}

describe('estimateZipRatio', () => {
  const folders = freshFolders();
  const MB = 1_048_576;
  const ratios: [what: string, files: DatedLogFile[], ratio: number][] = [
    ['of nothing is a typical one', [], 0.1],
    [
      'is that of the archives',
      [file('api.2026-01-01.log.zip', 0.75 * MB, MB), file('api.2026-01-02.log.zip', 0.25 * MB, MB)],
      0.5,
    ],
    [
      'of the newest four',
      [
        file('api.2020-01-01.log.zip', MB, MB, 1),
        ...[2, 3, 4, 5].map((n) => file(`api.2026-01-0${String(n)}.log.zip`, MB / 4, MB, n)),
      ],
      0.25,
    ],
    ['not of archives of nothing', [file('api.2026-01-01.log.zip', 200, 0)], 0.1],
    ['not of small archives, which are mostly headers', [file('api.2026-01-01.log.zip', 300, 200)], 0.1],
    ['not of files that went away', [file('api.1.log', 100)], 0.1],
  ];
  for (const [what, files, ratio] of ratios)
    it(what, () => {
      assert.equal(estimateZipRatio(folders.logs, files), ratio);
    });

  it('is measured on plain logs where there is no archive', () => {
    folders.put('logs/api.1.log', logOf(300_000, '2026-01-01T00:00:00Z'));
    const measured = estimateZipRatio(folders.logs, [file('api.1.log', 300_000)]);
    assert.ok(measured > 0.02 && measured < 0.4, String(measured));
  });
});
