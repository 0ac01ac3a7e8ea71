import * as z from 'zod';
import type { App } from '../jobs/jobs.ts';
import { jsonText } from './answer.ts';
import { parseTime } from '../files/entry.ts';
import { fromCursor, toCursor } from './cursor.ts';
import { noQuery, route, type Route } from './routes.ts';
import { followLog, parsePosition } from './stream.ts';
import { Problem } from './problem.ts';
import { MOST_CHARACTERS } from '../query/language/queryTree.ts';
import { requireFolder } from '../files/list.ts';
import { logsFolder } from '../workspace/workspace.ts';

const LIMIT = 50;
const MOST = 500;

/** ISO 8601, a day, or seconds since 1970; in ms since 1970. */
export const timeParameter: z.ZodType<number, string> = z.string().transform((text, context) => {
  const whole = /^\d{1,12}$/.test(text) ? Number(text) : text;
  const parsed = parseTime(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : whole);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'no time' });
  return z.NEVER;
});

const text = z.string().min(1).max(4096);

const query = z.strictObject({
  from: timeParameter.optional(),
  to: timeParameter.optional(),
  limit: z.coerce.number().int().min(1).max(MOST).default(LIMIT),
  cursor: text.optional(),
  user: text.optional(),
  method: text.optional(),
  status: z
    .string()
    .regex(/^(\d{3}|[1-5]xx)$/)
    .optional(),
  path: text.optional(),
  /** In the language of `query`. */
  q: z.string().max(MOST_CHARACTERS).optional(),
});

/** More streams than this at once are refused. */
const STREAMS = 32;

const position = z.strictObject({ file: z.string(), offset: z.int().min(0), time: z.number().nullable() });

/** @param ending ends the streams */
export function entryRoutes(app: App, ending: AbortSignal): readonly Route[] {
  let streams = 0;
  return [
    route({
      method: 'GET',
      path: '/workspaces/{id}/logs/entries',
      right: 'user',
      summary: 'Entries of the API log, newest first, over plain and zipped files.',
      query,
      answer: z.object({ items: z.array(z.looseObject({})), nextCursor: z.string().nullable() }),
      handle: async ({ workspace: { id, root }, query: { limit, cursor, q, ...filter }, request }) => {
        const asked = [id, 'entries', filter, ...(q === undefined ? [] : [q])];
        const before = cursor === undefined ? undefined : fromCursor(cursor, asked, position);
        const { lines, next } = await app.run(
          'searchEntries',
          { root, filter, q, limit, before },
          { signal: request.signal },
        );
        const nextCursor = next === undefined ? null : toCursor(next, asked);
        // The lines are the log's own bytes.
        return jsonText(`{"items":[${lines.join(',')}],"nextCursor":${JSON.stringify(nextCursor)}}`);
      },
    }),
    route({
      method: 'GET',
      path: '/workspaces/{id}/logs/stream',
      right: 'user',
      summary:
        'New entries of the API log, of all processes that write it, as server-sent events. Last-Event-ID resumes; an event “gap” says that entries between are zipped or gone, and “end” that the server ends.',
      query: noQuery,
      answer: 'text/event-stream',
      handle: ({ workspace: { root }, request }) => {
        const given = request.headers.get('last-event-id');
        const since = given === null || given === '' ? undefined : parsePosition(given);
        if (given !== null && given !== '' && since === undefined)
          throw new Problem('invalid', 'This Last-Event-ID is not one of this stream.', {
            status: 400,
            field: 'last-event-id',
          });
        if (ending.aborted)
          throw new Problem('unavailable', 'The server is about to end. Connect again later.');
        if (streams >= STREAMS)
          throw new Problem('rate-limited', `There are ${String(STREAMS)} streams already. Try again later.`);
        const folder = logsFolder(root);
        requireFolder(folder);
        streams += 1;
        const body = followLog(folder, since, () => (streams -= 1), ending);
        const headers = {
          'content-type': 'text/event-stream',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
        };
        return Promise.resolve({ status: 200, headers, body });
      },
    }),
  ];
}
