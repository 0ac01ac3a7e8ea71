import type { NewEntry } from '../../src/audit/record.ts';
import { sequence } from '../realisticLog.ts';

const actions = [
  ['login', 'user'],
  ['plan_updated', 'plan'],
  ['subscription_plan_changed', 'subscription'],
  ['user_role_changed', 'user'],
  ['wallet_adjusted', 'wallet'],
  ['configuration_updated', 'config'],
  ['api_key_created', 'key'],
  ['plan_deleted', 'plan'],
  ['policy_changed', 'policy'],
  ['user_deleted', 'user'],
] as const;

const START = Date.UTC(2026, 0, 1) / 1000;
const SECONDS_APART = 30;

/** Records of a backend, with nothing to mask, in the order of their times. Few people, actions and things make up most of them. */
export function entriesOf(from: number, count: number): NewEntry[] {
  const random = sequence(from + 11);
  /** Below `most`; small numbers come far more often. */
  const skewed = (most: number): number => Math.floor((random(1_000_000) / 1_000_000) ** 4 * most);
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => random(16).toString(16)).join('');
  return Array.from({ length: count }, (_, index) => {
    const number = from + index;
    const [action, type] = actions[skewed(actions.length)] ?? actions[0];
    const price = random(5000);
    const record = {
      id: `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
      user_id: `user-${String(skewed(2000))}`,
      action,
      entity_type: type,
      entity_id: `${type}-${String(skewed(50_000))}`,
      description: 'Changed in the administration',
      changes: {
        price: { old: price, new: price + 500 },
        quotas: { old: { calls: 10 }, new: { calls: 20 } },
      },
      audit_metadata: { door: 'library', request: hex(16) },
      created_at: START + number * SECONDS_APART + random(SECONDS_APART),
      source_ip: `10.0.${String(random(4))}.${String(random(250))}`,
      user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0)',
    };
    return { entry: JSON.stringify(record), filled: [] };
  });
}
