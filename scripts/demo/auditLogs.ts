import type { Chance } from './chance.ts';
import { DAY, MINUTE, iso, times, writeLog, writeZip, type Demo } from './scene.ts';

const people = [
  { id: 'u-7f3c', email: 'alice@example.com', role: 'admin', name: 'Alice Ä' },
  { id: 'u-19b2', email: 'bob@example.com', role: 'user', name: 'Bob' },
  {},
] as const;
const targets = [
  ['POST', '/api/v1/chats/new'],
  ['POST', '/api/v1/users/default/permissions'],
  ['DELETE', '/api/v1/chats/5be0c1b2'],
  ['POST', '/api/v1/auths/signin'],
] as const;

/** The audit log of an Open WebUI (FORMATS §3): the active file, and two that were rotated by size and zipped. */
export async function makeAuditLogs({ logs, chance, now }: Demo): Promise<void> {
  for (const age of [75, 30]) {
    const last = now - age * DAY;
    const name = `audit.${iso(last).slice(0, 19).replace('T', '_').replaceAll(':', '-')}_${chance.whole(100_000, 999_999)}.log`;
    await writeZip(logs, name, records(chance, last - 40 * DAY, last, 4000), last);
  }
  const last = now - 9 * MINUTE;
  await writeLog(logs, 'audit.log', records(chance, now - 30 * DAY, last, 2500), last);
}

function records(chance: Chance, from: number, to: number, count: number): string {
  return times(chance, from, to, count)
    .map((time) => `${ascii(JSON.stringify(recordOf(chance, time)))}\n`)
    .join('');
}

function recordOf(chance: Chance, time: number): Record<string, unknown> {
  const [verb, path] = chance.pick(targets);
  const body = chance.happens(0.3)
    ? JSON.stringify({ model: 'small', title: 'Übersicht', pinned: true })
    : '';
  return {
    id: chance.uuid(),
    timestamp: Math.floor(time / 1000),
    user: chance.pick(people),
    audit_level: body === '' ? 'METADATA' : 'REQUEST',
    verb,
    request_uri: `http://chat.example.test${path}`,
    response_status_code: null,
    source_ip: `10.0.0.${chance.whole(2, 40)}`,
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
    request_object: body,
    response_object: '',
    extra: {},
  };
}

/** As Python's json module writes by default. */
function ascii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
