import { allHeaders } from './rawHeaders.ts';
import type { RawHeaders } from './rawHeaders.ts';

const MOST_CHARACTERS = 256;
const plainName = /^[\x20-\x7e]{1,256}$/;
/** Control, format, private and unassigned characters, and separators of lines. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}\ufffd]/u;

/**
 * The name in a header that a trusted proxy set; undefined unless it is one printable name. A header that is there twice
 * counts as none: a proxy that adds instead of replacing lets the client's own through.
 * @param header its name in lower case
 */
export function userNameIn(headers: RawHeaders, header: string): string | undefined {
  const values = allHeaders(headers, header);
  const [value] = values;
  if (value === undefined || values.length > 1) return undefined;
  const name = (plainName.test(value) ? value : fromUtf8(value)).trim();
  if (name === '' || name.length > MOST_CHARACTERS || unprintable.test(name)) return undefined;
  return name;
}

/** Node reads headers as Latin-1; proxies write names in UTF-8. */
function fromUtf8(value: string): string {
  const decoded = Buffer.from(value, 'latin1').toString('utf8');
  return decoded.includes('\ufffd') ? value : decoded;
}
