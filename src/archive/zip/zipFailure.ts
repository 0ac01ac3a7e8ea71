import { Failure, fromSystemError, hasCode, isFailure } from '../../base/failure.ts';

/** Where in a zip a check failed: the file's name, and the member's name if only that member is meant. */
export interface ZipPlace {
  readonly name: string;
  readonly member?: string;
}

export function damaged(place: ZipPlace, check: string, cause?: unknown): Failure {
  return new Failure('archive-damaged', { ...place, check }, cause);
}

export function unsupported(place: ZipPlace, what: string): Failure {
  return new Failure('archive-unsupported', { ...place, what });
}

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new Failure('cancelled', {});
}

/** An error of the file system or of zlib has a code. */
export function toZipFailure(error: unknown, place: ZipPlace): Failure {
  if (hasCode(error)) return withMember(error, place);
  if (!(error instanceof Error)) return fromSystemError(error, place.name);
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return fromSystemError(error, place.name);
  if (code?.startsWith('Z_') === true)
    return damaged(place, code === 'Z_BUF_ERROR' ? 'cut' : 'compression', error);
  return damaged(place, message, error);
}

/** Adds the member, because the codecs know only the file. */
function withMember(failure: Failure, { member }: ZipPlace): Failure {
  if (member === undefined || 'member' in failure.data) return failure;
  if (isFailure(failure, 'archive-damaged'))
    return new Failure('archive-damaged', { ...failure.data, member }, failure.cause);
  if (isFailure(failure, 'archive-unsupported'))
    return new Failure('archive-unsupported', { ...failure.data, member }, failure.cause);
  return failure;
}
