import { isIP, SocketAddress } from 'node:net';

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
