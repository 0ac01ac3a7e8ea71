/** What starts with a dollar sign: Ansible vault blocks and hashes of passwords. */
import { endOfRun, hexAndBreaks } from './maskCharacters.ts';
import type { MaskScan } from './maskScan.ts';

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
  let line = at + VAULT.length;
  while (line < to && !/[\s\\]/.test(text.charAt(line)) && line - at < 80) line += 1;
  let end = endOfVaultLines(text, line, to);
  // The blanks before what follows aren't the block's.
  while (end > line && /\s/.test(text.charAt(end - 1))) end -= 1;
  scan.replace(at, end);
  return end;
}

/** Hex lines; a break may be escaped (`\n`), as in a string inside of text. */
function endOfVaultLines(text: string, from: number, to: number): number {
  let at = from;
  for (;;) {
    at = endOfRun(text, hexAndBreaks, at, to);
    const code = text.charCodeAt(at);
    if (at >= to || text.charCodeAt(at - 1) !== 92 || (code !== 110 && code !== 114)) return at;
    at += 1;
  }
}
