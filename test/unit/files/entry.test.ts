import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { parseTime, timeOfLine } from '../../../src/files/entry.ts';
import { inZone } from '../inZone.ts';

const at = Date.parse('2026-02-14T18:22:33.000Z');

describe('parseTime', () => {
  const times: [value: unknown, time: number | undefined][] = [
    ['2026-02-14T18:22:33Z', at],
    ['2026-02-14T18:22:33', at],
    ['2026-02-14 18:22:33', at],
    ['2026-02-14T18:22Z', at - 33_000],
    ['2026-02-14T18:22:33.1Z', at + 100],
    ['2026-02-14T18:22:33.12Z', at + 120],
    ['2026-02-14T18:22:33.120Z', at + 120],
    ['2026-02-14T18:22:33.123456Z', at + 123],
    ['2026-02-14T18:22:33.123456', at + 123],
    ['2026-02-14T20:22:33+02:00', at],
    ['2026-02-14T20:22:33+0200', at],
    ['2026-02-14T18:22:33z', at],
    ['2026-02-30T99:22:33Z', undefined],
    ['2026-02-14', undefined],
    ['yesterday', undefined],
    ['', undefined],
    [String(at), undefined],
    [at, at],
    [at / 1000, at],
    [at / 1000 + 0.5, at + 500],
    [at * 1000, at],
    [at * 1e6, at],
    [0, 0],
    [-1, undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [8.64e15, undefined],
    [null, undefined],
    [undefined, undefined],
    [{}, undefined],
    [true, undefined],
  ];
  for (const [value, time] of times)
    it(`${inspect(value)} is ${String(time)}`, () => {
      assert.equal(parseTime(value), time);
    });

  it('takes a time without a zone for UTC, wherever the machine stands', () => {
    const values = `[${times.map(([value]) => inspect(value)).join()}]`;
    const told = inZone(
      'America/New_York',
      ['parseTime', 'files/entry.ts'],
      `${values}.map((value) => String(parseTime(value)))`,
    );
    assert.deepEqual(
      told,
      times.map(([, time]) => String(time)),
    );
  });
});

describe('timeOfLine', () => {
  const lines: [what: string, line: string, time: number | undefined][] = [
    ['an entry', '{"timestamp":"2026-02-14T18:22:33Z","path":"/"}', at],
    ['pino', `{"level":30,"time":${String(at)},"msg":"x"}`, at],
    ['bunyan', '{"time":"2026-02-14T18:22:33Z","level":30}', at],
    ['Open WebUI, in seconds', `{"id":"x","timestamp":${String(at / 1000)}}`, at],
    ['an audit record', `{"action":"login","entity_type":"user","created_at":${String(at / 1000)}}`, at],
    ['created_at of another program', `{"created_at":${String(at / 1000)}}`, undefined],
    ['timestamp before time', '{"time":0,"timestamp":"2026-02-14T18:22:33Z"}', at],
    ['null timestamp, then time', `{"timestamp":null,"time":${String(at)}}`, at],
    ['no date in timestamp, then time', `{"timestamp":"soon","time":${String(at)}}`, at],
    ['a duration', '{"msg":"GET /1","time":31}', undefined],
    ['in nanoseconds', `{"time":${String(at)}000000}`, at],
    ['before 2000', '{"timestamp":"1999-12-31T23:59:59Z"}', undefined],
    ['CRLF', '{"timestamp":"2026-02-14T18:22:33Z"}\r', at],
    ['no time', '{"path":"/"}', undefined],
    ['a torn line', '{"timestamp":"2026-02-14T18:22:33Z","pa', undefined],
    ['a list', '[{"timestamp":"2026-02-14T18:22:33Z"}]', undefined],
    ['text', '2026-02-14T18:22:33Z hello', undefined],
    ['a leading space', ' {"timestamp":"2026-02-14T18:22:33Z"}', undefined],
    ['nothing', '', undefined],
    ['inside', '{"entry":{"timestamp":"2026-02-14T18:22:33Z"}}', undefined],
  ];
  for (const [what, line, time] of lines)
    it(what, () => {
      assert.equal(timeOfLine(line, at)?.time, time);
    });
});
