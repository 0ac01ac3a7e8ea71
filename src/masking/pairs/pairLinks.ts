/**
 * What may stand between a key and its value besides a sign: a table of notations, each of them with the character that
 * makes us look for it. A key is judged by its words, wherever it stands.
 */
import { FIELD_ONLY, GOES_ON_BEFORE, NUMBER_IS_COUNT, SENSITIVE } from '../keys.ts';
import { endOfRun, isBlank, isIn, isLetterOrDigit, tableOf, tokenCharacters } from '../maskCharacters.ts';
import type { MaskScan } from '../maskScan.ts';
import { verdictOfLonger } from './pairKey.ts';
import { looksRandom } from './pairValue.ts';

/** How far a key may stand from its value. */
export const FARTHEST = 200;

function isSecretKey(scan: MaskScan, key: string | undefined): boolean {
  return key !== undefined && (scan.rules.verdict.key(key) & SENSITIVE) !== 0;
}

/** The text before `at` that a notation may read. */
export function textBefore(scan: MaskScan, at: number): string {
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

const loginNames = '(?:credentials?|auth(?:entication)?|log_?in|sign_?in|authenticate|connection)';
/** A call that takes a user and a password: `NetworkCredential("bob", "x")`. */
const loginCall = new RegExp(
  `${loginNames}\\s{0,4}\\(\\s{0,4}["'\`][^"'\`]{1,80}["'\`]\\s{0,20},\\s{0,20}$`,
  'i',
);
const loginName = new RegExp(`${loginNames}$`, 'i');
const secondArgument = /^["'`]\s{0,20},\s{0,20}["'`]/;
const LONGEST_GAP = 50;

/**
 * Whether the quote at `at` opens the argument of a call that sets a secret: `Header.Set("X-Api-Key", "x")`,
 * `setPassword("x")`. Lists of names (`("password", "email")`) are none.
 */
export function isSecretArgument(scan: MaskScan, at: number, end: number): boolean {
  const before = textBefore(scan, at);
  const value = scan.text.slice(at + 1, Math.min(end, at + 1 + FARTHEST));
  if (loginCall.test(before) && looksRandom(value)) return true;
  const call = callBefore.exec(before)?.[1];
  // The user comes first: `NetworkCredential("bob", "x")`.
  if (
    call !== undefined &&
    loginName.test(call) &&
    secondArgument.test(scan.text.slice(end, end + LONGEST_GAP))
  )
    return false;
  if (call !== undefined)
    return isSecretKey(scan, call.replace(/(?:^|[.>:])with_?(?=[A-Z])/, '.')) && !askingCall.test(call);
  const key = argumentBefore(before);
  if (!isSecretKey(scan, key)) return false;
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
  const alone = scan.rules.verdict.at(text, start, end);
  // `the api key is x`.
  const verdict = (alone & GOES_ON_BEFORE) === 0 ? alone : verdictOfLonger(scan, start, end, low) | alone;
  const isCode = /^(?:pin|passcode|code)$/i.test(word);
  if (!isCode && ((verdict & SENSITIVE) === 0 || (verdict & (FIELD_ONLY | NUMBER_IS_COUNT)) !== 0)) return -1;
  return maskWord(scan, at + 1, to, isCode);
}

/** Masks the word behind `from` if it can hardly be one of a sentence. */
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

/** Labels before an e-mail address, and schemes that are no user's name. */
const label =
  /^(?:mailto|sips?|xmpp|acct|im|e?-?mail|users?|user_?name|login|name|from|to|cc|bcc|by|reply-to|sender|author|committer|owner|contact|account|npm|git|ssh|id|urn|arn|key|subject|sub)$/i;
const userBefore = /(?:^|[\s"'`=(,[{<])([\w.+%-]{1,64})$/;
const hostBehind =
  /@(?:((?:[\w-]{1,63}\.){1,8}[a-z]{2,24}(?=[/:?]\S))|\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|localhost\b|[\w-]{1,63}:\d{2,5}(?:\/|\b))(?!:[^\d])/iy;

const oracle = /:["']?[\w.$#]{1,64}\/([^\s@"'/]{1,128})@/y;

/** `jdbc:oracle:thin:bob/x@`: `at` is the last colon. */
export function scanOracle(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const last = text.charCodeAt(at - 1);
  if ((last !== 110 && last !== 105) || !/thin|oci/.test(text.slice(at - 4, at))) return -1;
  oracle.lastIndex = at;
  const value = oracle.exec(text)?.[1];
  const end = oracle.lastIndex - 1;
  if (value === undefined || end > to) return -1;
  scan.replace(end - value.length, end);
  return end;
}

/** `bob:x@db.example.com/y`, an address without its scheme: `at` is the colon. */
export function scanUserAndHost(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  // A password has four characters at least. Most colons go no further.
  if (at + 4 >= to || !isPassword(text.charCodeAt(at + 1)) || !isPassword(text.charCodeAt(at + 2))) return -1;
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

const nameOfLine =
  /[ \t]*(?:-[ \t]+)?["']?(?:name|key|Name|Key)["']?[ \t]*:[ \t]*["']?([\w.-]{2,80})["']?[ \t]*(?:[\r\n]|$)/y;
const beforeName = tableOf(' \t-"\'');
const LONGEST_LINE = 400;

/** Whether the line above or below names a secret: `- name: DB_PASSWORD` over `value: x`. `from` follows the colon. */
export function isNamedByLine(scan: MaskScan, keyStart: number, from: number): boolean {
  const { text } = scan;
  const low = Math.max(scan.low, keyStart - FARTHEST);
  let start = keyStart;
  while (start > low && isIn(beforeValue, text.charCodeAt(start - 1))) start -= 1;
  if (start > scan.low && text.charCodeAt(start - 1) !== 10) return false;
  // A name stands on its own line, and so does the value.
  return (
    (isOneMark(text, start, keyStart) && isSecretLine(scan, startOfLineAbove(scan, start))) ||
    isSecretLine(scan, startOfLineBelow(text, from))
  );
}

const beforeValue = tableOf(' \t-');

/** Whether at most one hyphen, with a blank behind it, stands before the key. */
function isOneMark(text: string, start: number, keyStart: number): boolean {
  let marks = 0;
  for (let at = start; at < keyStart; at += 1) if (text.charCodeAt(at) === 45) marks += 1;
  return marks === 0 || (marks === 1 && text.charCodeAt(keyStart - 1) !== 45);
}

/** `start` is where a line starts; -1 if there is none above it. */
function startOfLineAbove(scan: MaskScan, start: number): number {
  const low = Math.max(scan.low, scan.floor, start - FARTHEST);
  if (start <= low) return -1;
  let above = start - 1;
  while (above > low && scan.text.charCodeAt(above - 1) !== 10) above -= 1;
  return above;
}

function startOfLineBelow(text: string, from: number): number {
  for (let at = from; at < from + LONGEST_LINE; at += 1) if (text.charCodeAt(at) === 10) return at + 1;
  return -1;
}

function isSecretLine(scan: MaskScan, start: number): boolean {
  if (start < 0) return false;
  const { text } = scan;
  const first = text.charCodeAt(endOfRun(text, beforeName, start, start + FARTHEST)) | 32;
  // `name` or `key`: most lines begin with another letter.
  if (first !== 110 && first !== 107) return false;
  nameOfLine.lastIndex = start;
  return isSecretKey(scan, nameOfLine.exec(text)?.[1]);
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
