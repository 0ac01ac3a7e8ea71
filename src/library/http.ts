import type { LogsApi, LogsApiOptions } from '../http/apiTypes.ts';
import { buildLogsApi } from '../http/logsApi.ts';
import type { AppJobs } from '../jobs/jobs.ts';
import { workerUrl } from '../jobs/workerUrl.ts';
import type { TrailReport } from '../audit/outputs/outputs.ts';
import { storeChoice } from '../audit/postgres/storeChoice.ts';
import type { TrailJobs } from '../audit/trail.ts';
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
 */
export function logsApi<Subject = unknown, Extra = unknown>(
  options: LogsApiOptions<Subject, Extra>,
  environment: Environment = process.env,
): LogsApi {
  checkLogsApiOptions(options);
  const api = (): Door => 'api';
  const app = workerRunner<AppJobs, AppReport>(workerUrl, undefined, api);
  const trail = workerRunner<TrailJobs, TrailReport>(trailUrl, undefined, api);
  const { fetch, node, fastify } = buildLogsApi(options, app, { trail, store: storeChoice(environment) });
  return { fetch, node, fastify };
}
