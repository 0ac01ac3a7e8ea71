import { Hono, type Context } from 'hono';
import * as z from 'zod';
import type { App } from '../jobs/jobs.ts';
import { readJson, requireJsonType } from './body.ts';
import type { Caller } from './apiTypes.ts';
import { callerOf, mayDo } from './caller.ts';
import { auditRoutes } from './auditRoutes.ts';
import { configRoutes } from './configRoutes.ts';
import { entryRoutes } from './entryRoutes.ts';
import { fileRoutes } from './fileRoutes.ts';
import { maintenanceRoutes } from './maintenanceRoutes.ts';
import { openApi } from './openApi.ts';
import { notFound, Problem, problemOf } from './problem.ts';
import { recordingOf, type RecorderOf, type ServerSide } from './recording.ts';
import { json, noQuery, route, type Route, type Workspace } from './routes.ts';
import type { Trails } from './trails.ts';

export interface ApiParts {
  readonly base: string;
  /** The folder of a workspace's id; undefined where there is none. */
  readonly folderOf: (id: string) => string | undefined | Promise<string | undefined>;
  /** Who asks: the application's answer. */
  readonly authorise: (subject: unknown, context: unknown) => unknown;
  readonly app: App;
  readonly trails: Trails;
  readonly recorderOf: RecorderOf;
}

/** What comes with a request. */
interface Env extends ServerSide {
  /** What `authorise` gets. */
  readonly subject: unknown;
  readonly context: unknown;
}

export interface Api {
  readonly answer: (request: Request, env: Env) => Promise<Response>;
  /** The OpenAPI document of the routes, as JSON. */
  readonly document: string;
}

interface Types {
  Bindings: Env & { user: string | undefined };
  Variables: { caller: Caller };
}

/** The routes of the API behind the application's own login. It listens to nothing. */
export function createApi({ base, folderOf, authorise, app, trails, recorderOf }: ApiParts): Api {
  const workspaces = route({
    method: 'GET',
    path: '/workspaces',
    right: 'any',
    summary: 'The workspaces that the caller may see.',
    query: noQuery,
    answer: z.object({
      items: z.array(z.object({ id: z.string() })),
      nextCursor: z.null(),
      total: z.number(),
    }),
    handle: async ({ caller }) => {
      const known = await Promise.all(
        [...new Set(caller.workspaces)].map(async (id) =>
          (await folderOf(id)) === undefined ? [] : [{ id }],
        ),
      );
      const items = known.flat();
      return json({ items, nextCursor: null, total: items.length });
    },
  });
  const routes: readonly Route[] = [
    workspaces,
    ...configRoutes(app),
    ...fileRoutes(app),
    ...entryRoutes(app),
    ...maintenanceRoutes(app),
    ...auditRoutes(trails),
  ];

  const hono = new Hono<Types>();
  const beginEntry = recordingOf({ base, folderOf, recorderOf });

  async function answer(c: Context<Types>, { right, query, method, path, handle }: Route): Promise<Response> {
    const { caller } = c.var;
    const request = c.req.raw;
    const { id, ...params } = c.req.param() as Record<string, string>;
    const workspace =
      id === undefined ? { id: '', root: '' } : await workspaceOf(id, caller, `${method} ${path}`);
    try {
      if (!mayDo(caller, right)) {
        if (workspace.root !== '') trails.deny(workspace.root, caller, `${method} ${path}`);
        throw new Problem('forbidden', 'Your role may not do this.');
      }
      if (method === 'PUT' || method === 'POST') requireJsonType(request);
      else if (method === 'DELETE' && hasBody(request)) requireJsonType(request);
      const asked = parametersOf(request.url, query);
      const body = method === 'GET' ? undefined : await readJson(request);
      return await handle({ request, caller, workspace, params, query: asked, body });
    } catch (error) {
      throw problemOf(error, workspace.root === '' ? undefined : workspace.root);
    }
  }

  /** Another's workspace, and one that isn't there, look the same. */
  async function workspaceOf(id: string, caller: Caller, deed: string): Promise<Workspace> {
    const root = await folderOf(id);
    if (root === undefined) throw notFound();
    if (caller.workspaces.includes(id)) return { id, root };
    trails.deny(root, caller, deed);
    throw notFound();
  }

  hono.use('*', async (c, next) => {
    const caller = await callerOf(() => authorise(c.env.subject, c.env.context));
    c.env.user = caller.user;
    c.set('caller', caller);
    await next();
  });
  for (const one of routes)
    hono.on(one.method, base + one.path.replace(/\{(\w+)\}/g, ':$1'), (c) => answer(c, one));
  const document = JSON.stringify(openApi(base, routes));
  hono.get(
    `${base}/openapi.json`,
    () => new Response(document, { headers: { 'content-type': 'application/json' } }),
  );
  for (const path of new Set(routes.map((one) => one.path))) {
    const allowed = routes.filter((one) => one.path === path).map(({ method }) => method);
    const headers = {
      allow: allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', '),
    };
    hono.all(base + path.replace(/\{(\w+)\}/g, ':$1'), () => {
      throw new Problem('unsupported', 'This address has no such method.', { status: 405, headers });
    });
  }
  hono.notFound(() => notFound().response());
  hono.onError((error) => problemOf(error, undefined).response());

  return {
    document,
    async answer(request, env) {
      const bindings = { ...env, user: undefined };
      const record = beginEntry(request, env);
      const response = await hono.fetch(request, bindings);
      void record(bindings.user, response.status);
      return response;
    },
  };
}

function hasBody(request: Request): boolean {
  const length = request.headers.get('content-length');
  return length === null ? request.headers.has('transfer-encoding') : length !== '0';
}

/** @throws Problem `invalid`, with the parameter's name */
function parametersOf(url: string, schema: z.ZodType): unknown {
  const given: Record<string, string> = {};
  for (const [name, value] of new URL(url).searchParams) {
    if (Object.hasOwn(given, name)) throw parameterProblem(name, 'is given twice');
    Object.defineProperty(given, name, { value, enumerable: true, configurable: true });
  }
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue?.code === 'unrecognized_keys') throw parameterProblem(issue.keys[0] ?? '', 'is not known');
  throw parameterProblem(String(issue?.path[0] ?? ''), 'has a wrong value');
}

function parameterProblem(name: string, what: string): Problem {
  return new Problem('invalid', `The parameter “${name.slice(0, 100)}” ${what}.`, {
    status: 400,
    field: name,
  });
}
