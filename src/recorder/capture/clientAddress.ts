import { parseAddress } from './address.ts';
import type { IsTrusted } from './trustedProxies.ts';

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
