import { resolve } from 'node:path';
import type { Exported } from '../../../audit/export/manifest.ts';
import { exportPieces, manifestOf } from '../../../audit/export/wholeExport.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../../audit/exportFormats.ts';
import { Failure } from '../../../base/failure.ts';
import { replaceFile } from '../../../files/durable.ts';
import { describe } from '../../../words/failures.ts';
import { print, printError } from '../../output.ts';
import { Exit, type Call } from '../../verb.ts';
import type { Trail } from '../../../audit/trail.ts';
import { filterOf } from './query.ts';

/** `audit export`: the records that fit, in the order of the trail, to standard output. */
export async function exportTrail(trail: Trail, words: Call): Promise<Exit> {
  const { root, value } = words;
  const request = { root, format: formatOf(value('format') ?? 'json'), filter: filterOf(words) };
  const manifest = value('manifest');
  const pieces = exportPieces(trail, request);
  let exported: Exported | undefined;
  while (exported === undefined) {
    const piece = await pieces.next();
    if (piece.done === true) exported = piece.value;
    else await print(piece.value);
  }
  if (manifest === undefined) return Exit.done;
  const content = await manifestOf(trail, request, exported, (failure) => {
    printError(describe(failure));
  });
  replaceFile(resolve(manifest), `${JSON.stringify(content, null, 2)}\n`, 0o600);
  return Exit.done;
}

function formatOf(text: string): ExportFormat {
  const format = EXPORT_FORMATS.find((name) => name === text);
  if (format !== undefined) return format;
  throw new Failure('usage', { detail: `--format must be one of ${EXPORT_FORMATS.join(', ')}.` });
}
