import assert from 'node:assert/strict';
import { columnsOf } from '../../../src/audit/columns.ts';
import { LONGEST_RECORD, readLine, readRecord } from '../../../src/audit/readRecord.ts';
import { changesBetween, isSameRecord, type AuditRecord } from '../../../src/audit/record.ts';
import { createMasker } from '../../../src/masking/masker.ts';

const masker = createMasker();
const now = 1_800_000_000;
const base: AuditRecord = {
  id: 'a-1',
  user_id: 'anna',
  action: 'plan_updated',
  entity_type: 'plan',
  entity_id: '',
  created_at: 1_738_368_000,
};
const line = (fields: object): string => JSON.stringify({ ...base, ...fields });
const imported = (text: string): ReturnType<typeof readLine> => readLine(text, { masker, now: undefined });

describe('readLine', () => {
  it('keeps the bytes of a line that says all', () => {
    const text =
      '{ "id": "a-1","user_id":"Anna \\u00c4", "action":"x","entity_type":"t","entity_id":"","created_at":1738368000, "own": 1.0 }';
    assert.deepEqual(imported(text), {
      kind: 'entry',
      entry: { entry: text, filled: [] },
      isMasked: false,
    });
  });

  const wrong: [what: string, text: string, why: string][] = [
    ['no JSON', 'hello', 'no-object'],
    ['a list', '[]', 'no-object'],
    ['null', 'null', 'no-object'],
    ...['id', 'user_id', 'action', 'entity_type', 'entity_id'].flatMap((name): [string, string, string][] => [
      [`no ${name}`, line({ [name]: undefined }), 'incomplete'],
      [`a number for ${name}`, line({ [name]: 5 }), 'incomplete'],
    ]),
    ...[null, '2026-01-01', 1_738_368_000.5, 946_684_799, 1_738_368_000_000, -1].map(
      (time): [string, string, string] => [
        `the time ${String(time)}`,
        line({ created_at: time }),
        'incomplete',
      ],
    ),
    ['a list of changes', line({ changes: [] }), 'changes'],
    ...[201, 2000, 3000, 100_000].map((depth): [string, string, string] => [
      `${String(depth)} lists inside one another`,
      line({}).replace('{', `{"x":${'['.repeat(depth)}${']'.repeat(depth)},`),
      'too-deep',
    ]),
    ['more than 1 MB', line({ description: 'x'.repeat(LONGEST_RECORD) }), 'too-long'],
  ];
  for (const [what, text, why] of wrong)
    it(`refuses ${what} from an import`, () => {
      assert.deepEqual(imported(text), { kind: 'invalid', why });
    });

  it('fills in an id and a time on append', () => {
    for (const time of [undefined, 'yesterday', 5, 1.5]) {
      const reading = readLine(line({ id: undefined, created_at: time }), { masker, now });
      assert.ok(reading.kind === 'entry');
      assert.deepEqual(reading.entry.filled, ['id', 'created_at']);
      const written = JSON.parse(reading.entry.entry) as AuditRecord;
      assert.match(String(written.id), /^[0-9a-f-]{36}$/);
      assert.equal(written.created_at, now);
    }
  });

  it('writes a line anew where something is masked, also behind a second key of the same name', () => {
    const secret = Math.random().toString(36).slice(2);
    for (const text of [
      line({ request_object: `{"new_password":"${secret}"}` }),
      line({}).replace('{', `{"password":"${secret}","password":"********",`),
    ]) {
      const reading = imported(text);
      assert.ok(reading.kind === 'entry' && reading.isMasked);
      assert.ok(!reading.entry.entry.includes(secret), reading.entry.entry);
    }
  });
});

describe('the changes of a record', () => {
  it('are those between two states, by deep comparison', () => {
    assert.deepEqual(
      changesBetween({ a: 1, b: { c: [1, 2] }, d: 5 }, { a: 2, b: { c: [1, 2] }, e: null, f: 0 }),
      {
        a: { old: 1, new: 2 },
        d: { old: 5, new: null },
        f: { old: null, new: 0 },
      },
    );
  });

  const written = (changes: unknown): unknown => {
    const reading = readRecord({ ...base, changes: changes as never }, { masker, now });
    assert.ok(reading.kind === 'entry');
    return (JSON.parse(reading.entry.entry) as AuditRecord).changes;
  };

  it('leave out what did not change', () => {
    assert.deepEqual(written({ a: { old: { b: 1 }, new: { b: 1 } }, c: { old: 1, new: 2 } }), {
      c: { old: 1, new: 2 },
    });
  });

  it('show a switch of a sensitive name, and hide its text', () => {
    assert.deepEqual(
      written({
        'features.api_keys': { old: false, new: true },
        api_key: { old: 'one-two-three', new: 'four-five-six' },
      }),
      {
        'features.api_keys': { old: false, new: true },
        api_key: { old: '********', new: '********' },
      },
    );
  });

  it('may be cyclic', () => {
    const cyclic: Record<string, unknown> = { a: 1 };
    cyclic.self = cyclic;
    assert.deepEqual(written({ x: { old: null, new: cyclic } }), {
      x: { old: null, new: { a: 1, self: '[Circular]' } },
    });
  });
});

describe('isSameRecord', () => {
  const same = (stored: string, given: string): boolean => {
    const reading = readLine(given, { masker, now });
    assert.ok(reading.kind === 'entry');
    return isSameRecord(stored, reading.entry);
  };

  it('compares the given fields', () => {
    assert.ok(same(line({}), line({})));
    assert.ok(
      same(line({ changes: { a: { old: 1, new: 2 } } }), line({ changes: { a: { new: 2, old: 1 } } })),
    );
    assert.ok(!same(line({}), line({ description: 'x' })));
    assert.ok(!same(line({ description: 'x' }), line({})));
    assert.ok(!same(line({}), line({ created_at: base.created_at! + 1 })));
  });

  it('leaves out the time that was filled in', () => {
    assert.ok(same(line({ created_at: now - 5 }), line({ created_at: undefined })));
  });
});

describe('columnsOf', () => {
  it('cuts texts at NUL and leaves out lone surrogates', () => {
    const columns = columnsOf({ ...base, user_id: 'a\0b', description: 'x\ud800y😀' });
    assert.partialDeepStrictEqual(columns, { user_id: 'a', description: 'xy😀' });
  });

  it('reads a line of Open WebUI as a request', () => {
    const request = {
      id: 'r-1',
      timestamp: 1_767_249_871,
      user: {},
      verb: 'POST',
      request_uri: 'http://chat.example.test/api/v1/auths/signin?x=1#y',
      response_status_code: null,
    };
    assert.partialDeepStrictEqual(columnsOf(request), {
      user_id: 'anonymous',
      action: 'request',
      entity_type: 'route',
      entity_id: '/api/v1/auths/signin',
      created_at: 1_767_249_871,
      response_status_code: null,
    });
    assert.equal(columnsOf({ ...request, user: { id: 'u-1' } })?.user_id, 'u-1');
  });

  it('takes the old name of audit_metadata', () => {
    assert.equal(columnsOf({ ...base, metadata: { a: 1 } })?.audit_metadata, '{"a":1}');
  });
});
