import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createMasker, defaultMasker } from '../../../src/masking/masker.ts';

const M = '********';
const parsed = (value: unknown): unknown => JSON.parse(defaultMasker.json(value));

describe('json', () => {
  const rows: [what: string, value: unknown, masked: unknown][] = [
    ['a string', { password: 'x y' }, { password: M }],
    ['a number', { pin: 1234 }, { pin: M }],
    ['an array', { secrets: ['a', { b: 'c' }], d: 1 }, { secrets: M, d: 1 }],
    ['an object', { credentials: { a: 'b}', c: [']'] }, d: 1 }, { credentials: M, d: 1 }],
    ['nothing', { password: null, token: '', secret: false }, { password: null, token: '', secret: false }],
    ['counts', { max_tokens: 1, tokens: 2, pass: 3 }, { max_tokens: 1, tokens: 2, pass: 3 }],
    ['tokens that are strings', { tokens: ['a'] }, { tokens: M }],
    ['a name and a value', [{ name: 'password', value: 'x' }], [{ name: 'password', value: M }]],
    ['a value and a name', [{ value: 'x', name: 'password' }], [{ value: M, name: 'password' }]],
    ['a name that is no secret', [{ name: 'a', value: 'x' }], [{ name: 'a', value: 'x' }]],
    ['a header pair', ['Authorization', 'x'], ['Authorization', M]],
    ['raw headers', ['Host', 'a', 'Cookie', 'b', 'X', 'c'], ['Host', 'a', 'Cookie', M, 'X', 'c']],
    [
      'header pairs',
      [
        ['x-api-key', 'a'],
        ['b', 'c'],
      ],
      [
        ['x-api-key', M],
        ['b', 'c'],
      ],
    ],
    ['a value at an odd place', ['a', 'password', 'b'], ['a', 'password', 'b']],
    ['JSON in a string', { a: '{"token":"x"}' }, { a: `{"token":"${M}"}` }],
    ['text in a string', { a: 'b\npassword=x' }, { a: `b\npassword=${M}` }],
    ['a flag behind a line break', { a: 'b\n-pass c12' }, { a: `b\n-pass ${M}` }],
    ['a word behind a tab', { a: 'the secret\tis c12d' }, { a: `the secret\tis ${M}` }],
    ['a flag behind a tab', { a: 'mysql a\t-pb12c' }, { a: `mysql a\t-p${M}` }],
    ['an address cut off behind a sign', { a: 'https://b!:c12' }, { a: `https://b!:${M}` }],
    ['brackets in a string', [{ a: '[info] x', token: 'y' }, 'b'], [{ a: '[info] x', token: M }, 'b']],
    ['a key that is a secret', { [`eyJ${'a1'.repeat(20)}`]: 1 }, { [M]: 1 }],
    ['a text', 'password=x', `password=${M}`],
    ['a Map', new Map([['token', 'x']]), { token: M }],
    ['a Map with other keys', new Map<unknown, unknown>([[1, 2]]), [[1, 2]]],
    ['a Set', { a: new Set([1, 'password=x']) }, { a: [1, `password=${M}`] }],
    ['a BigInt', { a: 1n, token: 'x' }, { a: 1, token: M }],
    [
      'a Buffer',
      { a: Buffer.from('secret'), b: [{ c: Buffer.from('d') }] },
      { a: '[Uint8Array: 6 bytes]', b: [{ c: '[Uint8Array: 1 bytes]' }] },
    ],
    ['a typed array', { a: { b: new Uint16Array(2) } }, { a: { b: '[Uint16Array: 4 bytes]' } }],
    ['what JSON leaves out', { a: undefined, b: () => 1, c: Symbol('d') }, {}],
    ['undefined', undefined, null],
    ['a symbol', Symbol('password=x'), `Symbol(password=${M})`.slice(0, -1)],
    ['a function', () => 'password=x', '[Function]'],
    ['NaN', [Number.NaN], [null]],
    ['a date', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
  ];
  for (const [what, value, masked] of rows)
    it(`writes ${what}`, () => {
      assert.deepEqual(parsed(value), masked);
    });

  it('writes an error with its message, its cause and what hangs on it', () => {
    const error = Object.assign(new Error('bad password=x', { cause: new TypeError('token=y') }), {
      code: 'E1',
    });
    const { err } = parsed({ err: error }) as { err: Record<string, unknown> };
    assert.equal(err.message, `bad password=${M}`);
    assert.equal(err.code, 'E1');
    assert.equal((err.cause as Record<string, unknown>).message, `token=${M}`);
  });

  it('writes a cycle', () => {
    const cycle: Record<string, unknown> = { password: 'x' };
    cycle.self = cycle;
    assert.deepEqual(parsed(cycle), { password: M, self: '[Circular]' });
  });

  it('writes a depth of 100,000', () => {
    let deep: unknown = 'password=x';
    for (let level = 0; level < 100_000; level += 1) deep = level % 2 === 0 ? [deep] : { a: deep };
    assert.ok(!defaultMasker.json(deep).includes('=x'));
    parsed(deep);
  });

  const throwing: [what: string, value: unknown, masked: unknown][] = [
    [
      'a getter',
      {
        get a() {
          throw new Error('password=x');
        },
        token: 'y',
      },
      { a: '[Throws]', token: M },
    ],
    [
      'toJSON',
      {
        a: {
          toJSON() {
            throw new Error('x');
          },
        },
        token: 'y',
      },
      { a: '[Throws]', token: M },
    ],
    [
      'a Proxy',
      {
        a: new Proxy(
          {},
          {
            ownKeys() {
              throw new Error('x');
            },
          },
        ),
        token: 'y',
      },
      { a: '[Throws]', token: M },
    ],
    [
      'what throws no error',
      {
        get a() {
          throw undefined as unknown as Error;
        },
      },
      { a: '[Throws]' },
    ],
  ];
  for (const [what, value, masked] of throwing)
    it(`outlives ${what} that throws`, () => {
      assert.deepEqual(parsed(value), masked);
    });

  it('scans what it writes, though a getter changes its mind', () => {
    let asked = 0;
    const fickle = {
      get note() {
        asked += 1;
        return asked % 2 === 1 ? 'nothing' : 'password=hunter';
      },
      get [Symbol.toStringTag]() {
        return 'x';
      },
    };
    for (let round = 0; round < 4; round += 1) assert.ok(!defaultMasker.json(fickle).includes('hunter'));
    const late = { toJSON: () => (asked++ % 2 === 0 ? 1n : { password: 'hunter' }) };
    for (let round = 0; round < 4; round += 1) assert.ok(!defaultMasker.json(late).includes('hunter'));
  });

  it('outlives a Proxy without an end', () => {
    const endless: object = new Proxy(
      {},
      {
        get: (_, key) => (typeof key === 'symbol' || key === 'toJSON' ? undefined : endless),
        ownKeys: () => ['a', 'b'],
        getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
      },
    );
    parsed(endless);
  });

  it('is valid JSON on one line for any value, and leaves what has no secret as JSON.stringify has it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = defaultMasker.json(value);
        JSON.parse(text);
        assert.doesNotMatch(text, /[\n\r\x7f-\x9f\u2028-\u202e]/);
        assert.deepEqual(JSON.parse(defaultMasker.json(JSON.parse(text))), JSON.parse(text));
      }),
    );
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withMap: true, withSet: true, withTypedArray: true }),
        (value) => {
          JSON.parse(defaultMasker.json(value));
        },
      ),
    );
  });

  it('is valid JSON whatever the pieces', () => {
    const pieces = [
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      'password',
      '=',
      'eyJabcdefgh',
      'ghp_',
      '%22',
      '://',
      '@',
      '<token>',
      '\n',
      ' ',
      'x1',
      '-----BEGIN PRIVATE KEY-----',
      '$ANSIBLE_VAULT;',
      'Bearer ',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (parts) => {
        const text = parts.join('');
        assert.equal(typeof JSON.parse(defaultMasker.literal(text)), 'string');
        JSON.parse(defaultMasker.json({ a: [text], [text]: { text } }));
        JSON.parse(defaultMasker.json({ a: JSON.stringify({ [text]: text }) }));
      }),
      { numRuns: 2000 },
    );
  });

  it('masks all rather than throw, even of what is no text', () => {
    assert.equal(defaultMasker.literal(undefined as unknown as string), `"${M}"`);
    assert.equal(defaultMasker.text(undefined as unknown as string), M);
  });
});

describe('JSON that is cut', () => {
  const secret = 'Qw7 "eR\\9zX';
  const bodies: Record<string, unknown> = {
    'a key': { a: 1, password: secret, b: [1, 2] },
    'an array': { a: 1, tokens: ['x', secret], b: 2 },
    'an object': { credentials: { a: secret }, b: 2 },
    'a name and a value': { name: 'password', value: secret },
    'a pair': [['Authorization', secret]],
    'JSON in a string': { body: JSON.stringify({ token: secret, a: 1 }) },
    'JSON in JSON in a string': { body: JSON.stringify({ b: JSON.stringify({ token: secret, a: 1 }) }) },
    'text in a string': { a: `b "c"\npassword=${JSON.stringify(secret)} d` },
  };
  for (const [what, body] of Object.entries(bodies))
    for (const space of [0, 2])
      it(`shows no more than three characters of ${what} at any cut${space === 0 ? '' : ', indented'}`, () => {
        const text = JSON.stringify(body, undefined, space);
        for (let cut = 1; cut <= text.length; cut += 1) {
          const masked = defaultMasker.text(text.slice(0, cut));
          for (const probe of ['Qw7 ', 'eR', '9zX']) assert.ok(!masked.includes(probe), `${cut}: ${masked}`);
        }
      });
});

describe('literal', () => {
  it('escapes whatever could forge a line, a colour or a direction', () => {
    const forging = [
      '\n',
      '\r',
      '\t',
      '\u0000',
      '\u001b[31m',
      '\u007f',
      '\u0085',
      '\u009b',
      '\u2028',
      '\u2029',
      '\u202e',
      '\u200f',
      '\u2066',
      '\u061c',
    ];
    for (const text of forging)
      for (const written of [
        defaultMasker.literal(`a${text}b`),
        defaultMasker.json({ [text]: [text] }),
        defaultMasker.json({ a: JSON.stringify({ b: text, password: text }) }),
      ]) {
        assert.doesNotMatch(written, /[\p{Cc}\u2028-\u202e\u200f\u2066\u061c]/u);
        JSON.parse(written);
      }
    assert.equal(JSON.parse(defaultMasker.literal(forging.join('a'))), forging.join('a'));
  });

  it('is what JSON.stringify writes of any other text without a secret', () => {
    for (const text of ['', 'a', 'a"b\\c', 'Grüße 💥', '/api/v1/a?b=c', '\ud800']) {
      assert.equal(defaultMasker.literal(text), JSON.stringify(text));
    }
  });
});

describe('known secrets', () => {
  const secrets = ['hun"ter\\2 & söhne/x', '123456', '1234567890', ''];
  const masker = createMasker({ knownSecrets: secrets });
  const forms: [what: string, text: string][] = [
    ['as it is', secrets[0]!],
    ['percent-encoded', encodeURIComponent(secrets[0]!)],
    ['as a form has it', new URLSearchParams({ a: secrets[0]! }).toString().slice(2)],
    ['JSON-escaped', JSON.stringify(secrets[0]).slice(1, -1)],
    ['JSON-escaped twice', JSON.stringify(JSON.stringify(secrets[0]).slice(1, -1)).slice(1, -1)],
    ['in base64', Buffer.from(secrets[0]!).toString('base64')],
    ['in hex', Buffer.from(secrets[0]!).toString('hex')],
    ['in base64url', Buffer.from(secrets[0]!).toString('base64url')],
  ];
  for (const [what, form] of forms)
    it(`are found ${what}`, () => {
      assert.equal(masker.text(`a ${form} b`), `a ${M} b`);
      assert.equal(masker.literal(`a ${form} b`), `"a ${M} b"`);
      assert.deepEqual(JSON.parse(masker.json({ [`a ${form}`]: [`${form} b`] })), { [`a ${M}`]: [`${M} b`] });
    });

  it('are found within base64 of more', () => {
    for (const before of ['', 'u', 'us', 'user:'])
      assert.ok(
        masker.text(`x ${Buffer.from(`${before}${secrets[0]!}`).toString('base64')}`).includes(M),
        before,
      );
  });

  it('are found as numbers', () => {
    assert.deepEqual(JSON.parse(masker.json({ a: 123456, b: [1234567890], c: 12345 })), {
      a: M,
      b: [M],
      c: 12345,
    });
    assert.equal(masker.json(123456), `"${M}"`);
  });

  it('are replaced the longest first', () => {
    assert.equal(masker.text('a 1234567890 b'), `a ${M} b`);
  });

  it('are looked for as text, whatever they are made of', () => {
    for (const odd of ['.*', '$&', '[', '\\', '(', '"', ':', 'a|b', '\ud800', '*', 'null', '\n']) {
      const known = createMasker({ knownSecrets: [odd] });
      JSON.parse(known.json({ a: odd, [odd]: [null, true, 1], n: null }));
      JSON.parse(known.literal(`x${odd}y`));
    }
  });

  it('writes what JSON.parse made as JSON.stringify does, however deep, with an empty object too', () => {
    const text = `{"a":{},"b":${'['.repeat(300)}{"0":1}${']'.repeat(300)},"errno":1}`;
    assert.equal(defaultMasker.json(JSON.parse(text)), text);
    assert.ok(defaultMasker.json({ a: [{ b: new Map([['c', 1]]) }] }).includes('"c":1'));
  });

  it('masks the user of an address in a string, and the rest of a string behind an address', () => {
    const token = 'a1b2'.repeat(5);
    const rows: [input: string, output: string][] = [
      [
        `see https://x.example/a and https://${token}@y.example`,
        `see https://x.example/a and https://${M}@y.example`,
      ],
      [`https://x.example/a?b=1 password=${token}`, `https://x.example/a?b=1 password=${M}`],
      ['https://x.example/a{/b}[c]', 'https://x.example/a{/b}[c]'],
    ];
    for (const [input, output] of rows) assert.deepEqual(parsed({ input }), { input: output });
  });
});
