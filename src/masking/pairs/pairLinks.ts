/**
 * What may stand between a key and its value besides a sign: a table of notations, each of them with the character that
 * makes us look for it. A key is judged by its words, wherever it stands.
 */
import { FIELD_ONLY, NUMBER_IS_COUNT, SENSITIVE } from '../keys.ts';
import { isBlank, isDigit, isIn, isLetterOrDigit, tableOf, tokenCharacters } from '../maskCharacters.ts';
import type { MaskScan } from '../maskScan.ts';
import { endOfQuoted, looksRandom } from './pairValue.ts';

/** How far a key may stand from its value. */
const FARTHEST = 200;

function isSecretKey(scan: MaskScan, key: string | undefined): boolean {
  return key !== undefined && (scan.rules.verdict.key(key) & SENSITIVE) !== 0;
}

/** The text before `at` that a notation may read. */
function textBefore(scan: MaskScan, at: number): string {
  return scan.text.slice(Math.max(scan.low, scan.floor, at - FARTHEST), at);
}

/** Calls that ask for a secret or check it: their argument is a name or a text for a person. */
const askingCall =
  /(?:^|[._$>:])(?:get|find|fetch|read|load|check|parse|decode|remove|delete|validate|prompt|ask|create|generate|reset|log|print|t|is|has)_?(?=[A-Z_]|$)\w*$/;
const callBefore = /([\w$.:>-]{2,100})\($/;
const LONGEST_NAME = 80;

/** The quoted argument or element before the one that follows `before`; undefined if there is none. */
function argumentBefore(before: string): string | undefined {
  let end = endWithoutBlanks(before, before.length);
  if (before.charCodeAt(end - 1) !== 44) return undefined;
  end = endWithoutBlanks(before, end - 1);
  const quote = before.charAt(end - 1);
  if (quote !== '"' && quote !== "'" && quote !== '`') return undefined;
  const start = before.lastIndexOf(quote, end - 2);
  if (start < 0 || end - start - 2 > LONGEST_NAME) return undefined;
  const open = endWithoutBlanks(before, start);
  return open === 0 || '([{,'.includes(before.charAt(open - 1))
    ? before.slice(start + 1, end - 1)
    : undefined;
}

function endWithoutBlanks(text: string, from: number): number {
  let end = from;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return end;
}

/** What may be another name in a list of names, but not the second argument of a call that sets something. */
const plainWord = /^[A-Za-z][a-z]*(?:[._A-Z-][a-z]+)*$/;
const settingCall =
  /(?:set|put|add|append|define|header|env|property)[A-Za-z]{0,20}\(\s{0,20}["'`][^"'`]{2,80}["'`]\s{0,20},\s{0,20}$/i;

/**
 * Whether the quote at `at` opens the argument of a call that sets a secret: `Header.Set("X-Api-Key", "x")`,
 * `setPassword("x")`. Lists of names (`("password", "email")`) are none.
 */
export function isSecretArgument(scan: MaskScan, at: number, end: number): boolean {
  const before = textBefore(scan, at);
  const call = callBefore.exec(before)?.[1];
  if (call !== undefined)
    return isSecretKey(scan, call.replace(/(?:^|[.>:])with_?(?=[A-Z])/, '.')) && !askingCall.test(call);
  const key = argumentBefore(before);
  if (!isSecretKey(scan, key)) return false;
  const value = scan.text.slice(at + 1, Math.min(end, at + 1 + FARTHEST));
  return !plainWord.test(value) || settingCall.test(before);
}

const LONGEST_SPOKEN = 40;
function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}

const spokenValue = /:?[ \t]{1,8}([^\s"'`<>(){}[\],;]{4,256})/y;

/** `the password is x`: `at` is the last letter of `is` or `was`. */
export function scanSpoken(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const after = text.charCodeAt(at + 1);
  if (after !== 32 && after !== 58 && after !== 9) return -1;
  const low = Math.max(scan.low, scan.floor);
  // `is` or `was`: a blank stands before one of them.
  let end = at - 1;
  if ((text.charCodeAt(end) | 32) === 97) end -= 1;
  const blank = end;
  while (end > low && blank - end < 4 && isSpace(text.charCodeAt(end - 1))) end -= 1;
  let start = end;
  while (start > low && end - start < LONGEST_SPOKEN && isIn(tokenCharacters, text.charCodeAt(start - 1)))
    start -= 1;
  if (end === blank || end - start < 2) return -1;
  const word = text.slice(start, end);
  const verdict = scan.rules.verdict.at(text, start, end);
  const isCode = /^(?:pin|passcode|code)$/i.test(word);
  if (!isCode && ((verdict & SENSITIVE) === 0 || (verdict & (FIELD_ONLY | NUMBER_IS_COUNT)) !== 0)) return -1;
  return maskWord(scan, at + 1, to, isCode);
}

function maskWord(scan: MaskScan, from: number, to: number, isCode: boolean): number {
  const { text } = scan;
  spokenValue.lastIndex = from;
  const found = spokenValue.exec(text);
  if (found?.[1] === undefined || found.index >= to) return -1;
  const value = found[1].replace(/[.!?]+$/, '');
  const start = spokenValue.lastIndex - found[1].length;
  if (!looksRandom(value)) return -1;
  if (
    isCode ? !/^\d{4,10}$/.test(value) : /^\d+$/.test(value) && text.charCodeAt(start + value.length) === 32
  )
    return -1;
  const end = Math.min(to, start + value.length);
  scan.replace(start, end);
  return end;
}

/** What stands before a password without a sign: in .netrc, in SQL, and in the settings of routers and switches. */
const passwordBefore =
  /(?:\b(?:login|user|username|account)\s{1,9}\S{1,64}(?:\s{1,9}privilege\s\d{1,2})?|\b(?:set|enable)|[\r\n])\s{1,9}passw(?:or)?d$/i;
/** The same before the secret of a router: its hash has a shape of its own, the text that it is made from has none. */
const secretBefore =
  /\b(?:enable|user(?:name)?\s{1,9}\S{1,64}(?:\s{1,9}privilege\s\d{1,2})?)(?:\s{1,9}algorithm-type\s{1,9}[\w-]{1,16})?\s{1,9}secret$/i;
/** In the settings of routers: the level, and the kind of what follows, of which 0 is plain and 7 is obscured. */
const kindOfPassword = /(?:[ \t]{1,8}level[ \t]{1,8}\d{1,2})?(?:[ \t]{1,8}\d(?=[ \t]+\S))?/iy;
const setFor =
  /\s{1,9}for\s{1,9}[^\s=;]{1,128}(?:\s{0,9}=)?\s{0,9}(?:(?:old_)?password\s{0,9}\(\s{0,9})?(['"])/iy;

/** `machine a login bob password x`, `set password x`, `enable secret 0 x`: `at` is the end of password or secret. */
export function scanLogin(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  if (!isBlank(text.charCodeAt(at + 1))) return -1;
  const before = textBefore(scan, at + 1);
  if (!passwordBefore.test(before) && !secretBefore.test(before)) return -1;
  setFor.lastIndex = at + 1;
  if (setFor.test(text) && setFor.lastIndex <= to) {
    const start = setFor.lastIndex;
    const close = endOfQuoted(text, start - 1, to, 0);
    const end = close < 0 ? to : close;
    scan.replace(start, end);
    return end;
  }
  kindOfPassword.lastIndex = at + 1;
  kindOfPassword.test(text);
  return maskWord(scan, kindOfPassword.lastIndex, to, false);
}

/** Labels before an e-mail address, and schemes that are no user's name. */
const label =
  /^(?:mailto|sips?|xmpp|acct|im|e?-?mail|users?|user_?name|login|name|from|to|cc|bcc|by|reply-to|sender|author|committer|owner|contact|account|npm|git|ssh|id|urn|arn|key|subject|sub)$/i;
const userBefore = /(?:^|[\s"'`=(,[{<])([\w.+%-]{1,64})$/;
const hostBehind =
  /@(?:((?:[\w-]{1,63}\.){1,8}[a-z]{2,24}(?=[/:?]\S))|\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|localhost\b|[\w-]{1,63}:\d{2,5}(?:\/|\b))(?!:[^\d])/iy;

/** `bob:x@db.example.com/y`, an address without its scheme: `at` is the colon. */
export function scanUserAndHost(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  if (at + 1 >= to || !isPassword(text.charCodeAt(at + 1))) return -1;
  const sign = scan.next('@', at + 1);
  if (sign >= to || sign - at > 128 || sign < at + 4) return -1;
  for (let next = at + 1; next < sign; next += 1) if (!isPassword(text.charCodeAt(next))) return -1;
  hostBehind.lastIndex = sign;
  const host = hostBehind.exec(text);
  // `LeaseRenewer:bob@node-1:9000` has no password: before a bare host only a random word is one.
  if (host === null || (host[1] === undefined && !looksRandom(text.slice(at + 1, sign)))) return -1;
  const user = userBefore.exec(text.slice(Math.max(scan.low, scan.floor, at - 66), at))?.[1];
  if (user === undefined || label.test(user) || /^\d+$/.test(text.slice(at + 1, sign))) return -1;
  scan.replace(at + 1, sign);
  return sign;
}

const passwordCharacters = tableOf('!#$%&*+-.=?@^_|~');

/** Whether the character may stand in a password that is written in an address. */
function isPassword(code: number): boolean {
  return isLetterOrDigit(code) || isIn(passwordCharacters, code);
}

const nameAbove =
  /^[ \t]*(?:-[ \t]+)?["']?(?:name|key|Name|Key)["']?[ \t]*:[ \t]*["']?([\w.-]{2,80})["']?[ \t]*\r?$/;
const nameBelow =
  /[ \t]*\S[^\r\n]{0,400}\r?\n[ \t]*(?:name|key|Name|Key):[ \t]*["']?([\w.-]{2,80})["']?[ \t]*(?:[\r\n]|$)/y;

/** Whether the line above or below names a secret: `- name: DB_PASSWORD` over `value: x`. `from` follows the colon. */
export function isNamedByLine(scan: MaskScan, keyStart: number, from: number): boolean {
  const { text } = scan;
  let start = keyStart;
  while (start > scan.low && keyStart - start < FARTHEST && ' \t-'.includes(text.charAt(start - 1)))
    start -= 1;
  if (start > scan.low && text.charCodeAt(start - 1) !== 10) return false;
  // A name stands on its own line, and so does the value.
  if (isSecretKey(scan, nameAbove.exec(lineAbove(scan, start, keyStart))?.[1])) return true;
  nameBelow.lastIndex = from;
  return isSecretKey(scan, nameBelow.exec(text)?.[1]);
}

/** The line before the one that starts at `start`, if nothing but blanks and a hyphen stand before the key; else empty. */
function lineAbove(scan: MaskScan, start: number, keyStart: number): string {
  const low = Math.max(scan.low, scan.floor, keyStart - FARTHEST);
  if (start <= low || !/^[ \t]*(?:-[ \t]+)?$/.test(scan.text.slice(start, keyStart))) return '';
  const end = start - 1;
  let above = end - 1;
  while (above > low && scan.text.charCodeAt(above - 1) !== 10 && scan.text.charCodeAt(above - 1) !== 13)
    above -= 1;
  return scan.text.slice(Math.max(above, low), end);
}

const nameInTag = /[^<>]{0,300}?\s(?:name|key)\s{0,4}=\s{0,4}["']([\w.:-]{2,80})["']/iy;
const tagBefore = /<[\w:.-]{1,40}(?:\s[^<>]*)?$/;

/** Whether the tag names a secret behind its value: `<add value="x" key="DbPassword"/>`. `from` follows the sign. */
export function isNamedInTag(scan: MaskScan, keyStart: number, from: number): boolean {
  const quote = scan.text.charCodeAt(from);
  if ((quote !== 34 && quote !== 39) || !tagBefore.test(textBefore(scan, keyStart))) return false;
  const close = scan.text.indexOf(String.fromCharCode(quote), from + 1);
  if (close < 0 || close - from > 2 * FARTHEST) return false;
  nameInTag.lastIndex = close + 1;
  return isSecretKey(scan, nameInTag.exec(scan.text)?.[1]);
}

const mapping = /^(?:-[ \t]+)?["']?[\w.$ -]{1,60}["']?[ \t]*:(?:[ \t\r\n]|$)/;
const entry = /^([ \t]*["']?[\w.-]{1,253}["']?[ \t]*:[ \t]*)\S/;

/** Where the deeper lines under a key end: `from` is the end of its line, `indent` its blanks. */
function endOfDeeper(text: string, from: number, indent: number, to: number): number {
  let end = from;
  while (end < to) {
    let next = end + 1;
    if (text.charCodeAt(end) === 13 && text.charCodeAt(next) === 10) next += 1;
    let content = next;
    while (content < to && (text.charCodeAt(content) === 32 || text.charCodeAt(content) === 9)) content += 1;
    let stop = content;
    while (stop < to && text.charCodeAt(stop) !== 10 && text.charCodeAt(stop) !== 13) stop += 1;
    if (content - next <= indent || stop === content) break;
    end = stop;
  }
  return end;
}

/** The blanks before the key, if its line begins with it; else -1. */
function indentOf(scan: MaskScan, keyStart: number): number {
  const { text } = scan;
  let start = keyStart;
  while (start > scan.low && keyStart - start < FARTHEST && /[ \t]/.test(text.charAt(start - 1))) start -= 1;
  return start === scan.low || /[\r\n]/.test(text.charAt(start - 1)) ? keyStart - start : -1;
}

/** Masks the value on the lines under its key: `password:`, and `x` on a deeper line. `line` is the end of the key's. */
export function maskBelow(scan: MaskScan, keyStart: number, line: number, to: number): number {
  const { text } = scan;
  const indent = indentOf(scan, keyStart);
  if (indent < 0 || line >= to) return -1;
  const end = endOfDeeper(text, line, indent, to);
  if (end === line) return -1;
  const block = text.slice(line, Math.min(end, line + 2 * FARTHEST));
  const start = line + block.length - block.trimStart().length;
  // Deeper keys speak for themselves, and a stack is no value.
  if (mapping.test(text.slice(start, start + 70)) || text.startsWith('at ', start)) return -1;
  scan.replace(start, end);
  return end;
}

const secretKind = /(?:^|[\s{,"'])kind["']?[ \t]*:\s*["']?(?:Sealed)?[Ss]ecret["']?\s*(?:[\r\n,}]|$)/;

/** Whether the text holds a Secret of Kubernetes, all of whose data are secrets. The text is searched once. */
export function holdsSecretKind(scan: MaskScan): boolean {
  scan.secretKind ??= secretKind.test(scan.text);
  return scan.secretKind;
}

/** Masks each value under `data:` of a Secret; `line` is the end of that line. */
export function maskSecretData(scan: MaskScan, keyStart: number, line: number, to: number): number {
  const { text } = scan;
  const indent = indentOf(scan, keyStart);
  if (indent < 0) return -1;
  const end = endOfDeeper(text, line, indent, to);
  let deepest = -1;
  for (let at = line; at < end;) {
    let start = at + 1;
    if (text.charCodeAt(at) === 13 && text.charCodeAt(start) === 10) start += 1;
    let stop = start;
    while (stop < end && text.charCodeAt(stop) !== 10 && text.charCodeAt(stop) !== 13) stop += 1;
    const content = text.slice(start, Math.min(stop, start + FARTHEST));
    const blanks = content.length - content.trimStart().length;
    if (deepest < 0) deepest = blanks;
    const head = blanks === deepest ? entry.exec(content)?.[1] : undefined;
    scan.replace(start + (head?.length ?? blanks), stop);
    at = stop;
  }
  return end;
}

/** The `data` and `stringData` of a Secret. */
export function isSecretData(text: string, from: number, to: number): boolean {
  const length = to - from;
  return (
    (length === 4 && text.startsWith('data', from)) || (length === 10 && text.startsWith('stringData', from))
  );
}

/** Flags with one letter that take a password: by the command, glued to the letter or apart from it. */
const shortFlags: readonly (readonly [command: RegExp, letter: string, glued: boolean, apart: boolean])[] = [
  [/\b(?:mysql\w*|mariadb[\w-]*)\b/, 'p', true, false],
  [/\b(?:sshpass)\b/, 'p', true, true],
  [/\b(?:mongo\w*|(?:docker|podman|oc|az|helm|skopeo|buildah|registry)\s.{0,40}\blogin)\b/, 'p', false, true],
  [/\b(?:7z\w?|rar|unrar|unar)\b/, 'p', true, false],
  [/\b(?:zip|unzip|sqlcmd|bcp|isql)\b/, 'P', true, true],
  [/\bredis-cli\b/, 'a', false, true],
  [/\b(?:ldap\w+|openldap)\b/, 'w', true, true],
];
const flagValue =
  /([ \t]{0,8})(?:"((?:[^"\\\r\n]|\\.){1,256})"?|'([^'\r\n]{1,256})'?|([^\s"'][^\s"'`]{0,255}))/y;
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

/** `mysql -px`, `curl -u bob:x`: `at` is the letter of a flag. */
export function scanShortFlag(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const before = at - 2 >= scan.low ? text.charCodeAt(at - 2) : 32;
  if (before !== 32 && before !== 9) return -1;
  const letter = text.charAt(at);
  if (letter === 'u' || letter === 'U') return maskLogin(scan, at + 1, to);
  if (!hasCommand(scan, at)) return -1;
  flagValue.lastIndex = at + 1;
  const found = flagValue.exec(text);
  if (found === null) return -1;
  const isApart = found[1] !== '';
  const value = found[2] ?? found[3] ?? found[4] ?? '';
  if (isApart && value.startsWith('-')) return -1;
  const line = commandBefore(textBefore(scan, at));
  const flag = shortFlags.find(([command, name]) => name === letter && command.test(line));
  if (flag === undefined || (isApart ? !flag[3] : !flag[2])) return -1;
  const start = at + 1 + found[0].indexOf(value, found[1]?.length ?? 0);
  const end = Math.min(to, start + value.length);
  scan.replace(start, end);
  return end;
}

/** Masks the password of `bob:x`, the value of curl's `-u` and `--user`. A user and a group of numbers stay. */
export function maskLogin(scan: MaskScan, from: number, to: number): number {
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
