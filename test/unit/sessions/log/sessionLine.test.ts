import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { createMasker, MASK } from '../../../../src/masking/masker.ts';
import { lineMaker } from '../../../../src/sessions/log/sessionLine.ts';
import type { LineFields, RequestIds } from '../../../../src/sessions/log/sessionLog.ts';

const ids: RequestIds = {
  userId: 'u-1',
  sessionId: 's-1',
  chatId: 'c-1',
  messageId: 'm-1',
  requestId: 'r-1',
};
const at = Date.parse('2026-01-01T06:44:31.491Z');
const masker = createMasker({ knownSecrets: ['open sesame'], extraKeys: ['pin code'] });
const usual = lineMaker(ids, masker);
const call = usual as (at: number, level: unknown, message: unknown, fields?: unknown) => string;

function parsed(line: string): Record<string, unknown> {
  assert.ok(line.endsWith('}\n') && line.indexOf('\n') === line.length - 1, line.slice(0, 200));
  return JSON.parse(line) as Record<string, unknown>;
}

describe('sessionLine', () => {
  it('has the keys of the samples, in their order', () => {
    const samples = join(import.meta.dirname, '../../../fixtures/session-archives/expected/logs.jsonl');
    for (const sample of readFileSync(samples, 'utf8').trimEnd().split('\n')) {
      const { ts, level, logger, message, event_type, module, func, lineno, exception, ...rest } = JSON.parse(
        sample,
      ) as Record<string, string>;
      const make = lineMaker(
        {
          userId: rest.user_id!,
          sessionId: rest.session_id,
          chatId: rest.chat_id!,
          messageId: rest.message_id!,
          requestId: rest.request_id,
        },
        masker,
      );
      const { text } = (exception ?? {}) as { text?: string };
      const fields = {
        logger,
        event_type,
        module,
        func,
        lineno,
        ...(text !== undefined && { exception: text }),
      };
      const line = make(Date.parse(ts!), level!.toLowerCase(), message!, fields as unknown as LineFields);
      assert.deepEqual(Object.keys(parsed(line)), Object.keys(JSON.parse(sample) as object));
      // The samples’ own masks are masked once more.
      const wanted = { ...(JSON.parse(sample) as object), message: masker.text(message!) };
      assert.deepEqual(parsed(line), wanted);
    }
  });

  it('has them all where nothing is said', () => {
    assert.equal(
      lineMaker({ userId: 'u', chatId: 'c', messageId: 'm' }, masker)(at, '', ''),
      '{"ts":"2026-01-01T06:44:31.491Z","level":"INFO","logger":"app","request_id":null,"user_id":"u","session_id":null,' +
        '"chat_id":"c","message_id":"m","event_type":"log","module":"","func":"","lineno":0,"message":""}\n',
    );
  });

  it('masks message, fields, ids and levels by content, key and what is known', () => {
    const make = lineMaker({ ...ids, chatId: 'open sesame' }, masker);
    const line = make(at, 'password=hunter22', 'password=hunter22 open sesame', {
      password: 'hunter22',
      'pin code': 1234,
      'open sesame': 1,
      deep: { list: [{ token: 'hunter22' }] },
      module: 'token=hunter22',
      exception: new Error('password=hunter22'),
    });
    assert.doesNotMatch(line, /hunter22|sesame|1234/i);
    const { chat_id, password } = parsed(line);
    assert.deepEqual([chat_id, password], [MASK, MASK]);
  });

  it('masks a level as it was given', () => {
    assert.equal(parsed(usual(at, 'open sesame', '')).level, MASK);
  });

  it('lets no field speak for what the log itself says', () => {
    const forged = Object.fromEntries(
      ['ts', 'level', 'request_id', 'user_id', 'session_id', 'chat_id', 'message_id', 'message'].map(
        (key) => [key, 'forged'],
      ),
    );
    const tricks = {
      toJSON: () => ({ ts: 'forged' }),
      nested: { toJSON: () => 'fine' },
      'a"},"ts":"forged': '\n{"ts":"forged"}\u2028\u0085',
      ['__proto__']: { when: 'forged' },
    };
    const line = usual(at, 'info', 'said', { ...forged, ...tricks });
    const entry = parsed(line);
    assert.deepEqual(
      [entry.ts, entry.level, entry.user_id, entry.message, entry.nested],
      ['2026-01-01T06:44:31.491Z', 'INFO', 'u-1', 'said', 'fine'],
    );
    assert.equal(line.match(/(?<!\\)"ts(?<!\\)":/g)?.length, 1);
    assert.doesNotMatch(line, /[\u0085\u2028]/);
  });

  it('takes an error’s stack, also as the message', () => {
    const error = new TypeError('gone');
    const entry = parsed(call(at, 'error', error, { exception: error }));
    assert.match(String(entry.message), /^TypeError: gone\n +at /);
    assert.deepEqual(entry.exception, { text: entry.message });
    const bare = Object.assign(new Error('bare'), { stack: undefined });
    assert.deepEqual(parsed(call(at, 'error', '', { exception: bare })).exception, { text: 'bare' });
  });

  const throwing = {
    get here(): never {
      throw new Error('no');
    },
    fine: 1,
  };
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const odd: readonly (readonly [name: string, value: unknown])[] = [
    ['nothing', undefined],
    ['null', null],
    ['a BigInt', 10n],
    ['a symbol', Symbol('x')],
    ['a function', () => 'x'],
    ['a cycle', cycle],
    ['a getter that throws', throwing],
    ['a revoked proxy', revoked.proxy],
    ['an object without a prototype', Object.create(null)],
    ['what says nothing of itself', { toJSON: () => undefined }],
    ['what throws when it is asked', { toJSON: () => assert.fail() }],
    ['a Map', new Map([['password', 'hunter22']])],
    ['not a number', NaN],
    ['half a character', 'a\ud800b'],
    ['line ends of all kinds', 'a\u2028b\u2029c\r\nd\u0085\0'],
  ];
  for (const [name, value] of odd)
    it(`does not throw for ${name}, wherever it is given`, () => {
      parsed(call(at, value, value, value));
      const names = ['logger', 'event_type', 'module', 'func', 'lineno', 'exception', 'else'];
      const line = call(value as number, 'info', 'm', Object.fromEntries(names.map((key) => [key, value])));
      assert.doesNotMatch(line, /hunter22/);
      parsed(line);
      const bad = { userId: value, sessionId: value, chatId: value, messageId: value, requestId: value };
      parsed(lineMaker(bad as RequestIds, masker)(at, 'info', 'm'));
    });

  it('keeps the fields beside one that throws', () => {
    assert.equal(parsed(usual(at, 'info', 'm', throwing)).fine, 1);
  });

  it('takes 10 MB', () => {
    const { message } = parsed(usual(at, 'info', 'é'.repeat(10 * 2 ** 20)));
    assert.equal(String(message).length, 10 * 2 ** 20);
  });

  it('is one JSON line for any values', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        fc.dictionary(fc.string({ unit: 'binary' }), fc.anything({ withBigInt: true, withMap: true })),
        (level, message, fields) => {
          const entry = parsed(usual(at, level, message, fields));
          assert.equal(entry.ts, '2026-01-01T06:44:31.491Z');
          assert.equal(entry.user_id, 'u-1');
          assert.equal(entry.message, masker.text(message));
        },
      ),
    );
  });
});
