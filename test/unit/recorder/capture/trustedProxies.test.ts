import assert from 'node:assert/strict';
import {
  parseAddress,
  plainAddress,
  clientAddress,
  trustedProxies,
} from '../../../../src/recorder/capture/trustedProxies.ts';

describe('the address of a client behind proxies', () => {
  const isTrusted = trustedProxies(['127.0.0.1', '10.0.0.0/8', '2001:db8::/32', '::1'])!;

  const chains: [what: string, peer: string, forwarded: string[], client: string][] = [
    ['no header', '10.0.0.1', [], '10.0.0.1'],
    ['an empty header', '10.0.0.1', [''], '10.0.0.1'],
    ['one hop', '10.0.0.1', ['203.0.113.7'], '203.0.113.7'],
    ['a spoofed beginning', '10.0.0.1', ['1.1.1.1, 203.0.113.7'], '203.0.113.7'],
    ['trusted proxies in between', '10.0.0.1', ['203.0.113.7, 10.0.0.3, 10.0.0.2'], '203.0.113.7'],
    ['a spoofed beginning and proxies', '10.0.0.1', ['10.9.9.9, 203.0.113.7,10.0.0.2'], '203.0.113.7'],
    ['only trusted ones', '10.0.0.1', ['10.0.0.4, 10.0.0.3'], '10.0.0.4'],
    ['two headers', '10.0.0.1', ['1.1.1.1', '203.0.113.7'], '203.0.113.7'],
    ['garbage at the end', '10.0.0.1', ['203.0.113.7, unknown'], '10.0.0.1'],
    ['garbage behind a proxy', '10.0.0.1', ['203.0.113.7, <script>, 10.0.0.2'], '10.0.0.2'],
    ['an empty place', '10.0.0.1', ['203.0.113.7,,10.0.0.2'], '10.0.0.2'],
    ['a port', '10.0.0.1', ['203.0.113.7:4711'], '203.0.113.7'],
    ['brackets and a port', '10.0.0.1', ['[2001:DB9::1]:443'], '2001:db9::1'],
    ['IPv6 written at length', '::1', ['2001:0db9:0000::0001'], '2001:db9::1'],
    ['trusted IPv6 in between', '::1', ['2001:db9::1, 2001:db8::2'], '2001:db9::1'],
    ['mapped IPv4', '10.0.0.1', ['::ffff:203.0.113.7'], '203.0.113.7'],
    ['mapped IPv4 in hex', '10.0.0.1', ['::FFFF:cb00:7107'], '203.0.113.7'],
    ['a mapped proxy in between', '10.0.0.1', ['203.0.113.7, ::ffff:10.0.0.9'], '203.0.113.7'],
    ['numbers that are no address', '10.0.0.1', ['203.0.113.777'], '10.0.0.1'],
    [
      'more hops than anybody has',
      '10.0.0.1',
      [`203.0.113.7, ${'10.0.0.2,'.repeat(500)}10.0.0.3`],
      '10.0.0.2',
    ],
  ];
  for (const [what, peer, forwarded, client] of chains)
    it(`${what}: ${client}`, () => {
      assert.equal(clientAddress(peer, forwarded, isTrusted), client);
    });

  const peers: [address: string, shown: string][] = [
    ['::ffff:10.0.0.5', '10.0.0.5'],
    ['10.0.0.5', '10.0.0.5'],
    ['::1', '::1'],
    ['fe80::1', 'fe80::1'],
  ];
  for (const [address, shown] of peers)
    it(`shows the peer ${address} as ${shown}`, () => {
      assert.equal(plainAddress(address), shown);
    });

  it('takes no other text for an address', () => {
    for (const text of ['', 'localhost', '1.2.3', '1.2.3.4.5', '[::1', '1.2.3.4:', '::1/64', '0x7f.1'])
      assert.equal(parseAddress(text), undefined, text);
  });
});

describe('trusted proxies', () => {
  const members: [proxies: unknown, trusted: string[], others: string[]][] = [
    ['127.0.0.1', ['127.0.0.1'], ['127.0.0.2', '::1']],
    ['10.0.0.0/8, 192.168.1.1', ['10.255.0.1', '192.168.1.1'], ['11.0.0.1', '192.168.1.2']],
    [['::ffff:10.0.0.0/104'], ['10.1.2.3'], ['11.0.0.1']],
    [['::ffff:10.0.0.5'], ['10.0.0.5'], ['10.0.0.6']],
    [['2001:db8::/32'], ['2001:db8:1::1'], ['2001:db9::1', '10.0.0.1']],
    [['fe80::1%eth0'], ['fe80::1'], ['fe80::2']],
    [['0.0.0.0/0'], ['203.0.113.7'], ['2001:db8::1']],
    [['10.0.0.0/31'], ['10.0.0.0', '10.0.0.1'], ['10.0.0.2']],
  ];
  for (const [proxies, trusted, others] of members)
    it(`${JSON.stringify(proxies)} are ${trusted.join(', ')}, not ${others.join(', ')}`, () => {
      const isTrusted = trustedProxies(proxies)!;
      // The second time it is remembered.
      for (const round of [1, 2]) {
        for (const address of trusted)
          assert.equal(isTrusted(address), true, `${address}, round ${String(round)}`);
        for (const address of others)
          assert.equal(isTrusted(address), false, `${address}, round ${String(round)}`);
      }
    });

  it('may be none', () => {
    for (const none of [undefined, '', []]) assert.equal(trustedProxies(none), undefined);
  });

  it('remembers no end of peers', () => {
    const isTrusted = trustedProxies('10.0.0.0/8')!;
    for (let index = 0; index < 3000; index += 1)
      assert.equal(isTrusted(`10.0.${String(index >> 8)}.${String(index & 255)}`), true);
    assert.equal(isTrusted('11.0.0.1'), false);
  });

  const wrong: [proxies: unknown, named: RegExp][] = [
    ['10.0.0.0/33', /“10\.0\.0\.0\/33” of trustedProxies/],
    [['127.0.0.1', 'loopback'], /“loopback”/],
    ['127.0.0.1,,::1', /“”/],
    [['10.0.0.0/'], /“10\.0\.0\.0\/”/],
    [['10.0.0.0/8/8'], /“10\.0\.0\.0\/8\/8”/],
    [['10.0.0.0/-1'], /“10\.0\.0\.0\/-1”/],
    [['::/129'], /“::\/129”/],
    // Half of a mapped block would be trusted addresses of IPv6, too.
    [['::ffff:0:0/64'], /“::ffff:0:0\/64”/],
    [['10.0.0.1:80'], /“10\.0\.0\.1:80”/],
    [['[::1]'], /“\[::1\]”/],
    [[''], /“”/],
    [[1], /must be a list/],
    [{}, /must be a list/],
    [true, /must be a list/],
  ];
  for (const [proxies, named] of wrong)
    it(`refuses ${JSON.stringify(proxies)} and says which`, () => {
      assert.throws(
        () => trustedProxies(proxies),
        (error) => error instanceof TypeError && named.test(error.message),
      );
    });
});
