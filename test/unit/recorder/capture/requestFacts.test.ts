import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { requestFacts, type CaptureOptions } from '../../../../src/recorder/capture/requestFacts.ts';

function requestWith(rawHeaders: string[]): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.rawHeaders = rawHeaders;
  return request;
}

describe('what an entry says about who asked', () => {
  const facts = (
    options: CaptureOptions,
    rawHeaders: string[],
    ...[peer = '127.0.0.1']: [peer?: string | null]
  ): ReturnType<ReturnType<typeof requestFacts>> => {
    const request = requestWith(rawHeaders);
    return requestFacts(options)(request, peer ?? undefined, request);
  };
  const behind = { trustedProxies: ['127.0.0.1'], userHeader: 'X-User' };
  const user = (...rawHeaders: string[]): string => facts(behind, rawHeaders).user;

  describe('the user', () => {
    const utf8 = (text: string): string => Buffer.from(text).toString('latin1');
    const names: [header: string, user: string][] = [
      ['ada', 'ada'],
      [' ada ', 'ada'],
      ['Ada Lovelace <ada@example.org>', 'Ada Lovelace <ada@example.org>'],
      [utf8('Jürgen Müller'), 'Jürgen Müller'],
      [utf8('李雷'), '李雷'],
      ['J\u00fcrgen', 'Jürgen'],
      ['a'.repeat(256), 'a'.repeat(256)],
      ['a'.repeat(257), 'anonymous'],
      ['', 'anonymous'],
      ['   ', 'anonymous'],
      ['a\tb', 'anonymous'],
      ['a\u0085b', 'anonymous'],
      [utf8('a\u202eb'), 'anonymous'],
      [utf8('a\u2028b'), 'anonymous'],
      ['\u00ff\u00fe', 'ÿþ'],
    ];
    for (const [header, expected] of names)
      it(`${JSON.stringify(header.slice(0, 40))} is ${expected.slice(0, 40)}`, () => {
        assert.equal(user('x-user', header), expected);
      });

    it('is found however the header is spelled', () => {
      assert.equal(user('Host', 'x', 'X-USER', 'ada'), 'ada');
    });

    it('is anonymous where the header is there twice: one of them may be the client’s own', () => {
      assert.equal(user('X-User', 'root', 'x-user', 'ada'), 'anonymous');
    });

    const unbelieved: [what: string, options: CaptureOptions, peer: string | null][] = [
      ['without trusted proxies', { userHeader: 'x-user' }, '127.0.0.1'],
      ['from another peer', { ...behind, trustedProxies: '10.0.0.1' }, '127.0.0.1'],
      ['from a local socket', behind, null],
      ['without a header’s name', { trustedProxies: '127.0.0.1' }, '127.0.0.1'],
    ];
    for (const [what, options, peer] of unbelieved)
      it(`is anonymous ${what}`, () => {
        assert.equal(facts(options, ['x-user', 'root'], peer).user, 'anonymous');
      });

    it('is not believed from a peer behind the trusted one', () => {
      const options = { ...behind, trustedProxies: ['10.0.0.1'] };
      assert.equal(
        facts(options, ['x-user', 'root', 'x-forwarded-for', '10.0.0.1'], '10.0.0.2').user,
        'anonymous',
      );
    });
  });

  describe('the address', () => {
    const addresses: [
      what: string,
      options: CaptureOptions,
      peer: string | undefined,
      ip: string | undefined,
    ][] = [
      ['is the peer’s', {}, '192.0.2.1', '192.0.2.1'],
      ['is shown as IPv4 where it is one', {}, '::ffff:192.0.2.1', '192.0.2.1'],
      [
        'is the peer’s, whatever an untrusted one says',
        { trustedProxies: '10.0.0.1' },
        '192.0.2.1',
        '192.0.2.1',
      ],
      ['is the client’s behind a trusted peer', behind, '127.0.0.1', '203.0.113.7'],
      ['is the client’s behind a trusted peer that is mapped', behind, '::ffff:127.0.0.1', '203.0.113.7'],
      ['is missing for local sockets', behind, undefined, undefined],
    ];
    for (const [what, options, peer, ip] of addresses)
      it(what, () => {
        const request = requestWith(['X-Forwarded-For', '1.1.1.1', 'X-Forwarded-For', '203.0.113.7']);
        const read = requestFacts(options);
        assert.equal(read(request, peer, request).ip, ip);
      });
  });

  describe('the request’s id', () => {
    const id = (options: CaptureOptions, ...rawHeaders: string[]): string =>
      facts(options, rawHeaders).request_id;
    const made = /^[\w-]{12}-[0-9a-z]+$/;

    it('is taken from x-request-id', () => {
      assert.equal(id({}, 'X-Request-Id', '9f1c:a/b+c=@d.e_f-g'), '9f1c:a/b+c=@d.e_f-g');
    });
    it('is taken from another header', () => {
      assert.equal(id({ requestId: 'X-Trace' }, 'x-request-id', 'no', 'x-trace', 'yes'), 'yes');
    });
    it('is what a function says', () => {
      assert.equal(id({ requestId: ({ rawHeaders }) => rawHeaders[1] }, 'a', 'b'), 'b');
    });

    const implausible: [what: string, value: string][] = [
      ['an empty one', ''],
      ['one that is too long', 'a'.repeat(129)],
      ['one with a blank', 'a b'],
      ['one with a quote', 'a"b'],
      ['one with another script’s letters', 'é'],
      ['one with a line end', 'a\nb'],
    ];
    for (const [what, value] of implausible)
      it(`is made in place of ${what}`, () => {
        assert.match(id({}, 'x-request-id', value), made);
        assert.match(id({ requestId: () => value }), made);
      });

    it('is made where a function throws, or says nothing', () => {
      const failing = (): never => {
        throw new Error('no');
      };
      assert.match(id({ requestId: failing }), made);
      assert.match(id({ requestId: () => undefined }), made);
      assert.match(id({ requestId: () => 7 as unknown as string }), made);
    });

    it('is never made twice', () => {
      const ids = Array.from({ length: 1000 }, () => id({}));
      assert.equal(new Set(ids).size, 1000);
    });
  });

  it('tells the workspace that a function names, and none where it throws', () => {
    assert.equal(facts({ workspaceOf: ({ rawHeaders }) => rawHeaders[0] }, ['w']).workspace_id, 'w');
    const failing = (): never => {
      throw new Error('no');
    };
    assert.equal(facts({ workspaceOf: failing }, []).workspace_id, undefined);
  });

  it('tells the user agent', () => {
    assert.equal(facts({}, ['USER-AGENT', 'curl/8']).user_agent, 'curl/8');
    assert.equal(facts({}, []).user_agent, undefined);
  });
});
