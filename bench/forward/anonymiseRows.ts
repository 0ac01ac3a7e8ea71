import { randomBytes } from 'node:crypto';
import { anonymise } from '../../src/privacy/anonymise.ts';
import type { EventKind } from '../../src/privacy/table.ts';
import { duration, sideBySide } from '../sideBySide.ts';
import { times, type Row } from '../table.ts';

const EVENTS = 20_000;
const TURNS = 5;
const GOAL = 6;

/** How long `anonymise` takes for events of 1 KB, beside `structuredClone` of the same. */
export async function anonymiseRows(): Promise<readonly Row[]> {
  const key = randomBytes(32);
  const rows: Row[] = [];
  for (const [kind, event] of Object.entries(events) as [EventKind, object][]) {
    const { anonymised, cloned } = await sideBySide(TURNS, {
      anonymised: () => duration(repeat(() => anonymise(event, { key }, kind))),
      cloned: () => duration(repeat(() => structuredClone(event))),
    });
    const ratio = anonymised / cloned;
    rows.push({
      what: `anonymise ${kind}, ${String(JSON.stringify(event).length)} bytes`,
      ...{ measured: each(anonymised), against: `structuredClone ${each(cloned)}` },
      ...{ ratio: times(ratio), goal: `≤ ${times(GOAL)}`, met: ratio <= GOAL },
    });
  }
  return rows;
}

function repeat(work: () => unknown): () => void {
  return () => {
    for (let at = 0; at < EVENTS; at++) work();
  };
}

function each(ms: number): string {
  return `${((ms * 1000) / EVENTS).toFixed(1)} µs`;
}

const agent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36';
const text = 'It says how the figures of the last quarter came about, and what to do about them. ';

/** One event of each kind, of about 1 KB. */
const events: Readonly<Record<EventKind, object>> = {
  entry: {
    ...{
      timestamp: '2026-02-14T18:22:33.120Z',
      workspace_id: 'abc123',
      user: 'alice@example.com',
      method: 'POST',
    },
    ...{ path: '/api/workspaces/abc123/files/9f1c?page=2', status: 200, duration_ms: 42, ip: '10.0.0.5' },
    ...{ request_id: '9f1c2d3e', category: 'writes', user_agent: agent, request_object: text.repeat(7) },
  },
  audit: {
    ...{ id: '1b4e28ba-2fa1-41d2-883f-0016d3cca427', user_id: 'alice', action: 'policy_changed' },
    ...{ entity_type: 'policy', entity_id: '.workspace-logs.json', description: text.repeat(7) },
    changes: { 'retention.hold': { old: false, new: true }, 'rotation.maxFileMB': { old: 20, new: 50 } },
    ...{
      audit_metadata: { door: 'cli' },
      created_at: 1_770_000_000,
      source_ip: '10.0.0.5',
      user_agent: 'curl/8.5',
    },
  },
  usage: {
    ...{ id: 'a3bb189e-8bf9-4c39-9912-ace4e6543002', timestamp: '2026-02-14T18:22:33.120Z', chatId: 'c-1' },
    ...{ messageId: 'm-1', model: 'model-1', user: { email: 'alice@example.com', name: 'Alice Example' } },
    ...{ tokens: { input: 512, output: 128 }, durationMs: 1234, tags: ['open-webui', 'title_generation'] },
    messages: [
      { role: 'system', content: text.repeat(2) },
      { role: 'user', content: [{ type: 'text', text: text.repeat(4) }] },
    ],
    metadata: {
      interface: 'open-webui',
      variables: { '{{USER_NAME}}': 'Alice', '{{CURRENT_DATE}}': '2026-02-14' },
    },
  },
};
