import assert from 'node:assert/strict';
import { textLog } from '../../../../src/sessions/log/textLog.ts';
import { inZone } from '../../inZone.ts';

const TS = '2026-01-31T11:22:33.044Z';
const of = (...lines: unknown[]): string =>
  textLog(Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))).toString();
const line = (more: object = {}): object => ({
  ts: TS,
  level: 'INFO',
  user_id: 'u',
  message: 'text',
  ...more,
});

describe('textLog', () => {
  /** In the zone of this machine. In Sweden people write a time as the log does. */
  const local = `${new Date(TS).toLocaleString('sv-SE')},044`;
  const texts: [what: string, line: unknown, text: string][] = [
    ['a line', line(), '… [INFO] [user=u] text\n'],
    ['a message of several lines', line({ message: 'a\n\tb' }), '… [INFO] [user=u] a\n\tb\n'],
    ['line ends of Windows', line({ message: 'a\r\nb' }), '… [INFO] [user=u] a\nb\n'],
    ['an exception', line({ exception: { text: 'E\n at x' } }), '… [INFO] [user=u] text\nE\n at x\n'],
    [
      'control characters',
      line({ message: '\u001b[31m\u0000\r\u0085\u202e\u2028' }),
      '… [INFO] [user=u] \\u001b[31m\\u0000\\u000d\\u0085\\u202e\\u2028\n',
    ],
    [
      'a level and an id that would make a line of their own',
      line({ level: 'A\nB', user_id: 'u\n\tv' }),
      '… [A\\nB] [user=u\\n\\tv] text\n',
    ],
    ['an id that is missing', line({ user_id: null }), '… [INFO] [user=-] text\n'],
    ['a message that is no text', line({ message: { a: 1 } }), '… [INFO] [user=u] {"a":1}\n'],
    ['no time', line({ ts: 'x' }), '- [INFO] [user=u] text\n'],
    ['what is no object', 'text', '"text"\n'],
  ];
  for (const [what, value, text] of texts)
    it(what, () => {
      assert.equal(of(value), text.replace('…', local));
    });

  it('tells local time, in summer and in winter', () => {
    const times = ['2026-07-01T03:00:00Z', '2026-01-01T03:00:00Z', TS];
    const toldIn = (zone: string): readonly string[] =>
      inZone(
        zone,
        ['textLog', 'sessions/log/textLog.ts'],
        `${JSON.stringify(times)}.map((ts) => textLog(Buffer.from(JSON.stringify({ ts }))).toString())`,
      ).map((text) => text.replace(' [-] [user=-] \n', ''));
    assert.deepEqual(toldIn('America/New_York'), [
      '2026-06-30 23:00:00,000',
      '2025-12-31 22:00:00,000',
      '2026-01-31 06:22:33,044',
    ]);
    assert.deepEqual(toldIn('UTC'), [
      '2026-07-01 03:00:00,000',
      '2026-01-01 03:00:00,000',
      '2026-01-31 11:22:33,044',
    ]);
  });

  it('keeps what is no JSON, harmless, and a last line without its end', () => {
    const text = Buffer.concat([Buffer.from('torn {\u001b\n{"ts":"x"'), Buffer.from([0xff])]);
    assert.equal(textLog(text).toString(), 'torn {\\u001b\n{"ts":"x"\ufffd\n');
    assert.equal(textLog(Buffer.alloc(0)).toString(), '');
  });

  it('many lines, and a long one', () => {
    const lines = Array.from({ length: 30_000 }, (_, number) => line({ message: `${String(number)} é` }));
    lines.splice(100, 0, line({ message: 'x'.repeat(10_000_000) }));
    const records = of(...lines).split('\n');
    assert.equal(records.length, 30_002);
    assert.match(records.at(-2) ?? '', /29999 é$/);
    assert.equal(records[100]?.length, 10_000_040);
  });
});
