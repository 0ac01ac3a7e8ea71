import { readSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import type { DatedLogFile } from '../files/logFile.ts';
import { whileOpen } from '../files/safeOpen.ts';

const SAMPLE_BYTES = 128 * 1024;
const SAMPLES = 4;
/** Archives with less text than this say nothing about larger logs. */
const TELLING_BYTES = 1_048_576;
/** The usual ratio for JSON lines. It is used if there is nothing to measure. */
const TYPICAL_RATIO = 0.1;

/**
 * Estimates the size of an archive divided by the size of its log. The ratio is measured on the newest archives. If
 * none of them is large enough, the beginnings of a few plain files are compressed.
 */
export function estimateZipRatio(folder: string, files: readonly DatedLogFile[]): number {
  const archives = files.filter(
    ({ parts, inner }) => parts.kind === 'archive' && inner !== undefined && inner.bytes > 0,
  );
  const newest = [...archives].sort((a, b) => b.modified - a.modified).slice(0, SAMPLES);
  const known = ratio(newest.map(({ bytes, inner }) => [bytes, inner?.bytes ?? 0]));
  if (known !== undefined && newest.some(({ inner }) => (inner?.bytes ?? 0) >= TELLING_BYTES)) return known;
  const plain = files.filter(({ parts, bytes }) => parts.kind === 'rotated' && bytes > 0).slice(0, SAMPLES);
  return ratio(plain.map(({ name }) => sample(join(folder, name)))) ?? TYPICAL_RATIO;
}

function ratio(pairs: readonly (readonly [number, number])[]): number | undefined {
  const zipped = pairs.reduce((sum, [size]) => sum + size, 0);
  const plain = pairs.reduce((sum, [, size]) => sum + size, 0);
  return plain === 0 ? undefined : zipped / plain;
}

function sample(path: string): [number, number] {
  try {
    return whileOpen(path, (descriptor) => {
      const piece = Buffer.allocUnsafe(SAMPLE_BYTES);
      const length = readSync(descriptor, piece, 0, SAMPLE_BYTES, 0);
      return [deflateRawSync(piece.subarray(0, length)).length, length];
    });
  } catch {
    return [0, 0];
  }
}
