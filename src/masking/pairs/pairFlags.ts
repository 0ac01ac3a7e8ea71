/** Secrets on command lines: `mysql -px`, `curl -u bob:x`, `echo x | sudo -S`. */
import { isDigit } from '../maskCharacters.ts';
import type { MaskScan } from '../maskScan.ts';
import { FARTHEST, textBefore } from './pairLinks.ts';
import { looksRandom } from './pairValue.ts';

/** Flags with one letter that take a secret: by the command, with the value glued to the letter or apart from it. */
const shortFlags: readonly (readonly [command: RegExp, letters: string, glued: boolean, apart: boolean])[] = [
  [/\b(?:mysql\w*|mariadb[\w-]*)\b/, 'p', true, false],
  [/\b(?:sshpass)\b/, 'p', true, true],
  [
    /\b(?:mongo\w*|psexec\w*|(?:docker|podman|oc|az|helm|skopeo|buildah|registry|twine)\s.{0,40}\b(?:login|upload))\b/i,
    ...(['p', false, true] as const),
  ],
  [/\b(?:7z\w?|rar|unrar|unar)\b/, 'p', true, false],
  [/\b(?:zip|unzip|sqlcmd|bcp|isql|mosquitto_\w+)\b/, 'P', true, true],
  [/\bssh-keygen\b/, 'NP', false, true],
  [/\bopenssl\s+(?:enc|aes\S*|des\S*)\b/, 'kK', false, true],
  [/\bredis-cli\b/, 'a', false, true],
  [/\b(?:ldap\w+|openldap)\b/, 'w', true, true],
  // The community, and the pass phrases of version 3.
  [/\bsnmp(?!d\b|trapd\b)\w+\b/, 'cAX', true, true],
];
const flagValue =
  /([ \t]{0,8})(?:"((?:[^"\\\r\n]|\\.){1,256})"?|'([^'\r\n]{1,256})'?|([^\s"'][^\s"'`]{0,255}))/y;
/** Samba's `-U bob%x`. */
const sambaValue = /[ \t=]{0,8}["']?[\w.\\+-]{1,64}%([^\s"'`%]{4,256})/y;
const loginValue = /[ \t=]{0,8}["']?([\w.@+%{}-]{0,64})["']?:["']?([^\s"'`]{1,256})/y;
/** A key in the place of the user: `curl -u KEY:`. */
const loginKey = /[ \t=]{0,8}["']?([^\s"'`:]{8,256}):(?=["'\s]|$)/y;

const anyCommand = new RegExp(`(?:${shortFlags.map(([command]) => command.source).join('|')})`, 'g');

/** Whether one of these commands begins shortly before `at`. Each is searched for once, from the last one on. */
function hasCommand(scan: MaskScan, at: number): boolean {
  const { text } = scan;
  while (scan.nextCommand < at) {
    scan.lastCommand = scan.nextCommand;
    anyCommand.lastIndex = scan.lastCommand + 1;
    scan.nextCommand = anyCommand.exec(text)?.index ?? text.length;
  }
  return scan.lastCommand >= 0 && at - scan.lastCommand <= FARTHEST;
}

/** The part of the text that belongs to the same command. */
function commandBefore(text: string): string {
  let start = text.length;
  while (start > 0 && !'\r\n;|&'.includes(text.charAt(start - 1))) start -= 1;
  return text.slice(start);
}

/** HTTPie and its relative, whose flag `-a` takes what curl's `-u` does. */
const httpie = /(?:^|[\r\n;|&])\s{0,9}(?:https?|xhs?)\s[^\r\n;|&]*$/;

/** `mysql -px`, `curl -u bob:x`: `at` is the letter of a flag. */
export function scanShortFlag(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const before = at - 2 >= scan.low ? text.charCodeAt(at - 2) : 32;
  if (before !== 32 && before !== 9) return -1;
  const letter = text.charAt(at);
  if (letter === 'u' || letter === 'U') return maskLogin(scan, at + 1, to);
  if (letter === 'a' && httpie.test(textBefore(scan, at))) return maskLogin(scan, at + 1, to);
  if (!hasCommand(scan, at)) return -1;
  flagValue.lastIndex = at + 1;
  const found = flagValue.exec(text);
  if (found === null) return -1;
  const isApart = found[1] !== '';
  const value = found[2] ?? found[3] ?? found[4] ?? '';
  if (isApart && value.startsWith('-')) return -1;
  const line = commandBefore(textBefore(scan, at));
  const flag = shortFlags.find(([command, letters]) => letters.includes(letter) && command.test(line));
  if (flag === undefined || (isApart ? !flag[3] : !flag[2])) return -1;
  const start = at + 1 + found[0].indexOf(value, found[1]?.length ?? 0);
  const end = Math.min(to, start + value.length);
  scan.replace(start, end);
  return end;
}

/** Masks the password of `bob:x`, the value of curl's `-u` and `--user`. A user and a group of numbers stay. */
export function maskLogin(scan: MaskScan, from: number, to: number): number {
  sambaValue.lastIndex = from;
  const other = sambaValue.exec(scan.text)?.[1];
  if (other !== undefined && looksRandom(other) && sambaValue.lastIndex <= to) {
    scan.replace(sambaValue.lastIndex - other.length, sambaValue.lastIndex);
    return sambaValue.lastIndex;
  }
  loginValue.lastIndex = from;
  const found = loginValue.exec(scan.text);
  if (found === null) return maskLoginKey(scan, from, to);
  const [, user = '', value = ''] = found;
  if (
    value === '' ||
    value === user ||
    value.startsWith('//') ||
    ((user === '' || isDigit(user.charCodeAt(0))) && /^\d+$/.test(value))
  )
    return -1;
  const end = Math.min(to, loginValue.lastIndex);
  scan.replace(loginValue.lastIndex - value.length, end);
  return end;
}

function maskLoginKey(scan: MaskScan, from: number, to: number): number {
  loginKey.lastIndex = from;
  const key = loginKey.exec(scan.text)?.[1];
  if (key === undefined || !looksRandom(key) || loginKey.lastIndex > to) return -1;
  const end = loginKey.lastIndex - 1;
  scan.replace(end - key.length, end);
  return end;
}

/** Programs that read a secret from their standard input. */
const reader =
  /\|[ \t]{1,8}(?:sudo[ \t](?:-\S+[ \t]+\S*[ \t]*){0,4}?(?:-\w*S|--stdin)\b|(?:sudo[ \t]+)?(?:chpasswd|passwd|smbpasswd|cryptsetup)\b|[^|\r\n]{1,200}?--(?:password-stdin|with-token|passphrase-fd|stdin|pass-stdin)\b)/y;
const writer =
  /(?:^|[\s;|&(]|\\[nrt])(?:echo|printf)[ \t](?:[^|\r\n]*[ \t])?(?:"([^"\r\n]{1,256})"|'([^'\r\n]{1,256})'|([^\s"'|]{1,256}))[ \t]*$/;

/** `echo x | sudo -S`: `at` is the pipe. */
export function scanPiped(scan: MaskScan, at: number, to: number): number {
  reader.lastIndex = at;
  if (!reader.test(scan.text) || reader.lastIndex > to) return -1;
  const before = textBefore(scan, at);
  const found = writer.exec(before);
  const value = found?.[1] ?? found?.[2] ?? found?.[3];
  if (value === undefined || /^[$`]/.test(value)) return -1;
  // `bob:x` for chpasswd.
  const start = at - before.length + before.lastIndexOf(value) + 1 + value.indexOf(':');
  const end = at - before.length + before.lastIndexOf(value) + value.length;
  scan.replace(start, end);
  return at;
}
