import { randomUUID } from 'node:crypto';
import type { Entry } from '../../src/files/entry.ts';
import { sequence } from '../realisticLog.ts';

const agents = [
  'curl/8.',
  'okhttp/4.',
  'PostmanRuntime/7.',
  'python-requests/2.',
  'Go-http-client/2.',
  'axios/1.',
];
const resources = ['users', 'items', 'orders', 'invoices', 'deployments', 'reports/daily', 'carts'];
const writes = ['POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Entries of about 200 bytes as JSON, all of them writes, errors or logins, so that the filter keeps every one. Six in
 * ten have 9 fields, three 10, one 11, of which the product does not know the last. Each text is a flat string of its
 * own that was not hashed yet, as a server's parser makes them; most numbers occur once.
 */
export function freshEntries(count: number, seed: number): Entry[] {
  const random = sequence(seed);
  return Array.from({ length: count }, () => freshEntry(random));
}

function freshEntry(random: (below: number) => number): Entry {
  const kind = random(10);
  const isLogin = kind === 0;
  const isError = kind === 1 || kind === 2;
  const resource = resources[random(resources.length)] ?? '';
  const path = isLogin ? `/auth/login/${random(1e6)}` : `/api/${resource}/${random(1e6)}`;
  const id = randomUUID();
  const entry = {
    user: flat(`user${random(1e5)}`),
    method: isLogin || isError ? 'GET' : (writes[random(writes.length)] ?? 'PUT'),
    path: flat(random(5) === 0 ? `${path}?page=${random(1000)}` : path),
    status: isError ? 400 + random(30) : 200 + random(5),
    duration_ms: random(20_000_000) / 1000,
    ip: flat(`10.${random(256)}.${random(256)}.${random(256)}`),
    request_id: flat(random(2) === 0 ? id : id.replaceAll('-', '')),
    user_agent: flat(`${agents[random(agents.length)] ?? ''}${random(100)}.${random(100)}`),
    category: isLogin ? 'auth' : isError ? 'errors' : 'writes',
  };
  const more = random(10);
  if (more > 3) return entry;
  const workspace_id = flat(`ws-${random(1e6)}`);
  return more > 0 ? { ...entry, workspace_id } : { ...entry, workspace_id, bytes: random(1e6) };
}

/** V8 keeps the value of a template as a tree of pieces until it is first read; a text from the network is flat. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
