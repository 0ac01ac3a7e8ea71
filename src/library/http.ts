import type { LogsApi, LogsApiOptions } from '../http/apiTypes.ts';
import { buildLogsApi } from '../http/logsApi.ts';
import type { AppJobs } from '../jobs/jobs.ts';
import { workerUrl } from '../jobs/workerUrl.ts';
import type { TrailReport } from '../audit/outputs/outputs.ts';
import type { TrailJobs } from '../audit/trail.ts';
import { handDown, readAuditEnvironment } from '../policy/auditEnvironment.ts';
import { trailUrl } from '../audit/trailUrl.ts';
import { workerRunner, type Door, type Environment } from '../base/job.ts';
import type { AppReport } from '../workspace/workspace.ts';
import { checkLogsApiOptions } from './optionRules.ts';

export type { Caller, LogsApi, LogsApiOptions } from '../http/apiTypes.ts';

/**
 * The HTTP API for your own server, behind your own login. It listens to nothing.
 * @example
 * const api = logsApi({
 *   workspaces: { shop: '/srv/shop' },
 *   authorise: (request) => request.user && { user: request.user.name, role: 'user', workspaces: ['shop'] },
 * });
 * app.use(api.node); // Express, node:http: (request, response) => api.node(request, response)
 * fastify.register(api.fastify);
 * hono.all('/api/*', (c) => api.fetch(c.req.raw, c));
 * @param environment says which database keeps the audit trails; that of the process by default
 * @throws TypeError for options that are unknown or wrong
 * @throws Failure `environment-invalid` for a wrong `AUDIT_*` variable
 */
export function logsApi<Subject = unknown, Extra = unknown>(
  options: LogsApiOptions<Subject, Extra>,
  environment: Environment = process.env,
): LogsApi {
  checkLogsApiOptions(options);
  const api = (): Door => 'api';
  const given = { ...process.env, ...environment };
  const own = handDown(given, readAuditEnvironment(given));
  const app = workerRunner<AppJobs, AppReport>(workerUrl, own, api);
  const trail = workerRunner<TrailJobs, TrailReport>(trailUrl, own, api);
  const { fetch, node, fastify, close } = buildLogsApi(options, app, trail);
  return { fetch, node, fastify, close };
}
