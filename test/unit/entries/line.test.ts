import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { bodyText, createIntake, FILTERED, INVALID, TAKEN, type Taken } from '../../../src/entries/line.ts';
import { LineBuffer } from '../../../src/masking/lineBuffer.ts';
import { createMasker, MASK } from '../../../src/masking/masker.ts';
import type { Entry } from '../../../src/files/entry.ts';
import { readPolicyText } from '../../../src/policy/policyText.ts';
import fc from 'fast-check';

const now = Date.parse('2026-03-04T05:06:07.089Z');
const basic = { method: 'GET', path: '/a', status: 200 };
const required = {
  timestamp: '2026-03-04T05:06:07.089Z',
  workspace_id: 'w1',
  user: 'anonymous',
  ...basic,
  duration_ms: null,
};
const levels = ['NONE', 'METADATA', 'REQUEST', 'REQUEST_RESPONSE'] as const;

/** The line of an entry, or why there is none. */
function take(entry: unknown, recording: object = {}): string | Taken {
  const reading = readPolicyText(JSON.stringify({ version: 1, recording }));
  assert.ok(reading.kind === 'valid', reading.kind);
  const masker = createMasker({ extraKeys: ['fleet code'] });
  const intake = createIntake({ recording: reading.policy.recording, workspaceId: 'w1', masker });
  // Small, so that it must grow.
  const out = new LineBuffer(16);
  const taken = intake.append(entry as Entry, now, out);
  assert.equal(out.isBegun, taken === TAKEN);
  out.finish();
  return taken === TAKEN ? Buffer.from(out.take()).toString() : taken;
}

function lineOf(entry: unknown, recording?: object): Record<string, unknown> {
  const line = take(entry, recording);
  assert.ok(typeof line === 'string', String(line));
  assert.equal(line.indexOf('\n'), line.length - 1);
  return JSON.parse(line) as Record<string, unknown>;
}

describe('intake', () => {
  it('fills in what a line must have, in the order of the format', () => {
    const line = lineOf(basic);
    assert.deepEqual(line, required);
    assert.deepEqual(Object.keys(line), Object.keys(required));
  });

  it('keeps what an entry says', () => {
    const entry = {
      timestamp: '2026-01-01T00:00:00Z',
      workspace_id: 'other-1',
      user: 'ada',
      method: 'POST',
      path: '/api/things',
      status: 404,
      duration_ms: 12,
      ip: '10.0.0.5',
      request_id: '9f1c0a52-5a6e-4b57-9a0e-0e6a4d9d8f21',
      user_agent: 'curl/8.0',
      category: 'errors',
    };
    assert.deepEqual(lineOf(entry), entry);
  });

  const invalid: [name: string, entry: unknown][] = [
    ...([undefined, null, 1, 'GET', true, [], [basic], () => basic] as const).map(
      (value): [string, unknown] => [inspect(value), value],
    ),
    ...(['method', 'path', 'status'] as const).map((key): [string, unknown] => [
      `no ${key}`,
      { ...basic, [key]: undefined },
    ]),
    ...['', 5, null, {}].flatMap((value): [string, unknown][] => [
      [`method ${JSON.stringify(value)}`, { ...basic, method: value }],
      [`path ${JSON.stringify(value)}`, { ...basic, path: value }],
    ]),
    ...['200', -1, 1000, 200.5, Number.NaN, Number.POSITIVE_INFINITY, null].map(
      (value): [string, unknown] => [`status ${String(value)}`, { ...basic, status: value }],
    ),
  ];
  for (const [name, entry] of invalid)
    it(`is invalid: ${name}`, () => {
      assert.equal(take(entry), INVALID);
      assert.equal(take(entry, { level: 'NONE' }), INVALID);
    });

  const filled: [name: string, given: object, wanted: object][] = [
    ['user is empty', { user: '' }, { user: 'anonymous' }],
    ['user is null', { user: null }, { user: 'anonymous' }],
    ['user is no text', { user: { name: 'ada' } }, { user: 'anonymous' }],
    ['workspace_id is null', { workspace_id: null }, {}],
    ['workspace_id is no plausible id', { workspace_id: '"},{"' }, {}],
    ['workspace_id is a secret', { workspace_id: `ghp_${'a1B2'.repeat(9)}` }, { workspace_id: MASK }],
    ['workspace_id is too long', { workspace_id: 'x'.repeat(65) }, {}],
    ['duration is a fraction', { duration_ms: 1.5 }, { duration_ms: 2 }],
    ['duration is zero', { duration_ms: 0 }, { duration_ms: 0 }],
    ['duration is absent', { duration_ms: undefined }, { duration_ms: null }],
    ['duration is negative', { duration_ms: -3 }, { duration_ms: null }],
    ['duration is no number', { duration_ms: '5' }, { duration_ms: null }],
    ['duration is endless', { duration_ms: Number.POSITIVE_INFINITY }, { duration_ms: null }],
    ['ip is null', { ip: null }, {}],
    ['request_id is a number', { request_id: 5 }, {}],
    ['truncated is told', { truncated: true }, { truncated: true }],
    ['truncated is no truth', { truncated: 'yes' }, {}],
    ['method is an unusual one', { method: 'PURGE' }, { method: 'PURGE' }],
    ['status is 0', { status: 0 }, { status: 0 }],
    ['status is 999', { status: 999 }, { status: 999 }],
  ];
  for (const [name, given, wanted] of filled)
    it(name, () => {
      assert.deepEqual(lineOf({ ...basic, ...given }), { ...required, ...wanted });
    });

  describe('levels', () => {
    const entry = {
      ...basic,
      path: '/a?page=2&token=hunter22',
      request_object: { a: 1 },
      response_object: 'text',
    };
    const query = `/a?page=2&token=${MASK}`;
    const wanted: Record<(typeof levels)[number], object | undefined> = {
      NONE: undefined,
      METADATA: { path: '/a' },
      REQUEST: { path: query, request_object: { a: 1 } },
      REQUEST_RESPONSE: { path: query, request_object: { a: 1 }, response_object: 'text' },
    };
    for (const level of levels)
      it(level, () => {
        if (wanted[level] === undefined) assert.equal(take(entry, { level }), FILTERED);
        else assert.deepEqual(lineOf(entry, { level }), { ...required, ...wanted[level] });
      });

    for (const path of ['/a#top', '/a?', '/a?x#y?z'])
      it(`METADATA cuts ${path}`, () => {
        assert.equal(lineOf({ ...basic, path }).path, '/a');
      });

    it('bodies are cut to maxBodyBytes each, and the line says so', () => {
      const recording = { level: 'REQUEST_RESPONSE', maxBodyBytes: 5 };
      const bodies = { request_object: '€€€', response_object: 'abc' };
      const kept = { request_object: '€', response_object: 'abc', truncated: true };
      assert.deepEqual(lineOf({ ...basic, ...bodies }, recording), { ...required, ...kept });
      const response = { response_object: [1, 2, 3] };
      assert.deepEqual(lineOf({ ...basic, ...response }, recording), {
        ...required,
        response_object: '[1,2,',
        truncated: true,
      });
    });

    it('no body is no field', () => {
      const bodies = { request_object: null, response_object: undefined };
      assert.deepEqual(lineOf({ ...basic, ...bodies }, { level: 'REQUEST_RESPONSE' }), required);
    });
  });

  it('the filter sees the whole path', () => {
    const recording = { log: ['writes'], exclude: ['/health'] };
    assert.equal(take(basic, recording), FILTERED);
    assert.equal(take({ ...basic, method: 'POST', path: '/health?x' }, recording), FILTERED);
    assert.equal(typeof take({ ...basic, method: 'POST' }, recording), 'string');
  });

  it('unknown keys are kept, and masked where they are sensitive', () => {
    const extra = { trace: { span: 'x', depth: [1, null] }, note: 'ü', flag: false, nothing: null };
    const secrets = {
      password: 'two words',
      api_key: 'hunter22',
      'Fleet-Code': 'hunter22',
      nested: { new_password: 'hunter22' },
    };
    const line = lineOf({ ...basic, ...extra, gone: undefined, ...secrets });
    const masked = { password: MASK, api_key: MASK, 'Fleet-Code': MASK, nested: { new_password: MASK } };
    assert.deepEqual(line, { ...required, ...extra, ...masked });
  });

  it('secrets in known fields are masked', () => {
    const auth = 'Bearer hunter22hunter22';
    const line = take({
      ...basic,
      user_agent: `x Authorization: ${auth}`,
      user: `https://ada:hunter22@host/`,
    });
    assert.doesNotMatch(String(line), /hunter22/);
  });

  it('long texts are cut, and the line says so', () => {
    const line = lineOf({ ...basic, path: `/${'p'.repeat(10_000)}`, user_agent: 'u'.repeat(10_000) });
    assert.deepEqual(
      [String(line.path).length, String(line.user_agent).length, line.truncated],
      [8192, 8192, true],
    );
    assert.equal(lineOf({ ...basic, user_agent: 'u'.repeat(8192) }).truncated, undefined);
  });

  it('nothing in an entry forges a line, a field or a colour', () => {
    const evil = 'a\n{"user":"root"}\r\u2028\u0000\u001b[31m\u202e"';
    const text = String(take({ ...basic, method: evil, path: evil, user: evil, ip: evil, [evil]: evil }));
    assert.equal(text.split(/[\n\r\u2028\u2029\u0000\u001b\u202e]/).length, 2);
    const line = JSON.parse(text) as Record<string, unknown>;
    assert.deepEqual([line.user, line[evil]], [evil, evil]);
  });

  it('only an entry’s own keys count, and __proto__ is one like others', () => {
    const entry = Object.create({ inherited: 1 }) as object;
    Object.assign(entry, basic);
    assert.deepEqual(lineOf(entry), required);
    const parsed = JSON.parse('{"method":"GET","path":"/a","status":200,"__proto__":{"x":1}}') as unknown;
    assert.match(String(take(parsed)), /"__proto__":\{"x":1\}/);
  });

  describe('hostile entries', () => {
    const throwing = [
      'timestamp',
      'workspace_id',
      'user',
      'method',
      'path',
      'status',
      'duration_ms',
      'ip',
      'request_object',
      'truncated',
    ];
    for (const key of throwing)
      it(`${key} throws`, () => {
        const entry = Object.defineProperty({ ...basic }, key, {
          enumerable: true,
          get: () => {
            throw new Error('a getter');
          },
        });
        assert.equal(take(entry, { level: 'REQUEST' }), INVALID);
      });

    it('a status that changes while it is read gets nothing into the line', () => {
      for (const later of ['200,"user":"root"', { toString: () => '1,"user":"root"' }, Number.NaN, 2.5]) {
        for (let reads = 1; reads < 5; reads += 1) {
          let read = 0;
          const entry = Object.defineProperty({ method: 'GET', path: '/a' }, 'status', {
            enumerable: true,
            get: () => ((read += 1) > reads ? later : 200),
          });
          const line = take(entry);
          if (typeof line === 'string') assert.deepEqual(JSON.parse(line), required);
          else assert.equal(line, INVALID);
        }
      }
    });

    it('proxies, cycles and what JSON has no form for', () => {
      const refusing = new Proxy(basic, {
        ownKeys: () => {
          throw new Error('no keys');
        },
      });
      assert.equal(take(refusing), INVALID);
      const cyclic: Record<string, unknown> = { ...basic };
      cyclic.self = cyclic;
      for (const entry of [
        cyclic,
        { ...basic, big: 5n, map: new Map([[1, 2]]), fn: () => 1, at: Symbol('x') },
      ])
        assert.ok(lineOf(entry));
      assert.equal(take(new Proxy(basic, {})), take(basic));
    });
  });
});

const masker = createMasker();
const cut = (body: unknown, limit: number): [value: unknown, truncated: boolean] => {
  const { json, truncated } = bodyText(body, limit, masker)!;
  return [JSON.parse(json), truncated];
};

describe('body', () => {
  const table: [name: string, body: unknown, limit: number, value: unknown, truncated: boolean][] = [
    ['a short text', 'short', 100, 'short', false],
    ['a text of just the limit', 'abcde', 5, 'abcde', false],
    ['a text of one byte more', 'abcdef', 5, 'abcde', true],
    ['two bytes a character', 'ääää', 5, 'ää', true],
    ['two bytes a character, just the limit', 'ää', 4, 'ää', false],
    ['three bytes a character', '€€€', 8, '€€', true],
    ['four bytes a character', '😀😀', 7, '😀', true],
    ['four bytes a character, none fits', '😀', 3, '', true],
    ['nothing is kept', 'abc', 0, '', true],
    ['an empty text', '', 0, '', false],
    ['an object stays one', { a: [1, null, 'ü'] }, 100, { a: [1, null, 'ü'] }, false],
    ['an object that is too long is the beginning of its text', { a: 'bcdef' }, 6, '{"a":"', true],
    ['a number', 42, 100, 42, false],
    ['false', false, 100, false, false],
    ['a list', [], 2, [], false],
  ];
  for (const [name, body, limit, value, truncated] of table)
    it(name, () => {
      assert.deepEqual(cut(body, limit), [value, truncated]);
    });

  it('is never longer than its limit in UTF-8, and as long as whole characters let it be', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'ß', '漢', '😀', '"', '\n'), maxLength: 60 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 200 }), (text, limit) => {
        const [kept, truncated] = cut(text, limit) as [string, boolean];
        const bytes = Buffer.byteLength(kept);
        assert.ok(text.startsWith(kept) && bytes <= limit);
        assert.equal(truncated, kept !== text);
        const next = text.codePointAt(kept.length);
        if (next !== undefined) assert.ok(bytes + Buffer.byteLength(String.fromCodePoint(next)) > limit);
      }),
      { numRuns: 1000 },
    );
  });

  it('is masked before it is cut, so that no half of a secret stays', () => {
    const secret = `sec${'ret'.repeat(20)}`;
    for (let limit = 10; limit < 90; limit += 1) {
      const { json } = bodyText({ note: 'x', password: secret }, limit, masker)!;
      assert.ok(!json.includes('secret'), json);
    }
    assert.deepEqual(cut({ password: secret }, 100), [{ password: MASK }, false]);
  });
});
