import { BlockList, isIP, isIPv4, isIPv6, SocketAddress } from 'node:net';

const MAPPED = '::ffff:';

/** The address of a socket's other end as it is shown: IPv4 that came over IPv6 is shown as IPv4. */
export function plainAddress(address: string): string {
  // Sockets write a mapped address in exactly this form.
  return address.startsWith(MAPPED) && address.includes('.') ? address.slice(MAPPED.length) : address;
}

/**
 * Converts an address that another program wrote to the form that sockets write: without brackets, port and zone,
 * shortened, in lower case. Undefined for anything else.
 */
export function parseAddress(text: string): string | undefined {
  const bare = withoutPort(text.trim());
  const version = isIP(bare);
  if (version === 4) return bare;
  if (version !== 6) return undefined;
  const [address = ''] = bare.split('%');
  return plainAddress(new SocketAddress({ address, family: 'ipv6' }).address);
}

/** Removes the port. Some proxies write `192.0.2.1:443` and `[2001:db8::1]:443`. */
function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text);
  if (bracketed !== null) return bracketed[1] ?? '';
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(text);
  return withPort?.[1] ?? text;
}

/** Whether an address is trusted. The address has the form of `parseAddress`. */
export type IsTrusted = (address: string) => boolean;

/** The limit of remembered addresses. Peers are few, but a flood of other addresses must not fill the memory. */
const MOST_REMEMBERED = 1024;
const IPV4_BITS = 32;
const IPV6_BITS = 128;

/**
 * @param proxies addresses and CIDR blocks, as a list or separated by commas
 * @returns undefined if there are none
 * @throws TypeError that names the text that is neither
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
  // An empty text is the value of an empty environment variable.
  return proxies === '' ? [] : blocks;
}

function add(list: BlockList, block: string): void {
  const [text = '', length, ...rest] = block.split('/');
  const written = text.includes(':') ? IPV6_BITS : IPV4_BITS;
  const address = isIPv4(text) || isIPv6(text) ? parseAddress(text) : undefined;
  const bits = length === undefined ? written : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (address === undefined || rest.length > 0 || !(bits <= written)) throw notABlock(block);
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  // The length of a block of mapped addresses includes the 96 bits before the IPv4 address.
  const ownBits = family === 'ipv4' ? bits - (written - IPV4_BITS) : bits;
  if (ownBits < 0) throw notABlock(block);
  list.addSubnet(address, ownBits, family);
}

function notABlock(block: string): TypeError {
  return new TypeError(
    `“${block}” of trustedProxies is neither an IP address nor a CIDR block such as 10.0.0.0/8.`,
  );
}

/** The limit of hops. No real chain is longer, and each hop costs time. */
const MOST_HOPS = 64;

/**
 * The address of the client behind trusted proxies. `X-Forwarded-For` is read from its end, where the nearest proxy
 * wrote, to the first address that is not trusted. Everything before that address, or before a text that is not an
 * address, may be forged.
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
