import assert from 'node:assert/strict';
import { createIntake } from '../../../src/entries/line.ts';
import { LineBuffer } from '../../../src/masking/lineBuffer.ts';
import { createMasker, defaultMasker } from '../../../src/masking/masker.ts';
import { defaultPolicy } from '../../../src/policy/policy.ts';
import { lineMaker } from '../../../src/sessions/log/sessionLine.ts';
import { seededRandom } from './secretPlacements.ts';

const M = '********';
const random = seededRandom(153);
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const some = (length: number): string =>
  Array.from({ length }, () => letters[Math.floor(random() * letters.length)]!).join('');
const ends = ['', '!', ' b', '"', '\\', '&c', 'é', '\n', '%', '/+', "'"];

function entryLine(entry: object): string {
  const recording = { ...defaultPolicy.recording, level: 'REQUEST_RESPONSE' } as const;
  const out = new LineBuffer(64);
  const intake = createIntake({ recording, workspaceId: 'w', masker: createMasker() });
  intake.append({ method: 'POST', path: '/a', status: 200, ...entry }, 0, out);
  out.finish();
  return Buffer.from(out.take()).toString();
}

describe('what was masked because of its key', () => {
  for (const end of ends)
    it(`is masked elsewhere in the entry, with ${JSON.stringify(end)} in it`, () => {
      const part = some(12);
      const secret = part + end + some(3);
      const body = { password: secret, error: `bad value ${secret}!`, list: [{ a: secret }] };
      const written = JSON.stringify(body);
      for (const masked of [
        defaultMasker.json(body),
        defaultMasker.json({ text: written }),
        defaultMasker.text(written),
        entryLine({ request_object: { password: secret }, response_object: { error: `bad ${secret}` } }),
        entryLine({ path: `/a?b=${encodeURIComponent(secret)}`, request_object: written }),
        entryLine({ user: `u ${secret}`, note: { token: secret } }),
        lineMaker({} as never, createMasker())(0, 'INFO', `bad ${secret}`, { password: secret }),
      ])
        assert.ok(!masked.includes(part), masked);
      assert.doesNotThrow(() => JSON.parse(defaultMasker.json(body)) as unknown);
    });

  it('is masked elsewhere if it is in an object or a list, by itself or in a text', () => {
    const [one, two] = [some(12), `${some(9)}' "`];
    for (const secret of [{ a: one, b: two }, [one, two], { a: { b: [1, one] }, c: two }]) {
      const body = { credentials: secret, error: `bad ${one} and ${two}` };
      for (const masked of [defaultMasker.json(body), defaultMasker.json({ text: JSON.stringify(body) })])
        assert.ok(!masked.includes(one) && !masked.includes(two.slice(0, 9)), masked);
    }
    assert.equal(
      defaultMasker.text(`credentials={'a': '${one}', "b": "it's ${two.slice(0, 9)}"} bad ${one}`),
      `credentials=${M} bad ${M}`,
    );
  });

  it('leaves what only says whose or of which kind a secret is', () => {
    const secret = { user: 'ada.lovelace', type: 'service_account', created_at: '2026-01-01T00:00:00Z' };
    const other = { user: 'ada.lovelace', kind: 'service_account', at: '2026-01-01T00:00:00Z' };
    assert.equal(
      defaultMasker.json({ credentials: { ...secret, value: some(12) }, ...other }),
      JSON.stringify({ credentials: M, ...other }),
    );
  });

  it('leaves ids, times, keys and shorter values as they are', () => {
    assert.equal(
      defaultMasker.json({ password: 'short12', error: 'short12' }),
      `{"password":"${M}","error":"short12"}`,
    );
    const line = JSON.parse(
      entryLine({ request_id: some(9), request_object: { a: { password: 'request_id' }, request_id: 'x' } }),
    ) as Record<string, unknown>;
    assert.deepEqual(line.request_object, { a: { password: M }, request_id: 'x' });
    assert.ok('request_id' in line);
    const dated = JSON.parse(entryLine({ request_object: { password: '1970-01-01T00' } })) as object;
    assert.ok('timestamp' in dated && dated.timestamp === '1970-01-01T00:00:00.000Z');
  });

  it('is forgotten with the entry', () => {
    const secret = some(12);
    const masker = createMasker();
    assert.equal(masker.json({ password: secret }), `{"password":"${M}"}`);
    assert.equal(masker.json({ a: secret, b: 'x=y' }), `{"a":"${secret}","b":"x=y"}`);
  });

  it('is found in a time that grows with the text, not with the values', () => {
    const values = Array.from({ length: 5000 }, () => `aaaaaaaa${some(8)}`);
    const body = { tokens_list: 'x', passwords: values, text: 'a'.repeat(500_000) };
    const start = process.cpuUsage();
    defaultMasker.json({ ...body, secret: { list: values } });
    assert.ok(process.cpuUsage(start).user < 2_000_000);
  });
});
