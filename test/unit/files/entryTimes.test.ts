import assert from 'node:assert/strict';
import {
  closeSync,
  ftruncateSync,
  openSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { zipArchives } from '../../../src/archive/zip/zipArchives.ts';
import { entryTime, formatComment, timesOfPlain, timesReader } from '../../../src/files/entryTimes.ts';
import { parseFileName } from '../../../src/files/fileName.ts';
import { identify } from '../../../src/files/identity.ts';
import { entryLine } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';

const first = '2026-02-14T18:22:33.120Z';
const last = '2026-02-15T01:00:00.000Z';
const [start, end] = [Date.parse(first), Date.parse(last)];
/** The clock that decides which times are believed. */
const now = Date.parse('2026-03-01T00:00:00Z');
const both = { first: start, last: end };
const filler = `${'x'.repeat(99)}\n`;
const KB = 1024;

describe('timesOfPlain', () => {
  const folders = freshFolders();

  const logs: [what: string, content: string | Buffer, times: { first?: number; last?: number }][] = [
    ['an ordinary log', entryLine(first) + entryLine('2026-02-14T20:00:00Z') + entryLine(last), both],
    ['one line', entryLine(first), { first: start, last: start }],
    ['no line end at the end', (entryLine(first) + entryLine(last)).trimEnd(), both],
    ['a torn last line', `${entryLine(first)}${entryLine(last)}{"timestamp":"2026-02-16T`, both],
    ['a torn first line', `14T18:22:33Z","path":"/"}\n${entryLine(first)}${entryLine(last)}`, both],
    [
      'a torn line glued to the next',
      `${entryLine(first)}{"times${entryLine(last)}`,
      { first: start, last: start },
    ],
    ['text before and after', `started\n\n${entryLine(first)}${entryLine(last)}stopped\n\n\n`, both],
    ['CRLF', (entryLine(first) + entryLine(last)).replaceAll('\n', '\r\n'), both],
    [
      'invalid UTF-8',
      Buffer.concat([
        Buffer.from([0xff, 0xfe, 0x0a]),
        Buffer.from(entryLine(first)),
        Buffer.from(`{"timestamp":"${last}","path":"/`),
        Buffer.from([0xc3, 0x28, 0xff]),
        Buffer.from('"}\n'),
      ]),
      both,
    ],
    [
      'U+2028 inside a line',
      entryLine(first, { path: 'a\u2028b' }) + entryLine(last, { path: '\u2028' }),
      both,
    ],
    [
      'NUL bytes at the end, as after a crash',
      `${entryLine(first)}${entryLine(last)}${'\0'.repeat(500)}`,
      both,
    ],
    ['times in seconds', '{"timestamp":1771093353}\n', { first: 1_771_093_353_000, last: 1_771_093_353_000 }],
    ['microseconds', '{"timestamp":"2026-02-14T18:22:33.120456Z"}\n', { first: start, last: start }],
    ['pino', `{"level":30,"time":${String(start)},"msg":"a"}\n{"level":30,"time":${String(end)}}\n`, both],
    [
      'an old import behind the newest entry',
      entryLine(first) + entryLine(last) + entryLine('2024-03-01T00:00:00Z').repeat(3000),
      both,
    ],
    ['one wrong entry at the end', `${entryLine(first)}${entryLine(last)}{"timestamp":0}\n`, both],
    ['the newest entry in front', entryLine(last) + entryLine(first).repeat(3000), { first: end, last: end }],
    [
      'times that cannot be: before 2000, and more than a day ahead of the clock',
      entryLine('1999-12-31T23:59:59Z') +
        entryLine(first) +
        entryLine('2026-03-02T00:00:00.001Z') +
        entryLine(last),
      both,
    ],
    [
      'a day ahead',
      entryLine(first) + entryLine('2026-03-02T00:00:00Z'),
      { first: start, last: now + 86_400_000 },
    ],
    [
      'numbers that are no times, of another program',
      '{"msg":"GET /1","time":31}\n{"time":0}\n{"time":5e10}\n{"time":-1}\n{"time":4102444800}\n',
      {},
    ],
    [
      'microseconds and nanoseconds since 1970',
      `{"time":${String(start * 1000)}}\n{"time":${String(end)}000000}\n`,
      both,
    ],
    ['nothing', '', {}],
    ['line ends alone', '\n\n\n', {}],
    ['lines without times', filler.repeat(3), {}],
    ['entries without times', '{"path":"/"}\n{"time":"soon"}\n', {}],
    [
      'times behind 64 KB from either end',
      filler.repeat(2 * KB) +
        entryLine(first) +
        filler.repeat(4 * KB) +
        entryLine(last) +
        filler.repeat(2 * KB),
      both,
    ],
    [
      'times further than 1 MB from either end',
      filler.repeat(11 * KB) + entryLine(first) + filler.repeat(11 * KB),
      {},
    ],
    [
      'an entry of 800 KB',
      entryLine(first, { body: 'x'.repeat(800 * KB) }) + entryLine(last, { body: 'x'.repeat(800 * KB) }),
      both,
    ],
    [
      'an entry of 2 MB, with ones in front and behind',
      entryLine(first) + entryLine(first, { body: 'x'.repeat(2048 * KB) }) + entryLine(last),
      both,
    ],
  ];
  for (const [what, content, times] of logs)
    it(what, () => {
      assert.deepEqual(timesOfPlain(folders.put('logs/api.log', content), now), times);
    });

  it('a line of 100 MB tells no time, and its neighbours do', () => {
    const path = folders.put('logs/api.log', entryLine(first));
    const descriptor = openSync(path, 'r+');
    ftruncateSync(descriptor, 100 * KB * KB);
    writeSync(descriptor, `\n${entryLine(last)}`, 100 * KB * KB);
    closeSync(descriptor);
    assert.deepEqual(timesOfPlain(path, now), both);
    writeSync(openSync(path, 'r+'), 'x'.repeat(200), 0);
    assert.deepEqual(timesOfPlain(path, now), { last: end });
  });

  it('does not follow a link', () => {
    const path = folders.put('elsewhere', entryLine(first));
    symlinkSync(path, join(folders.logs, 'api.log'));
    assert.throws(() => timesOfPlain(join(folders.logs, 'api.log'), now));
  });
});

describe('timesReader', () => {
  const folders = freshFolders();
  const reader = timesReader(zipArchives);

  async function timesOf(name: string, by = reader): Promise<object> {
    const [dated] = await by.date(folders.logs, [identify(folders.logs, name)!], now);
    const { first: from, last: to, inner } = dated!;
    return {
      ...(from !== undefined && { first: from }),
      ...(to !== undefined && { last: to }),
      ...(inner && { bytes: inner.bytes }),
    };
  }
  async function archive(name: string, text: string, comment: string): Promise<void> {
    const source = folders.put('source', text);
    await zipArchives.write(source, join(folders.logs, name), { name: 'x', comment, modified: 0, bytes: 0 });
  }

  const comments: [what: string, comment: string, times: object][] = [
    ['ours', formatComment(both, 2), both],
    ['ours without times', formatComment({}, 0), {}],
    ['none', '', {}],
    ['no JSON', 'made by hand', {}],
    ['null', 'null', {}],
    ['times that cannot be', '{"first":"1970-01-01T00:00:00Z","last":"2031-01-01T00:00:00Z"}', {}],
    ['times of a wrong type', '{"first":true,"last":{}}', {}],
    ['half of it', `{"last":"${last}"}`, { last: end }],
  ];
  for (const [what, comment, times] of comments)
    it(`reads an archive’s comment: ${what}`, async () => {
      await archive('api.2026-02-15.log.zip', 'text', comment);
      assert.deepEqual(await timesOf('api.2026-02-15.log.zip'), { ...times, bytes: 4 });
    });

  const unreadable: [what: string, name: string, content: string][] = [
    ['a zip that is none', 'api.2026-02-15.log.zip', 'no zip'],
    ['an empty zip file', 'api.2026-02-15.log.zip', ''],
    ['a leftover', 'api.2026-02-15.log.zip.tmp-0123456789abcdef', entryLine(first)],
    ['a foreign compressed file', 'app.log.1.gz', entryLine(first)],
  ];
  for (const [what, name, content] of unreadable)
    it(`has no times for ${what}`, async () => {
      folders.put(`logs/${name}`, content);
      assert.deepEqual(await timesOf(name), {});
    });

  it('reads foreign plain logs', async () => {
    folders.put('logs/app.log', `{"time":${String(start)}}\n`);
    assert.deepEqual(await timesOf('app.log'), { first: start, last: start });
  });

  it('has no times for a file that went away', async () => {
    const file = identify(folders.logs, 'api.log') ?? {
      ...identify(folders.root, 'x'),
      name: 'gone',
      parts: { kind: 'active', family: 'api' } as const,
      bytes: 1,
      modified: 1,
      inode: 1,
    };
    assert.deepEqual(await reader.date(folders.logs, [file], now), [file]);
  });

  it('reads a file again only when its inode, size or time changed', async () => {
    let inspected = 0;
    const counting = timesReader({
      inspect: async (path) => {
        inspected += 1;
        return zipArchives.inspect(path);
      },
    });
    const name = 'api.2026-02-15.log.zip';
    await archive(name, 'text', formatComment(both, 1));
    for (let time = 0; time < 3; time += 1)
      assert.deepEqual(await timesOf(name, counting), { ...both, bytes: 4 });
    assert.equal(inspected, 1);
    utimesSync(join(folders.logs, name), 1, 1);
    await timesOf(name, counting);
    assert.equal(inspected, 2);
    writeFileSync(join(folders.logs, name), 'no zip now');
    assert.deepEqual(await timesOf(name, counting), {});
    assert.equal(inspected, 3);
  });

  it('reads a file again where the clock decides anew which times are believed', async () => {
    const reads = timesReader(zipArchives);
    folders.put('logs/api.log', entryLine(first) + entryLine(last));
    const file = identify(folders.logs, 'api.log')!;
    const lastAt = async (at: number): Promise<number | undefined> =>
      (await reads.date(folders.logs, [file], at))[0]?.last;
    const early = Date.parse('2020-01-01T00:00:00Z');
    assert.deepEqual(
      [await lastAt(early), await lastAt(start), await lastAt(early), await lastAt(now)],
      [undefined, end, undefined, end],
    );
  });

  it('keeps what it knows of the others when it dates some', async () => {
    let inspected = 0;
    const counting = timesReader({
      inspect: async (path) => {
        inspected += 1;
        return zipArchives.inspect(path);
      },
    });
    const names = ['api.2026-02-15.log.zip', 'api.2026-02-16.log.zip'];
    for (const name of names) await archive(name, 'text', formatComment(both, 1));
    const files = names.map((name) => identify(folders.logs, name)!);
    await counting.date(folders.logs, files.slice(0, 1), now);
    await counting.dateSome(folders.logs, files.slice(1), now);
    assert.equal(inspected, 2);
    assert.equal((await counting.date(folders.logs, files, now)).length, 2);
    assert.equal(inspected, 2);
  });
});

describe('entryTime', () => {
  const day = '2026-02-20';
  const endOfDay = Date.parse(`${day}T23:59:59.999Z`);
  const [good, epoch, ahead] = [Date.parse('2026-02-18T00:00:00Z'), 0, now + 86_400_001];
  const files: [what: string, name: string, times: { last?: number; modified: number }, time: number][] = [
    ['its newest entry', 'api.1.log', { last: end, modified: good }, end],
    ['its modification', 'api.1.log', { modified: good }, good],
    ['the day in its name', `api.${day}.log.zip`, { modified: good }, endOfDay],
    ['its newest entry, not the day in its name', `api.${day}.log.zip`, { last: end, modified: good }, end],
    ['its modification where no entry can be', 'api.1.log', { last: ahead, modified: good }, good],
    ['its modification where the entry is of 1970', 'api.1.log', { last: 31, modified: good }, good],
    ['its modification where the day in its name cannot be', 'x-1970-01-01.log', { modified: good }, good],
    ['now where its modification is of 1970', 'api.1.log', { modified: epoch }, now],
    ['now where its modification is of 1979', 'x.log.1', { modified: Date.UTC(1979, 11, 31) }, now],
    ['now where its modification is ahead of the clock', 'x.log.1', { modified: ahead }, now],
  ];
  for (const [what, name, times, time] of files)
    it(`is ${what}: ${name}`, () => {
      assert.equal(entryTime({ name, parts: parseFileName(name), bytes: 1, inode: 1, ...times }, now), time);
    });
});

describe('formatComment', () => {
  it('is first time, last time and line count as JSON', () => {
    assert.equal(formatComment(both, 7), `{"first":"${first}","last":"${last}","lines":7}`);
    assert.equal(formatComment({}, 0), '{"lines":0}');
  });
});
