import { closeSync, openSync, writeSync } from 'node:fs';

const resources = ['users', 'items', 'orders', 'auth/login', 'sessions', 'deployments', 'invoices', 'health'];
const methods = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'];
const statuses = [200, 200, 200, 201, 204, 400, 401, 404, 500];

/** Numbers that look random and are the same in every run (a linear congruential generator). */
export function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return Math.floor((state / 0x8000_0000) * below);
  };
}

/** Writes `bytes` of API entries in the recorded format. */
export function writeRealisticLog(path: string, bytes: number): void {
  const random = sequence(7);
  const pick = <T>(values: readonly T[]): T | undefined => values[random(values.length)];
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => random(16).toString(16)).join('');
  const descriptor = openSync(path, 'w');
  let time = Date.UTC(2026, 0, 1);
  try {
    for (let written = 0; written < bytes;) {
      time += random(400);
      const entry = {
        timestamp: new Date(time).toISOString(),
        method: pick(methods),
        path: `/api/${pick(resources) ?? ''}/${String(random(100_000))}`,
        status: pick(statuses),
        duration_ms: random(20_000) / 10,
        user: `user${String(random(500))}@example.com`,
        request_id: hex(32),
        workspace_id: 'Zk3w9QpLx_aB',
        bytes: random(50_000),
      };
      written += writeSync(descriptor, `${JSON.stringify(entry)}\n`);
    }
  } finally {
    closeSync(descriptor);
  }
}
