import type { Chance } from './chance.ts';

interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: (chance: Chance) => string;
  /** How long an answer takes on the average. */
  readonly milliseconds: number;
  readonly status: number;
  readonly user?: string;
}

const WORKSPACE = 'harbour-billing';
const users = ['alice', 'alice', 'bob', 'chidi', 'dana', 'Zoë Ångström', 'anonymous'] as const;
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 Safari/605.1.15',
  'harbour-worker/2.3.0',
] as const;

const health: Route = {
  method: 'GET',
  path: () => '/health',
  milliseconds: 1,
  status: 200,
  user: 'anonymous',
};
const list: Route = {
  method: 'GET',
  path: (chance) => `/api/invoices?page=${chance.whole(1, 40)}`,
  milliseconds: 35,
  status: 200,
};
const read: Route = {
  method: 'GET',
  path: (chance) => `/api/invoices/${chance.whole(1000, 9999)}`,
  milliseconds: 18,
  status: 200,
};
/** More frequent requests are listed more often. */
const routes: readonly [Route, ...Route[]] = [
  health,
  ...[health, health, health, list, list, list, list, read, read, read],
  { method: 'POST', path: () => '/api/invoices', milliseconds: 60, status: 201 },
  { method: 'POST', path: () => '/api/auth/login', milliseconds: 120, status: 200, user: 'anonymous' },
  { method: 'POST', path: () => '/api/auth/logout', milliseconds: 4, status: 204 },
  { method: 'POST', path: () => `/api/workspaces/${WORKSPACE}/files`, milliseconds: 90, status: 201 },
  { method: 'PUT', path: (chance) => `/api/customers/${chance.uuid()}`, milliseconds: 45, status: 200 },
  {
    method: 'DELETE',
    path: (chance) => `/api/invoices/${chance.whole(1000, 9999)}`,
    milliseconds: 25,
    status: 204,
  },
  { method: 'POST', path: () => '/api/deployments', milliseconds: 900, status: 202, user: 'dana' },
  { method: 'GET', path: () => '/api/reports/revenue.pdf', milliseconds: 700, status: 200 },
];
const troubles = [400, 401, 403, 404, 404, 409, 422, 429, 500, 503] as const;

/** An entry of the API log (FORMATS §1) as a small billing service writes it, without its time. */
export function requestOf(chance: Chance): Record<string, unknown> {
  const route = chance.pick(routes);
  const fails = route !== health && chance.happens(0.06);
  return {
    workspace_id: WORKSPACE,
    user: route.user ?? chance.pick(users),
    method: route.method,
    path: route.path(chance),
    status: fails ? chance.pick(troubles) : route.status,
    duration_ms: chance.mostlyShort(route.milliseconds),
    ip: `10.0.${chance.whole(0, 3)}.${chance.whole(2, 250)}`,
    request_id: route === health ? null : chance.uuid(),
    user_agent: route === health ? 'kube-probe/1.31' : chance.pick(agents),
  };
}
