import * as z from 'zod';
import type { App } from '../jobs/jobs.ts';
import { flag, forCaller, json, route, type Route } from './routes.ts';

const step = z.object({
  kind: z.string(),
  name: z.string(),
  to: z.string().optional(),
  bytes: z.number(),
  reason: z.string(),
});
const totals = z.object({ files: z.number(), bytes: z.number() });

/** How long to wait for another run, in ms. */
const PATIENCE_MS = 30_000;

export function maintenanceRoutes(app: App): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/workspaces/{id}/logs/maintenance',
      right: 'administrator',
      summary: 'Rotates, zips, expires and caps; with dry_run=1 it only says what it would do.',
      query: z.strictObject({ dry_run: flag }),
      answer: z.object({
        steps: z.array(step),
        skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
        before: totals,
        after: totals,
      }),
      handle: async ({ caller, workspace: { root }, query: { dry_run: isDry } }) => {
        const { steps, skipped, before, after } = isDry
          ? await app.run('previewMaintenance', { root })
          : await app.run('runMaintenance', { root, patience: PATIENCE_MS }, forCaller(caller));
        return json({ steps, skipped, before, after });
      },
    }),
  ];
}
