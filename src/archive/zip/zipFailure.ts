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

/** The meaning of yauzl's messages; a message that is not listed is used as it is. */
const features: readonly (readonly [RegExp, string])[] = [
  [/^multi-disk/, 'multi-disk'],
  [/^strong encryption/, 'strong-encryption'],
];
const checks: readonly (readonly [RegExp, string])[] = [
  [/^(?:unexpected EOF|file data overflows)/, 'cut'],
  [/^(?:End of central directory|Invalid comment length|invalid zip64 end)/, 'end'],
  [/^(?:invalid central directory|extra field length|zip64 extended information)/, 'directory'],
  [/^invalid local file header/, 'local-header'],
  [/^(?:absolute path|invalid relative path)/, 'path'],
];

/** An error of yauzl is a plain sentence; an error of the file system or of zlib has a code. */
export function toZipFailure(error: unknown, place: ZipPlace): Failure {
  if (hasCode(error)) return withMember(error, place);
  if (!(error instanceof Error)) return fromSystemError(error, place.name);
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return fromSystemError(error, place.name);
  if (code?.startsWith('Z_') === true)
    return damaged(place, code === 'Z_BUF_ERROR' ? 'cut' : 'compression', error);
  const what = meaning(features, message);
  return what === undefined
    ? damaged(place, meaning(checks, message) ?? message, error)
    : unsupported(place, what);
}

function meaning(meanings: readonly (readonly [RegExp, string])[], message: string): string | undefined {
  return meanings.find(([words]) => words.test(message))?.[1];
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
