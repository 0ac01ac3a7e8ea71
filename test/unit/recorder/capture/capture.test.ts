import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  request as ask,
  type IncomingMessage,
  type RequestListener,
  type RequestOptions,
  type ServerResponse,
} from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { createCapture } from '../../../../src/recorder/capture/capture.ts';
import type { Entry } from '../../../../src/files/entry.ts';
import { freshServers, keptEntries, type KeptEntries } from './keptEntries.ts';

describe('bodies', () => {
  const serve = freshServers();
  const observed = (recorder: KeptEntries, handler: RequestListener): RequestListener => {
    const { observe } = createCapture(recorder);
    return (request, response) => {
      observe(request, response, request);
      handler(request, response);
    };
  };
  /** The entry of one request, and the answer to the client. */
  const exchange = async (
    { level = 'REQUEST_RESPONSE', maxBodyBytes = 2048 }: { level?: string; maxBodyBytes?: number },
    handler: RequestListener,
    options: RequestOptions = {},
    body?: string | Buffer,
  ): Promise<{ entry: Entry; answer: string }> => {
    const recorder = keptEntries(level, maxBodyBytes);
    const request = ask(await serve(observed(recorder, handler)), options);
    // One that is refused before it has sent everything may be cut off afterwards.
    request.on('error', () => undefined).end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const answer = await text(response);
    const [entry] = await recorder.count(1);
    return { entry: entry!, answer };
  };
  const json = { 'content-type': 'application/json' };
  const echo = (request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, json);
    request.pipe(response);
  };

  const levels: [level: string, request: unknown, response: unknown][] = [
    ['NONE', undefined, undefined],
    ['METADATA', undefined, undefined],
    ['REQUEST', { a: 1 }, undefined],
    ['REQUEST_RESPONSE', { a: 1 }, { a: 1 }],
  ];
  for (const [level, request, response] of levels)
    it(`at ${level} are ${JSON.stringify([request, response])}`, async () => {
      const { entry, answer } = await exchange({ level }, echo, { method: 'POST', headers: json }, '{"a":1}');
      assert.equal(answer, '{"a":1}');
      assert.deepEqual([entry.request_object, entry.response_object], [request, response]);
      assert.equal(entry.truncated, undefined);
    });

  it('leave the methods of a request and its response alone where no body is asked for', async () => {
    const own = (request: IncomingMessage, response: ServerResponse): void => {
      response.end(JSON.stringify([Object.keys(request), Object.keys(response)].flat()));
    };
    const { answer } = await exchange({ level: 'METADATA' }, own, { method: 'POST' }, 'x');
    for (const name of ['push', 'write', 'end']) assert.equal(answer.includes(`"${name}"`), false);
  });

  it('longer than the limit are cut, and passed on whole', async () => {
    const long = JSON.stringify('x'.repeat(100_000));
    const { entry, answer } = await exchange(
      { maxBodyBytes: 10 },
      echo,
      { method: 'POST', headers: json },
      long,
    );
    assert.equal(answer, long);
    assert.equal(entry.truncated, true);
    for (const body of [entry.request_object, entry.response_object]) {
      assert.ok(typeof body === 'string' && body.startsWith('"xxx') && body.length < 5000);
    }
  });

  it('are kept some way beyond the limit, so that a secret across it is masked as a whole', async () => {
    const { entry } = await exchange(
      { maxBodyBytes: 10 },
      echo,
      { method: 'POST', headers: json },
      '{"password":"abc def"}',
    );
    assert.deepEqual(entry.request_object, { password: 'abc def' });
  });

  it('that are binary are named', async () => {
    const headers = { 'content-type': 'image/png' };
    const { entry } = await exchange(
      {},
      (request, response) => {
        request.resume().on('end', () => response.end());
      },
      { method: 'POST', headers },
      Buffer.from([1, 2, 3]),
    );
    assert.equal(entry.request_object, '[image/png, 3 bytes]');
    assert.equal(entry.truncated, undefined);
  });

  it('are truncated where more was announced than was written', async () => {
    const recorder = keptEntries('REQUEST_RESPONSE');
    const request = ask(
      await serve(
        observed(recorder, (_request, response) => {
          response.writeHead(200, { 'Content-Length': '10' }).end('abc', () => request.destroy());
        }),
      ),
    );
    request.on('error', () => undefined).end();
    assert.partialDeepStrictEqual((await recorder.count(1))[0], { response_object: 'abc', truncated: true });
  });

  it('are truncated where the server closes the connection before it ends its answer', async () => {
    const zipped = gzipSync('abc'.repeat(100));
    const answers: [coding: string, piece: string | Buffer, recorded: string][] = [
      ['identity', 'abc', 'abc'],
      ['gzip', zipped.subarray(0, -4), 'abc'.repeat(100)],
    ];
    for (const [coding, piece, recorded] of answers) {
      const recorder = keptEntries('REQUEST_RESPONSE');
      const url = await serve(
        observed(recorder, (_request, response) => {
          response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': coding });
          response.write(piece, () => response.destroy());
        }),
      );
      ask(url, (response) => response.on('error', () => undefined).resume())
        .on('error', () => undefined)
        .end();
      const [entry] = await recorder.count(1);
      assert.partialDeepStrictEqual(entry, { response_object: recorded, aborted: true, truncated: true });
    }
  });

  it('that are compressed are decompressed', async () => {
    const zipped = gzipSync('{"b":2}');
    const headers = { ...json, 'content-encoding': 'br' };
    const { entry, answer } = await exchange(
      {},
      (request, response) => {
        response.writeHead(200, { ...json, 'content-encoding': 'gzip' });
        request.resume().on('end', () => {
          response.write(zipped.subarray(0, 5));
          response.end(zipped.subarray(5));
        });
      },
      { method: 'POST', headers },
      brotliCompressSync('{"a":1}'),
    );
    assert.equal(answer, zipped.toString());
    assert.deepEqual([entry.request_object, entry.response_object], [{ a: 1 }, { b: 2 }]);
    assert.equal(entry.truncated, undefined);
  });

  it('in zstd are decompressed although none of their blocks is short', async () => {
    const text = JSON.stringify(Array.from({ length: 9000 }, (_, index) => index * 7919));
    const { entry } = await exchange({}, (_request, response) => {
      response.setHeader('content-encoding', 'zstd').setHeader('content-type', 'application/json');
      response.end(zstdCompressSync(text));
    });
    assert.ok(typeof entry.response_object === 'string' && text.startsWith(entry.response_object));
    assert.equal(entry.truncated, true);
  });

  it('in the words of write and end reach the client as without us', async () => {
    const calls: unknown[] = [];
    const all = Promise.withResolvers<undefined>();
    const told = (what: unknown): void => {
      calls.push(what);
      if (calls.length === 6) all.resolve(undefined);
    };
    const { entry, answer } = await exchange({}, (_request, response) => {
      response.on('error', () => undefined);
      response.setHeader('content-type', 'text/plain');
      response.cork();
      calls.push(response.write('Z3LDvMOf', 'base64'));
      calls.push(response.write(new Uint8Array([0x65, 0x20])));
      response.uncork();
      response.write('c3bc', 'hex', () => {
        told('written');
      });
      calls.push(
        response.end('ü', 'latin1', () => {
          told('ended');
        }) === response,
      );
      response.write('too late', (error) => {
        told((error as { code?: string }).code);
      });
    });
    assert.equal(answer, 'grüße ü\ufffd');
    assert.equal(entry.response_object, 'grüße ü\ufffd');
    await all.promise;
    assert.deepEqual(calls.slice(0, 3), [true, true, true]);
    assert.deepEqual(new Set(calls.slice(3)), new Set(['written', 'ended', 'ERR_STREAM_WRITE_AFTER_END']));
  });

  it('of a wrong type are refused as without us', async () => {
    const { answer } = await exchange({}, (_request, response) => {
      try {
        response.write(12);
      } catch (error) {
        response.end((error as NodeJS.ErrnoException).code);
      }
    });
    assert.equal(answer, 'ERR_INVALID_ARG_TYPE');
  });

  it('by setEncoding, by iteration and by pipe are the handler’s to read', async () => {
    const ways: ((request: IncomingMessage) => Promise<string>)[] = [
      text,
      async (request) => {
        request.setEncoding('utf8');
        let read = '';
        for await (const chunk of request) read += chunk as string;
        return read;
      },
      async (request) => text(request.pipe(new PassThrough())),
      async (request) => {
        let read = '';
        request.on('readable', () => {
          for (let piece: unknown; (piece = request.read(2)) !== null;) read += (piece as Buffer).toString();
        });
        await once(request, 'end');
        return read;
      },
    ];
    for (const way of ways) {
      const { entry, answer } = await exchange(
        {},
        (request, response) => void way(request).then((read) => response.end(read)),
        { method: 'PUT' },
        '{"a":"ü"}',
      );
      assert.equal(answer, '{"a":"ü"}');
      assert.deepEqual(entry.request_object, { a: 'ü' });
    }
  });

  it('that nobody reads are recorded as far as they came, and hold nothing up', async () => {
    const refuse = (_request: unknown, response: ServerResponse): void => {
      response.writeHead(413).end();
    };
    const small = await exchange({}, refuse, { method: 'POST', headers: json }, '{"a":1}');
    assert.deepEqual(small.entry.request_object, { a: 1 });
    assert.equal(small.entry.truncated, undefined);
    const large = await exchange({}, refuse, { method: 'POST', headers: json }, Buffer.alloc(5_000_000, 'x'));
    assert.equal(large.entry.status, 413);
    assert.equal(large.entry.truncated, true);
  });

  it('that began before anybody looked are left out, and truncated says so', async () => {
    const recorder = keptEntries('REQUEST');
    const begun = Promise.withResolvers<undefined>();
    const { observe } = createCapture(recorder);
    const url = await serve((request, response) => {
      request.once('data', () => {
        observe(request, response, request);
        begun.resolve(undefined);
        request.resume().on('end', () => response.end());
      });
    });
    const request = ask(url, { method: 'POST' });
    request.on('error', () => undefined).write('{"a":');
    await begun.promise;
    request.end('1}');
    const [entry] = await recorder.count(1);
    assert.equal(entry!.request_object, undefined);
    assert.equal(entry!.truncated, true);
    request.destroy();
  });

  it('stream: what is written first arrives while the rest is still to come', async () => {
    let finish = (): void => undefined;
    const recorder = keptEntries('REQUEST_RESPONSE');
    const url = await serve(
      observed(recorder, (request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        request.once('data', (chunk: Buffer) => response.write(chunk));
        finish = () => response.end('data: 2\n\n');
      }),
    );
    const request = ask(url, { method: 'POST' });
    request.write('data: 1\n\n');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const [first] = (await once(response, 'data')) as [Buffer];
    assert.equal(first.toString(), 'data: 1\n\n');
    assert.equal(recorder.entries.length, 0);
    request.end();
    finish();
    response.resume();
    const [entry] = await recorder.count(1);
    assert.equal(entry!.response_object, 'data: 1\n\ndata: 2\n\n');
  });

  it('wait where the handler does not read', async () => {
    let waiting = 0;
    const slow = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      await setTimeout(100);
      waiting = request.readableLength;
      request.resume().on('end', () => response.end());
    };
    const large = Buffer.alloc(20_000_000);
    await exchange({}, (...pair) => void slow(...pair), { method: 'POST' }, large);
    assert.ok(waiting > 0 && waiting < 1_000_000, String(waiting));
  });

  it('are named by the headers that writeHead is given, in each of its forms', async () => {
    const type = 'Content-Type';
    const forms: ((response: ServerResponse) => ServerResponse)[] = [
      (response) => response.writeHead(200, { [type]: 'image/png' }),
      (response) => response.writeHead(200, 'Fine', { [type]: 'image/png' }),
      (response) => response.writeHead(200, [type, 'image/png']),
      (response) => response.writeHead(200, [[type, 'image/png']] as never),
      (response) => response.setHeader(type, 'text/plain').writeHead(200, { [type]: 'image/png' }),
      (response) => response.setHeader(type, 'image/png').writeHead(200, 'Fine'),
      (response) => response.setHeader(type, 'image/png'),
    ];
    const codings = ['Content-Encoding', 'gzip', 'Content-Encoding', 'br'];
    const { entry: twice } = await exchange({}, (_request, response) =>
      response.writeHead(200, codings).end(brotliCompressSync(gzipSync('twice'))),
    );
    assert.equal(twice.response_object, 'twice');
    for (const form of forms) {
      const { entry } = await exchange({}, (_request, response) => form(response).end('abc'));
      assert.equal(entry.response_object, '[image/png, 3 bytes]');
    }
  });

  it('of 50 MB pass both ways unchanged, while hardly any of them is kept', async () => {
    const piece = Buffer.alloc(1_000_000, 'abcdefg');
    const sent = createHash('sha256');
    const body = Readable.from(
      (function* () {
        for (let index = 0; index < 50; index += 1) {
          sent.update(piece);
          yield piece;
        }
      })(),
    );
    const recorder = keptEntries('REQUEST_RESPONSE');
    const url = await serve(observed(recorder, echo));
    const request = ask(url, { method: 'POST', headers: { 'content-type': 'text/plain' } });
    body.pipe(request);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const received = createHash('sha256');
    for await (const chunk of response) received.update(chunk as Buffer);
    assert.equal(received.digest('hex'), sent.digest('hex'));
    const [entry] = await recorder.count(1);
    assert.equal(entry!.truncated, true);
    for (const kept of [entry!.request_object, entry!.response_object])
      assert.ok(typeof kept === 'string' && kept.length < 7000);
  });
});
