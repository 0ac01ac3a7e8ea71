import { sequence } from '../realisticLog.ts';

const words = [
  'name',
  'status',
  'items',
  'address',
  'city',
  'comment',
  'total',
  'currency',
  'created_at',
  'tags',
];
const texts = [
  'in progress',
  'Rue de la Gare 12, 1003 Lausanne',
  'EUR',
  'delivered',
  '2026-03-14T09:26:53Z',
  'none',
];
/** One body in this many holds a password. */
const SENSITIVE_EVERY = 20;

/**
 * Bodies of about `bytes` as JSON, 2 to 6 levels deep, all different. They are parsed, as a framework passes them, and
 * made again each time, so that no string was seen before.
 */
export function freshBodies(count: number, bytes: number, seed: number): unknown[] {
  const random = sequence(seed);
  return Array.from({ length: count }, (_, index) => {
    const depth = 2 + (index % 5);
    const body: Record<string, unknown> = {};
    let length = 2;
    for (let number = 0; length < bytes; number += 1) {
      const member = branch(random, depth - 1);
      const key = `${words[random(words.length)] ?? ''}_${number}`;
      body[key] = member;
      length += JSON.stringify(member).length + key.length + 4;
    }
    if (index % SENSITIVE_EVERY === 0) body.password = `pw-${random(1e9)}`;
    return JSON.parse(JSON.stringify(body)) as unknown;
  });
}

/** A value with at most `depth` levels below it; its first branch is the deepest. */
function branch(random: (below: number) => number, depth: number): unknown {
  if (depth === 0) return leaf(random);
  if (random(4) === 0) return [branch(random, depth - 1), leaf(random), leaf(random)];
  const value: Record<string, unknown> = {};
  for (let index = 0; index < 3; index += 1)
    value[words[random(words.length)] ?? ''] = index === 0 ? branch(random, depth - 1) : leaf(random);
  return value;
}

function leaf(random: (below: number) => number): unknown {
  switch (random(5)) {
    case 0:
      return random(1e6);
    case 1:
      return random(1e6) / 100;
    case 2:
      return random(2) === 0;
    default:
      return `${texts[random(texts.length)] ?? ''} ${random(1e5)}`;
  }
}

/**
 * Bodies of the kind that code hosts post for a pull request, about 2 KB each, all different and parsed as above.
 * @param isOdd whether each holds one empty object, as what JSON.stringify makes of a Map
 */
export function webhookBodies(count: number, isOdd: boolean, seed: number): unknown[] {
  const random = sequence(seed);
  const api = 'https://api.example.com';
  const person = (): unknown => {
    const name = `octo${random(1e6)}`;
    return {
      ...{
        login: name,
        id: random(1e6),
        avatar_url: `${api}/u/${random(1e6)}?v=4`,
        type: 'User',
        site_admin: false,
      },
      ...{ url: `${api}/users/${name}`, events_url: `${api}/users/${name}/events{/privacy}` },
    };
  };
  return Array.from({ length: count }, () => {
    const number = random(1e5);
    const pull = {
      ...{
        url: `${api}/repos/octo/hello/pulls/${number}`,
        id: random(1e9),
        number,
        state: 'open',
        locked: false,
      },
      ...{
        title: 'Fix the build on Windows',
        user: person(),
        assignee: null,
        draft: false,
        comments: random(50),
      },
      body: 'This fixes #12: the path is joined with the wrong separator.\nTested on 3 machines.',
      ...{ created_at: '2026-03-14T09:26:53Z', updated_at: '2026-03-15T10:02:11Z', closed_at: null },
      labels: [{ id: random(1e9), name: 'bug', color: 'f29513', default: true }],
      head: {
        ...{ label: 'octo:fix', ref: 'fix', sha: random(1e9).toString(16).padStart(40, 'a'), user: person() },
        repo: {
          id: random(1e9),
          name: 'hello',
          full_name: 'octo/hello',
          private: false,
          topics: ['octo', 'api'],
        },
      },
      links: { html: { href: `https://example.com/octo/hello/pull/${number}` }, custom: isOdd ? {} : null },
    };
    const body = {
      action: 'opened',
      number,
      pull_request: pull,
      sender: person(),
      installation: { id: random(1e6) },
    };
    return JSON.parse(JSON.stringify(body)) as unknown;
  });
}
