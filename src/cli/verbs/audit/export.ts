import { EXPORT_FORMATS, type ExportFormat } from '../../../audit/exportFormats.ts';
import { Failure, isFailure } from '../../../base/failure.ts';
import { replaceFile } from '../../../files/durable.ts';
import { resolve } from 'node:path';
import { describe } from '../../../words/failures.ts';
import { print, printError } from '../../output.ts';
import { Exit, type Call } from '../../verb.ts';
import type { Trail } from '../../../audit/trail.ts';
import { filterOf } from './query.ts';

/** `audit export`: the records that fit, in the order of the trail, to standard output. */
export async function exportTrail(trail: Trail, words: Call): Promise<Exit> {
  const { root, value } = words;
  const format = formatOf(value('format') ?? 'json');
  const filter = filterOf(words);
  const manifest = value('manifest');
  const { end, record } = await trail.run('beginExport', { root, format, filter });
  let count = 0;
  let range: { first: number; last: number } | undefined;
  for (let from: number | null = 0; from !== null;) {
    const part: Awaited<ReturnType<typeof readPart>> = await readPart(from);
    await print(part.text);
    count += part.count;
    if (part.range !== undefined) range = { first: range?.first ?? part.range.first, last: part.range.last };
    from = part.next;
  }
  if (manifest === undefined) return Exit.done;
  const checkpoint = await trail.run('sealTrail', { root }).catch(tellUnsealed);
  const verification = await trail.run('verifyTrail', { root });
  const content = { format, filter, count, range, records: end, checkpoint, verification };
  replaceFile(resolve(manifest), `${JSON.stringify(content, null, 2)}\n`, 0o600);
  return Exit.done;

  function readPart(from: number) {
    return trail.run('exportTrailPart', { root, format, filter, from, end, count, record });
  }
}

/** A trail that cannot be sealed is exported all the same; the manifest says how it was found. */
function tellUnsealed(error: unknown): undefined {
  if (!isFailure(error, 'audit-tampered') && !isFailure(error, 'not-managed')) throw error;
  printError(describe(error));
}

function formatOf(text: string): ExportFormat {
  const format = EXPORT_FORMATS.find((name) => name === text);
  if (format !== undefined) return format;
  throw new Failure('usage', { detail: `--format must be one of ${EXPORT_FORMATS.join(', ')}.` });
}
