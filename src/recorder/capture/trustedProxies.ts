import { BlockList, isIP, isIPv4, isIPv6, SocketAddress } from 'node:net';

const MAPPED = '::ffff:';

/** The address of a socket's other end, as it is shown: IPv4 that came over IPv6 is IPv4. */
export function plainAddress(address: string): string {
  // Sockets write it in this very form.
  return address.startsWith(MAPPED) && address.includes('.') ? address.slice(MAPPED.length) : address;
}

/**
 * An address as other programs write it, in the form that sockets write: without brackets, port and zone, shortened, in
 * lower case. Undefined for anything else.
 */
export function parseAddress(text: string): string | undefined {
  const bare = withoutPort(text.trim());
  const version = isIP(bare);
  if (version === 4) return bare;
  if (version !== 6) return undefined;
  const [address = ''] = bare.split('%');
  return plainAddress(new SocketAddress({ address, family: 'ipv6' }).address);
}

/** `192.0.2.1:443` and `[2001:db8::1]:443` are what some proxies write. */
function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text);
  if (bracketed !== null) return bracketed[1] ?? '';
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(text);
  return withPort?.[1] ?? text;
}

/** Whether an address, in the form of `parseAddress`, is one of those that are trusted. */
export type IsTrusted = (address: string) => boolean;

/** Peers are few; a flood of others must not fill the memory. */
const MOST_REMEMBERED = 1024;
const IPV4_BITS = 32;
const IPV6_BITS = 128;

/**
 * @param proxies addresses and CIDR blocks, as a list or separated by commas
 * @returns undefined where there are none
 * @throws TypeError that names the one that is neither
 */
export function trustedProxies(proxies: unknown): IsTrusted | undefined {
  const blocks = listOf(proxies);
  if (blocks.length === 0) return undefined;
  const list = new BlockList();
  for (const block of blocks) add(list, block);
  const known = new Map<string, boolean>();
  return (address) => {
    const remembered = known.get(address);
    if (remembered !== undefined) return remembered;
    if (known.size === MOST_REMEMBERED) known.clear();
    const isTrusted = list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
    known.set(address, isTrusted);
    return isTrusted;
  };
}

function listOf(proxies: unknown): readonly string[] {
  if (proxies === undefined) return [];
  const list: unknown = typeof proxies === 'string' ? proxies.split(',') : proxies;
  if (!Array.isArray(list) || !list.every((block) => typeof block === 'string'))
    throw new TypeError('trustedProxies must be a list of addresses and CIDR blocks.');
  const blocks = list.map((block) => block.trim());
  // A single text without anything in it is what an empty setting of the environment gives.
  return proxies === '' ? [] : blocks;
}

function add(list: BlockList, block: string): void {
  const [text = '', length, ...rest] = block.split('/');
  const written = text.includes(':') ? IPV6_BITS : IPV4_BITS;
  const address = isIPv4(text) || isIPv6(text) ? parseAddress(text) : undefined;
  const bits = length === undefined ? written : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (address === undefined || rest.length > 0 || !(bits <= written)) throw notABlock(block);
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  // A block of mapped addresses counts the 96 bits before them.
  const ownBits = family === 'ipv4' ? bits - (written - IPV4_BITS) : bits;
  if (ownBits < 0) throw notABlock(block);
  list.addSubnet(address, ownBits, family);
}

function notABlock(block: string): TypeError {
  return new TypeError(
    `“${block}” of trustedProxies is neither an IP address nor a CIDR block such as 10.0.0.0/8.`,
  );
}

/** Longer chains are nobody's, and each hop costs. */
const MOST_HOPS = 64;

/**
 * The address of the client behind trusted proxies: `X-Forwarded-For` is read from its end, where the nearest proxy
 * wrote, to the first address that is not trusted. What is written before that, or before something that is no address,
 * may be anybody's invention.
 * @param peer a trusted peer
 * @param forwarded the values of `X-Forwarded-For`
 */
export function clientAddress(peer: string, forwarded: readonly string[], isTrusted: IsTrusted): string {
  const chain = forwarded.join(',');
  let client = peer;
  let end = chain.length;
  for (let hop = 0; hop < MOST_HOPS && end > 0; hop += 1) {
    const comma = chain.lastIndexOf(',', end - 1);
    const address = parseAddress(chain.slice(comma + 1, end));
    if (address === undefined) return client;
    client = address;
    if (!isTrusted(address)) return client;
    end = comma;
  }
  return client;
}
