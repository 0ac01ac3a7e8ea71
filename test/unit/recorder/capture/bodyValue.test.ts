import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { BodySample } from '../../../../src/recorder/capture/bodyTaps.ts';
import { bodyValue } from '../../../../src/recorder/capture/bodyValue.ts';

/** A body that passed in these chunks. */
function sampleOf(chunks: readonly (string | Uint8Array)[], limit = 1000, isComplete = true): BodySample {
  const sample = new BodySample(limit);
  for (const chunk of chunks) sample.add(chunk);
  sample.isComplete = isComplete;
  return sample;
}

describe('a body in an entry', () => {
  const value = (body: string | Uint8Array, type?: string, coding?: string): unknown =>
    bodyValue(sampleOf([body]), type, coding).value;

  const png = Buffer.from('89504e470d0a1a0a0000000d', 'hex');
  const bodies: [what: string, body: string | Uint8Array, type: string | undefined, value: unknown][] = [
    ['JSON', '{"a":[1,"ü"]}', 'application/json', { a: [1, 'ü'] }],
    ['JSON with parameters in its type', '[1]', 'Application/JSON; charset=utf-8', [1]],
    ['JSON by a suffix', '{"a":1}', 'application/problem+json', { a: 1 }],
    ['broken JSON', '{"a":', 'application/json', '{"a":'],
    ['text that looks like JSON', '{"a":1}', 'text/plain', '{"a":1}'],
    ['a form', 'a=1&b=2', 'application/x-www-form-urlencoded', 'a=1&b=2'],
    ['XML', '<a/>', 'application/xml', '<a/>'],
    ['SVG', '<svg/>', 'image/svg+xml', '<svg/>'],
    ['GraphQL', '{ me }', 'application/graphql', '{ me }'],
    ['JavaScript', 'f()', 'text/javascript', 'f()'],
    ['events', 'data: 1\n\n', 'text/event-stream', 'data: 1\n\n'],
    ['an image', png, 'image/png', '[image/png, 12 bytes]'],
    ['an upload', 'x'.repeat(300), 'multipart/form-data; boundary=x', '[multipart/form-data, 300 bytes]'],
    ['bytes', png, 'application/octet-stream', '[application/octet-stream, 12 bytes]'],
    ['a type that nobody knows', 'abc', 'x/y', '[x/y, 3 bytes]'],
    ['a type that would forge', 'abc', 'x/y] "\u001b[31m', '[x/y_ ___31m, 3 bytes]'],
    ['text without a type', 'grüße\r\n\t', undefined, 'grüße\r\n\t'],
    ['JSON without a type', ' {"a":1}', undefined, { a: 1 }],
    ['a number without a type', '12', undefined, '12'],
    ['bytes without a type', png, undefined, '[application/octet-stream, 12 bytes]'],
    ['control characters without a type', 'a\u0000b', '', '[application/octet-stream, 3 bytes]'],
    ['nothing', '', 'application/json', undefined],
  ];
  for (const [what, body, type, expected] of bodies)
    it(`${what} is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(value(body, type), expected);
      assert.equal(bodyValue(sampleOf([body]), type, undefined).isTruncated, false);
    });

  const wide = Buffer.from('{"a":"ü"}', 'utf16le');
  const charsets: [type: string, body: Buffer, value: unknown][] = [
    ['application/json; charset=utf-16le', wide, { a: 'ü' }],
    ['application/json; a=b; Charset = "UTF-16LE"', wide, { a: 'ü' }],
    ['text/plain;charset=utf-16be', Buffer.from(wide).swap16(), '{"a":"ü"}'],
    ['text/plain; charset=iso-8859-1', Buffer.from('grüße', 'latin1'), 'grüße'],
    ['text/plain; charset=shift_jis', Buffer.from([0x83, 0x65]), 'テ'],
    ['application/json; charset=utf-7', Buffer.from('{}'), '[application/json; utf-7, 2 bytes]'],
    ['text/plain; charset=x]y', Buffer.from('ab'), '[text/plain; x_y, 2 bytes]'],
    ['application/json', wide, '[application/json, 18 bytes]'],
    ['application/json; charset=utf-8; charset=utf-16le', wide, '[application/json; utf-8, 18 bytes]'],
  ];
  for (const [type, body, expected] of charsets)
    it(`of ${type} is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(value(body, type), expected);
    });

  it('in another charset is cut between characters too', () => {
    const sample = sampleOf([Buffer.from('abc', 'utf16le')], 5);
    assert.deepEqual(bodyValue(sample, 'text/plain; charset=utf-16le', undefined), {
      value: 'ab',
      isTruncated: true,
    });
  });

  const codings: [coding: string, compress: (text: Uint8Array) => Uint8Array][] = [
    ['gzip', gzipSync],
    ['X-GZIP', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['identity, gzip', gzipSync],
    ['br, gzip', (text) => gzipSync(brotliCompressSync(text))],
  ];
  for (const [coding, compress] of codings) {
    it(`in ${coding} is decompressed`, () => {
      const packed = compress(Buffer.from('{"a":"grüße"}'));
      assert.deepEqual(bodyValue(sampleOf([packed]), 'application/json', coding), {
        value: { a: 'grüße' },
        isTruncated: false,
      });
    });

    it(`in ${coding} is decompressed as far as its sample goes`, () => {
      const text = JSON.stringify(
        Array.from({ length: 500 }, (_, index) => `number ${String(index * 7919)}`),
      );
      const sample = new BodySample(200);
      sample.prepareFor(coding);
      sample.add(compress(Buffer.from(text)));
      const { value: got, isTruncated } = bodyValue(sample, 'application/json', coding);
      assert.equal(isTruncated, true);
      assert.ok(typeof got === 'string' && got.length > 20 && text.startsWith(got), String(got));
      assert.ok(got.length <= 200);
    });

    it(`in ${coding} is truncated where its writer stopped early, though all of its bytes came`, () => {
      const text = Buffer.from(JSON.stringify(Array.from({ length: 40 }, (_, index) => index * 7919)));
      const whole = compress(text);
      for (const cut of [1, 3, Math.floor(whole.length / 2)]) {
        const { value: got, isTruncated } = bodyValue(
          sampleOf([whole.subarray(0, whole.length - cut)]),
          'application/json',
          coding,
        );
        assert.equal(isTruncated, true);
        assert.ok(
          typeof got === 'string' && (text.toString().startsWith(got) || got.startsWith('[application')),
          String(got),
        );
      }
    });

    it(`in ${coding} stops a bomb at the limit`, () => {
      const text = Buffer.concat([Buffer.from('[1, 2, 3, "begun" '), Buffer.alloc(30_000_000, ' ')]);
      const sample = new BodySample(50_000);
      sample.prepareFor(coding);
      sample.add(compress(text));
      const { value: got, isTruncated } = bodyValue(sample, 'application/json', coding);
      assert.equal(isTruncated, true);
      assert.ok(typeof got === 'string' && got.length <= 50_000);
    });

    it(`is shown as it was written where ${coding} comes behind it`, () => {
      assert.deepEqual(value('{"a":"grüße"}', 'application/json', coding), { a: 'grüße' });
    });
  }

  const unreadable: [what: string, body: Buffer, type: string, value: unknown][] = [
    ['another charset', Buffer.from('grüße', 'latin1'), 'text/plain; charset=latin1', 'grüße'],
    ['colours', Buffer.from('\u001b[31mred'), 'text/plain', '\u001b[31mred'],
    ['bytes', png, 'application/wasm', '[application/wasm, 12 bytes]'],
  ];
  for (const coding of ['gzip', 'br, X-Gzip ,', 'zstd'])
    for (const [what, body, type, expected] of unreadable)
      it(`of ${what} is shown as it was written where ${coding} comes behind it`, () => {
        assert.deepEqual(value(body, type, coding), expected);
      });

  it('of which nothing was seen is truncated unless it was empty', () => {
    for (const isComplete of [true, false])
      assert.deepEqual(bodyValue(sampleOf([], 1000, isComplete), 'application/json', undefined), {
        value: undefined,
        isTruncated: !isComplete,
      });
  });

  it('is named where its coding is unknown, broken or not worth undoing', () => {
    const bytes = Buffer.from('a\x00\xff', 'latin1');
    const broken = gzipSync('x').fill(0xff, 10);
    assert.equal(value(broken, 'application/json', 'gzip'), '[application/json; gzip, 21 bytes]');
    assert.equal(value(bytes, undefined, 'compress'), '[application/octet-stream; compress, 3 bytes]');
    assert.equal(
      value(gzipSync('x'), 'application/json', 'gzip, gzip, gzip, gzip'),
      '[application/json; gzip, gzip, gzip, gzip, 21 bytes]',
    );
    assert.equal(value(gzipSync('x'), 'image/png', 'gzip'), '[image/png; gzip, 21 bytes]');
    assert.deepEqual(value('[1]', 'application/json', 'identity'), [1]);
  });

  it('is cut between characters, and is no JSON then', () => {
    const sample = sampleOf(['["ab€cd"]'], 6);
    assert.deepEqual(bodyValue(sample, 'application/json', undefined), { value: '["ab', isTruncated: true });
    const untyped = sampleOf(['ab€cd'], 4);
    assert.deepEqual(bodyValue(untyped, undefined, undefined), { value: 'ab', isTruncated: true });
  });

  it('counts what it does not keep', () => {
    const sample = sampleOf([png, Buffer.alloc(1_000_000)], 10);
    assert.deepEqual(bodyValue(sample, 'image/png', undefined), {
      value: '[image/png, 1000012 bytes]',
      isTruncated: true,
    });
    assert.equal(sample.bytes.length, 10);
  });

  it('says that it is not whole where it ended early, or began before anybody looked', () => {
    const early = sampleOf(['{"a"'], 100, false);
    assert.deepEqual(bodyValue(early, 'application/json', undefined), { value: '{"a"', isTruncated: true });
    const late = sampleOf(['"a":1}']);
    late.isLate = true;
    assert.deepEqual(bodyValue(late, 'application/json', undefined), { value: undefined, isTruncated: true });
  });

  it('stays text where it is nested so deep that walking through it could fail', () => {
    const deep = '['.repeat(5000) + ']'.repeat(5000);
    assert.equal(bodyValue(sampleOf([deep], 20_000), 'application/json', undefined).value, deep);
    const shallow = `[${'[],'.repeat(3000)}[]]`;
    assert.ok(Array.isArray(bodyValue(sampleOf([shallow], 20_000), 'application/json', undefined).value));
  });
});

describe('the beginning of a body', () => {
  const chunks: [what: string, chunk: unknown, encoding: string | undefined, kept: string, total: number][] =
    [
      ['text', 'grüße', undefined, 'grüße', 7],
      ['text that is longer than what is kept', 'ü'.repeat(40), 'utf8', 'ü'.repeat(5), 80],
      ['hex', 'c3bc', 'hex', 'ü', 2],
      ['base64', 'w7w=', 'base64', 'ü', 2],
      ['an unknown encoding', 'ü', 'nonsense', 'ü', 2],
      ['bytes', new Uint8Array([0xc3, 0xbc]), undefined, 'ü', 2],
      ['neither', 12, undefined, '', 0],
    ];
  for (const [what, chunk, encoding, kept, total] of chunks)
    it(`takes ${what}`, () => {
      const sample = new BodySample(10);
      sample.add(chunk, encoding);
      assert.equal(sample.bytes.toString(), kept);
      assert.equal(sample.total, total);
    });

  it('does not change when its source does', () => {
    const sample = new BodySample(10);
    const source = Buffer.from('abc');
    sample.add(source);
    source.fill('x');
    assert.equal(sample.bytes.toString(), 'abc');
  });

  it('of tiny chunks takes about as much memory as its bytes', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const used = (): number => {
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const count = 500_000;
    const sample = new BodySample(count - 1);
    const byte = new Uint8Array([0x61]);
    const before = used();
    for (let index = 0; index < count; index += 1) sample.add(byte);
    const grown = used() - before;
    assert.ok(grown < 5 * count, `${String(grown)} bytes`);
    assert.equal(sample.bytes.toString(), 'a'.repeat(count - 1));
    assert.equal(sample.isCut, true);
  });
});
