import * as z from 'zod';
import { exportPieces } from '../audit/export/wholeExport.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../audit/exportFormats.ts';
import { formatProof } from '../audit/proof.ts';
import { MOST_RECORDS } from '../audit/query.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { AuditFilter } from '../audit/store.ts';
import { timeParameter } from './entryRoutes.ts';
import { Problem } from './problem.ts';
import { flag, json, route, type Asked, type Route } from './routes.ts';
import type { Trails } from './trails.ts';

const PATH = '/workspaces/{id}/audit';
const LIMIT = 50;

const text = z.string().min(1).max(4096);
const seconds = timeParameter.transform((time) => Math.floor(time / 1000));
const filter = {
  user: text.optional(),
  action: text.optional(),
  entity_type: text.optional(),
  entity_id: text.optional(),
  from: seconds.optional(),
  to: seconds.optional(),
  text: text.optional(),
};
const record = z.looseObject({
  id: z.string(),
  user_id: z.string(),
  action: z.string(),
  entity_type: z.string(),
  entity_id: z.string(),
  created_at: z.number(),
});

const types: Readonly<Record<ExportFormat, string>> = {
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8',
  syslog: 'text/plain; charset=utf-8',
};

/** The audit trail of a workspace. An auditor sees the categories that the application grants. */
export function auditRoutes(trails: Trails): readonly Route[] {
  const { trail } = trails;
  return [
    route({
      method: 'GET',
      path: PATH,
      right: 'auditor',
      summary: 'Records of the audit trail, newest first.',
      query: z.strictObject({
        ...filter,
        limit: z.coerce.number().int().min(1).max(MOST_RECORDS).default(LIMIT),
        offset: z.coerce.number().int().min(0).optional(),
        cursor: text.optional(),
      }),
      answer: z.object({
        items: z.array(record),
        nextCursor: z.string().nullable(),
        total: z.number(),
        totalIsExact: z.boolean(),
      }),
      handle: async ({ caller, workspace: { root }, query: { limit, offset, cursor, ...given } }) => {
        const actions = trails.seenBy(caller, 'query');
        await trails.flush(root);
        const page = await trail.run('queryTrail', {
          ...trails.place(root),
          filter: { ...filterOf(given), actions },
          limit,
          offset,
          cursor,
        });
        const { records: items, cursor: nextCursor, total, totalIsExact } = page;
        return json({ items, nextCursor, total, totalIsExact });
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/export`,
      right: 'auditor',
      summary: 'The records that fit, in the order of the trail.',
      query: z.strictObject({ ...filter, format: z.enum(EXPORT_FORMATS).default('json') }),
      answer: 'application/x-ndjson',
      handle: async ({ caller, workspace: { root }, query: { format, ...given } }) => {
        const actions = trails.seenBy(caller, 'export');
        await trails.flush(root);
        const asked = {
          ...trails.place(root),
          format,
          filter: { ...filterOf(given), actions },
          user: caller.user,
        };
        const pieces = exportPieces(trail, asked);
        // What cannot be recorded or read is refused before the first byte.
        const first = await pieces.next();
        const body = new ReadableStream<Uint8Array>({
          async pull(controller) {
            for (let piece = next ?? (await pieces.next()); ; piece = await pieces.next()) {
              next = undefined;
              if (piece.done === true) {
                controller.close();
                return;
              }
              controller.enqueue(encoder.encode(piece.value));
              return;
            }
          },
        });
        let next: typeof first | undefined = first;
        return new Response(body, {
          headers: {
            'content-type': types[format],
            'content-disposition': `attachment; filename="audit.${format === 'syslog' ? 'log' : format}"`,
            'x-content-type-options': 'nosniff',
            'cache-control': 'no-store',
          },
        });
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/verification`,
      right: 'auditor',
      summary: 'Checks that the trail is as it was written.',
      query: z.strictObject({ indexes: flag }),
      answer: z.looseObject({ state: z.enum(['sound', 'tampered', 'unknown']), records: z.number() }),
      handle: async ({ caller, workspace: { root }, query: { indexes }, request }) => {
        trails.seenBy(caller, 'verify');
        await trails.flush(root);
        // Records of the last seconds have no checkpoint yet. A trail that cannot be signed is verified all the same.
        if ((await trail.run('stateOfTrail', trails.place(root))).records > 0)
          await trail.run('sealTrail', trails.place(root)).catch(() => undefined);
        const asked = { ...trails.place(root), indexes, user: caller.user };
        return json(await trail.run('verifyTrail', asked, { signal: request.signal }));
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/{record}/proof`,
      right: 'auditor',
      summary: 'A record with its path in the tree and a signed checkpoint.',
      query: z.strictObject({}),
      answer: z.object({
        record: z.string(),
        leaf: z.number(),
        path: z.array(z.string()),
        note: z.string(),
      }),
      handle: async ({ caller, workspace: { root }, params: { record: id = '' } }) => {
        const actions = trails.seenBy(caller, 'prove');
        const proof = await trail.run('proveInTrail', { ...trails.place(root), id, actions });
        return new Response(formatProof(proof), {
          headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
        });
      },
    }),
    route({
      method: 'POST',
      path: PATH,
      right: 'administrator',
      summary: 'Appends a record: 201 for a new one, 200 for one that is there already.',
      query: z.strictObject({}),
      body: record.partial({ id: true, created_at: true }),
      answer: z.object({ id: z.string() }),
      status: 201,
      handle: (asked) => append(trails, asked),
    }),
  ];
}

const encoder = new TextEncoder();

type Given = z.output<z.ZodObject<typeof filter>>;

function filterOf({ entity_type: entityType, entity_id: entityId, ...others }: Given): AuditFilter {
  return { ...others, entityType, entityId };
}

async function append(trails: Trails, { workspace: { root }, body }: Asked): Promise<Response> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Problem('invalid', 'The body must be a record, as a JSON object.');
  const { id, outcome } = await trails.append(root, body as AuditRecord);
  if (outcome === 'conflict')
    throw new Problem('conflict', 'The audit trail has another record with this id.');
  return json({ id }, {}, outcome === 'appended' ? 201 : 200);
}
