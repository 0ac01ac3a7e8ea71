/** The status of a request that the target did not answer. */
export const UNREACHABLE = 502;

/** What a client is told then; it names no address. */
export function unreachableBody(error: unknown): Buffer {
  const { code = 'connection failed' } = error as { code?: string };
  const detail = `The backend behind this proxy did not answer (${code}).`;
  const problem = {
    type: 'about:blank',
    title: 'Bad Gateway',
    status: UNREACHABLE,
    code: 'unavailable',
    detail,
  };
  return Buffer.from(JSON.stringify(problem));
}
