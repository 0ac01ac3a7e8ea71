/** The status of a request that the target did not answer. */
export const UNREACHABLE = 502;

/** The status of a request that cannot be passed on as it came. */
export const NOT_IMPLEMENTED = 501;

/** What a client is told of a target that did not answer; it names no address. */
export function unreachableBody(error: unknown): Buffer {
  const { code = 'connection failed' } = error as { code?: string };
  const detail = `The backend behind this proxy did not answer (${code}).`;
  return problemBody(UNREACHABLE, 'Bad Gateway', 'unavailable', detail);
}

/** What a client is told that sent its body in a coding beside `chunked`. */
export function unknownCodingBody(): Buffer {
  const detail = 'This proxy passes bodies on with no Transfer-Encoding but chunked.';
  return problemBody(NOT_IMPLEMENTED, 'Not Implemented', 'unsupported', detail);
}

function problemBody(status: number, title: string, code: string, detail: string): Buffer {
  return Buffer.from(JSON.stringify({ type: 'about:blank', title, status, code, detail }));
}
