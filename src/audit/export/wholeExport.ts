import { createHash } from 'node:crypto';
import { isFailure, type Failure } from '../../base/failure.ts';
import type { Trail } from '../trail.ts';
import type { Exported, ExportRequest, Manifest } from './manifest.ts';

/**
 * The text of an export in pieces, once a record says that it begins. Returns what it holds.
 * @throws Failure `audit-unavailable`, those of the store
 */
export async function* exportPieces(
  trail: Pick<Trail, 'run'>,
  request: ExportRequest,
): AsyncGenerator<string, Exported> {
  const { end: records, record } = await trail.run('beginExport', request);
  const digest = createHash('sha256');
  let [count, bytes] = [0, 0];
  let [first, last]: (number | undefined)[] = [];
  for (let from: number | null = 0; from !== null;) {
    const input = { ...request, from, end: records, count, record };
    const part: Awaited<ReturnType<typeof readPart>> = await readPart(input);
    if (part.text !== '') yield part.text;
    digest.update(part.text);
    bytes += Buffer.byteLength(part.text);
    count += part.count;
    first ??= part.range?.first;
    last = part.range?.last ?? last;
    from = part.next;
  }
  const range = first === undefined || last === undefined ? null : { first, last };
  return { count, range, records, bytes, sha256: digest.digest('hex') };

  function readPart(input: ExportRequest & { from: number; end: number; count: number; record: string }) {
    return trail.run('exportTrailPart', input);
  }
}

/**
 * Signs a checkpoint, verifies the trail, and puts the manifest of an export together.
 * @param onUnsealed called where no checkpoint can be signed: the trail was altered, or the workspace is not managed
 * @throws Failure those of the store and of the keys
 */
export async function manifestOf(
  trail: Pick<Trail, 'run'>,
  { root, format, filter }: ExportRequest,
  exported: Exported,
  onUnsealed: (failure: Failure) => void = () => undefined,
): Promise<Manifest> {
  const checkpoint = await trail.run('sealTrail', { root }).catch((error: unknown) => {
    if (!isFailure(error, 'audit-tampered') && !isFailure(error, 'not-managed')) throw error;
    onUnsealed(error);
    return undefined;
  });
  const verification = await trail.run('verifyTrail', { root });
  return { format, filter, ...exported, checkpoint: checkpoint ?? null, verification };
}
