import { randomBytes } from 'node:crypto';
import type { TrailReport } from '../../src/audit/outputs/outputs.ts';
import { trailJobs, type TrailJobs } from '../../src/audit/trail.ts';
import { inlineRunner, type Environment } from '../../src/base/job.ts';
import type { Chance } from './chance.ts';
import { DAY, MINUTE, type Demo } from './scene.ts';

type Deed = Readonly<Record<string, unknown>>;

/** What happens in a workspace, each as often as its number says. */
const deeds: readonly (readonly [weight: number, make: (chance: Chance) => Deed])[] = [
  [60, (chance) => maintenance('log_rotated', chance)],
  [60, (chance) => maintenance('log_zipped', chance)],
  [12, (chance) => maintenance('log_expired', chance)],
  [90, requestOf],
  [30, (chance) => person(chance, 'login', 'user', chance.pick(people))],
  [8, (chance) => ({ ...person(chance, 'login_failed', 'user', chance.pick(people)), user_id: 'anonymous' })],
  [
    9,
    (chance) =>
      person(chance, 'archive_opened', 'archive', `session_logs/anna/chat-${chance.whole(1, 40)}/m-1.zip`),
  ],
  [
    3,
    (chance) =>
      person(chance, 'archive_decrypted', 'archive', `session_logs/anna/chat-${chance.whole(1, 40)}/m-2.zip`),
  ],
  [4, (chance) => person(chance, 'log_downloaded', 'log', `logs/api.${chance.whole(1, 300)}.log`)],
  [2, (chance) => person(chance, 'log_deleted', 'log', `logs/worker.${chance.whole(1, 30)}.log`)],
  [3, priceOf],
  [1, policyOf],
  [1, (chance) => person(chance, 'api_key_created', 'api_key', 'ci-deploy')],
];
const people = ['alice', 'bob', 'dana', 'chidi', 'anna'] as const;

function person(chance: Chance, action: string, kind: string, thing: string): Deed {
  const user_id = chance.pick(people);
  return { user_id, action, entity_type: kind, entity_id: thing, audit_metadata: { door: 'vscode' } };
}

function maintenance(action: string, chance: Chance): Deed {
  const files = [{ name: `api.${chance.whole(1, 900)}.log`, bytes: chance.whole(1e6, 2e7), reason: 'age' }];
  return {
    user_id: 'maintenance',
    action,
    entity_type: 'log',
    entity_id: `logs/${files[0]?.name ?? ''}`,
    audit_metadata: { door: 'library', files },
  };
}

function requestOf(chance: Chance): Deed {
  const plan = `/api/plans/${chance.pick(['starter', 'pro-monthly', 'pro-yearly', 'team'])}`;
  return {
    user_id: chance.pick(people),
    action: 'request',
    entity_type: 'route',
    entity_id: plan,
    verb: chance.pick(['POST', 'PUT', 'PATCH', 'DELETE']),
    request_uri: plan,
    response_status_code: chance.happens(0.96) ? 200 : chance.pick([403, 409, 500]),
    source_ip: `10.0.0.${chance.whole(2, 90)}`,
    audit_metadata: { door: 'library' },
  };
}

function priceOf(chance: Chance): Deed {
  const old = chance.whole(9, 40) * 100 - 10;
  return {
    ...person(chance, 'plan_updated', 'plan', chance.pick(['starter', 'pro-monthly', 'pro-yearly'])),
    changes: { price: { old, new: old + 500 }, quotas: { old: { seats: 5 }, new: { seats: 10 } } },
    audit_metadata: { door: 'library' },
  };
}

function policyOf(chance: Chance): Deed {
  const sizes = [5, 20, 50] as const;
  const changes = {
    'retention.maxAge': { old: { months: 6 }, new: { months: chance.whole(2, 12) } },
    'rotation.maxFileMB': { old: chance.pick(sizes), new: 10 },
  };
  return { ...person(chance, 'policy_changed', 'policy', '.workspace-logs.json'), changes };
}

const BATCH = 10_000;

/** The audit trail of a managed workspace: `count` records over half a year, sealed. */
export async function makeAuditTrail(
  root: string,
  { chance, now }: Pick<Demo, 'chance' | 'now'>,
  count: number,
  environment: Environment = process.env,
): Promise<void> {
  const trail = inlineRunner<TrailJobs, TrailReport>(trailJobs, environment);
  const all = deeds.flatMap(([weight, make]) => Array.from({ length: weight }, () => make));
  const first = now - 180 * DAY;
  const ids = randomBytes(4).toString('hex');
  for (let made = 0; made < count; made += BATCH) {
    const entries = Array.from({ length: Math.min(BATCH, count - made) }, (_, index) => {
      const number = made + index;
      const time = first + ((now - 2 * MINUTE - first) * (number + chance.fraction())) / count;
      const make = all[chance.whole(0, all.length - 1)];
      const record = { id: `${ids}-${number}`, ...make?.(chance), created_at: Math.floor(time / 1000) };
      return { entry: JSON.stringify(record), filled: [] };
    });
    await trail.run('appendToTrail', { root, entries });
  }
  await trail.run('closeTrail', { root });
}
