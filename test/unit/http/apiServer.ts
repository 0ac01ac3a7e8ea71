import { buildLogsApi, type ApiTrail } from '../../../src/http/logsApi.ts';
import type { Caller, LogsApi } from '../../../src/http/apiTypes.ts';
import type { TrailReport } from '../../../src/audit/outputs/outputs.ts';
import { trailJobs, type TrailJobs } from '../../../src/audit/trail.ts';
import { inlineRunner } from '../../../src/base/job.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { testEnvironment } from '../freshFolders.ts';

/** The audit trails, in this thread. */
export function inlineTrail(): ApiTrail {
  const trail = inlineRunner<TrailJobs, TrailReport>(trailJobs, testEnvironment(), 'api');
  return { trail, store: 'sqlite' };
}

/** The API of these workspaces, for callers who say in a header which role they have: `user:ada:shop,other`, an auditor's
 * categories behind it. */
export function apiOf(workspaces: Readonly<Record<string, string>>): LogsApi {
  return buildLogsApi(
    { workspaces, authorise: (request: Request) => callerOf(request.headers.get('x-caller')) },
    inlineApp(testEnvironment()),
    inlineTrail(),
    () => Promise.resolve(undefined),
  );
}

function callerOf(text: string | null): Caller | undefined {
  if (text === null) return undefined;
  const [role = '', user = '', ids = '', categories] = text.split(':');
  const granted = categories === undefined ? {} : { categories: categories.split(',') };
  return { role: role as Caller['role'], user, workspaces: ids.split(','), ...granted };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON of the body. */
  readonly body: Record<string, unknown>;
}

interface AskOptions {
  readonly as?: string | undefined;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
}

/** Asks the API; a body that is no text is sent as JSON. */
export async function ask(api: LogsApi, path: string, options: AskOptions = {}): Promise<Answer> {
  const { as = 'administrator:root:test', method = 'GET', headers = {}, body } = options;
  const isMutation = method !== 'GET' && method !== 'DELETE';
  const request = new Request(`http://localhost${path}`, {
    method,
    headers: {
      ...(as !== '' && { 'x-caller': as }),
      ...(isMutation && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const response = await api.fetch(request);
  const text = await response.text();
  let parsed: Record<string, unknown> = {};
  if (response.headers.get('content-type')?.includes('json') === true)
    parsed = JSON.parse(text) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, text, body: parsed };
}
