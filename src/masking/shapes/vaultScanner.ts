/** What starts with a dollar sign: Ansible vault blocks and hashes of passwords. */
import { endOfRun, hex, isBlank, isLetterOrDigit } from '../maskCharacters.ts';
import type { MaskScan } from '../maskScan.ts';

const VAULT = '$ANSIBLE_VAULT;';
const hash = /\$(?:2[abxy]?\$\d\d\$|argon2(?:id|i|d)\$|(?:5|6|y)\$|scrypt\$)[A-Za-z0-9./$=,+-]{16,500}/y;

/** `at` is the dollar sign. */
export function scanVault(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  if (!text.startsWith(VAULT, at)) {
    hash.lastIndex = at;
    const found = hash.exec(text);
    if (found === null) return -1;
    scan.replace(at, Math.min(to, hash.lastIndex));
    return Math.min(to, hash.lastIndex);
  }
  let end = at + VAULT.length;
  while (end < to && !/[\s\\]/.test(text.charAt(end)) && end - at < 80) end += 1;
  for (let next = end; next >= 0; next = endOfHexLine(text, end, to)) end = next;
  scan.replace(at, end);
  return end;
}

/** The end of the hex on the next line, -1 where that holds something else. A break may be escaped (`\n`). */
function endOfHexLine(text: string, from: number, to: number): number {
  let start = from;
  while (start < to && isBreak(text, start)) start += 1;
  if (start === from) return -1;
  const end = endOfRun(text, hex, start, to);
  return end > start && (end >= to || !isLetterOrDigit(text.charCodeAt(end))) ? end : -1;
}

/** Blanks, backslashes, and the letters of escaped breaks. */
function isBreak(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return isBlank(code) || code === 92 || ((code === 110 || code === 114) && text.charCodeAt(at - 1) === 92);
}
