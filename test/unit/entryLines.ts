/** Lines of an API log (FORMATS §1), made from their format. */
export function entryLine(time: string, extra: object = {}): string {
  const entry = {
    timestamp: time,
    workspace_id: 'abc123',
    user: 'anonymous',
    method: 'GET',
    path: '/api/things',
    status: 200,
    duration_ms: 12,
    ...extra,
  };
  return `${JSON.stringify(entry)}\n`;
}

/** A log of exactly `bytes` bytes whose last entry has the time `last`; `seed` makes its content its own. */
export function logOf(bytes: number, last: string, seed = ''): Buffer {
  const end = Buffer.from(entryLine(last, { path: `/end/${seed}` }));
  const log = Buffer.alloc(bytes, ' ');
  let at = 0;
  for (let index = 0; at < bytes - end.length - 400; index += 1) {
    const time = new Date(Date.parse(last) - 3_600_000 + (index % 3_000_000)).toISOString();
    at += log.write(
      entryLine(time, {
        path: `/api/things/${seed}/${index.toString(36)}`,
        duration_ms: (index * 7919) % 997,
      }),
      at,
    );
  }
  // A line of blanks fills what is left.
  if (at < bytes - end.length) log[bytes - end.length - 1] = 0x0a;
  end.copy(log, bytes - end.length);
  return log;
}
