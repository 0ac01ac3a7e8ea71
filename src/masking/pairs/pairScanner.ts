/** Pairs of key and value in any notation: queries, forms, cookies, headers, YAML, JSON within text, settings. */
import {
  ENVIRONMENT_NAME,
  FIELD_ONLY,
  HOLDS_VALUE,
  KEY_NAME,
  NAMES_KEY,
  NUMBER_IS_COUNT,
  QUERY_NAME,
  SENSITIVE,
} from '../keys.ts';
import {
  alphanumericCharacters,
  endOfBlanks,
  endOfRun,
  isBlank,
  isDigit,
  isIn,
  isQuote,
  isWideSeparator,
  keyCharacters,
  tableOf,
} from '../maskCharacters.ts';
import { verdictBefore } from './pairKey.ts';
import {
  holdsSecretKind,
  isNamedByLine,
  isNamedInTag,
  isSecretData,
  maskBelow,
  maskSecretData,
} from './pairLinks.ts';
import { endOfQuoted, endOfValue, isNextPair, looksRandom } from './pairValue.ts';
import type { MaskScan } from '../maskScan.ts';

/** Values of queries and forms that are not encoded: blanks belong to the value, `&` ends it. */

const AMPERSAND = 38;
const EQUALS = 61;
const LONGEST_KEY = 64;
/** Ends a value after nothing but a blank: the version in a request line, or another address. */
const afterQuery = /\s+(?:HTTP\/\d|[a-z][a-z\d+.-]{0,15}:\/\/)/iy;

/**
 * The end of the value after the equals sign `at`, if the pair, whose key starts at `keyStart`, belongs to a query or a
 * form. Otherwise -1: then a blank ends the value.
 */
function endOfQueryValue(scan: MaskScan, keyStart: number, at: number, to: number): number {
  const { text } = scan;
  if (isBlank(text.charCodeAt(at - 1))) return -1;
  const before = keyStart > scan.low ? text.charCodeAt(keyStart - 1) : 0;
  const isQuery = before === AMPERSAND || before === 63 || startsText(scan, keyStart, at);
  // Without another pair before it and without an ampersand after it, the value is one word.
  if (!isQuery && scan.next('&', at) >= to) return -1;
  const end = endOfBlankedValue(text, at + 1, to, before === AMPERSAND || before === 63);
  return isQuery || isNextPair(text, end) ? end : -1;
}

/** `PGPASSWORD=x psql` starts a command: there a blank ends the value. */
function startsText(scan: MaskScan, keyStart: number, at: number): boolean {
  return keyStart === scan.low && /[^A-Z\d_]/.test(scan.text.slice(keyStart, at));
}

/**
 * Up to the next ampersand or line break. A pair after a blank (`url=/a?token=x status=200`) begins something else.
 * Where only the start of a text speaks for a form, an ampersand without a pair after it belongs to the value.
 */
function endOfBlankedValue(text: string, from: number, to: number, isQuery: boolean): number {
  let blank = -1;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13 || (code === AMPERSAND && (isQuery || isNextPair(text, at)))) return at;
    if (code === 34 && closes(text, at + 1, to)) return at;
    if (code === 60 && text.charCodeAt(at + 1) === 47) return at;
    if (code === EQUALS && blank >= 0 && isKey(text, blank + 1, at)) return blank;
    if (!isBlank(code)) continue;
    afterQuery.lastIndex = at;
    if ((at === from || !isBlank(text.charCodeAt(at - 1))) && afterQuery.test(text)) return at;
    blank = at;
  }
  return to;
}

function closes(text: string, at: number, to: number): boolean {
  return at >= to || isBlank(text.charCodeAt(at)) || /[,;}\])>]/.test(text.charAt(at));
}

function isKey(text: string, from: number, to: number): boolean {
  if (to === from || to - from > LONGEST_KEY) return false;
  for (let at = from; at < to; at += 1) if (!isIn(keyCharacters, text.charCodeAt(at))) return false;
  return true;
}

/** The words after which a line of settings begins, and the programs that are started behind a variable. */
const settingWord = /(?:^|[\r\n])[ \t]*(?:set[ \t]+)?$/i;
const LONGEST_START = 40;
const command =
  /^\S+[ \t]+(?:\.{0,2}\/|(?:sudo|env|psql|pg_\w+|createdb|mysql\w*|mongo\w*|redis-cli|docker\S*|podman|kubectl|helm|terraform|ansible\S*|node|npm|npx|yarn|pnpm|bun|deno|python\S*|pip|ruby|rails|bundle|rake|php|java|mvn|gradle|go|cargo|make|curl|wget|ssh\S*|rsync|restic|borg|git|aws|gcloud|az|bash|sh|exec|cmd|dotnet|systemctl)(?![\w]))/;

/**
 * The end of the value after the equals sign `at`, if its line begins with the key, as in `.env` and INI files: the
 * line's end, or another pair after a blank. Otherwise -1, as before a command: `PGPASSWORD=x psql`.
 */
function endOfSetting(scan: MaskScan, keyStart: number, from: number, to: number): number {
  const { text } = scan;
  const low = Math.max(scan.low, keyStart - LONGEST_START);
  const before = text.slice(low, keyStart);
  if (!settingWord.test(low === scan.low ? before : `x${before}`)) return -1;
  if (isEnvironmentName(text, keyStart) && command.test(text.slice(from, Math.min(to, from + LINE))))
    return -1;
  let blank = -1;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) return at;
    if (code === 60 && text.charCodeAt(at + 1) === 47) return at;
    if (code === EQUALS && blank >= 0 && startsWord(text, at + 1, to) && isKey(text, blank + 1, at))
      return blank;
    if (isBlank(code)) blank = at;
  }
  return to;
}

function isEnvironmentName(text: string, from: number): boolean {
  return /^[A-Z][A-Z\d_]*=/.test(text.slice(from, from + LONGEST_KEY));
}

/** Whether a value follows at once: base64 ends with equals signs, too. */
function startsWord(text: string, at: number, to: number): boolean {
  return at < to && text.charCodeAt(at) !== EQUALS && !isBlank(text.charCodeAt(at));
}

/** `name="password"`: masks the body of a multipart part, the `value` beside it in a tag, or the element's content. */

const FARTHEST = 512;
const FARTHEST_ATTRIBUTE = 96;
const valueAttribute = /\b(?:value|content)\s?=\s?["']/i;

/** `at` is the equals sign after `name`. */
function scanNamed(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  let nameStart = at + 1;
  let nameEnd: number;
  if (isQuote(text.charCodeAt(nameStart))) {
    nameEnd = endOfQuoted(text, nameStart, Math.min(to, nameStart + 130), 0);
    nameStart += 1;
  } else {
    nameEnd = nameStart;
    while (nameEnd < to && nameEnd - nameStart < 64 && isNamePart(text.charCodeAt(nameEnd))) nameEnd += 1;
    // Another pair follows: this is a query, and no part and no tag.
    if (text.charCodeAt(nameEnd) === EQUALS || text.charCodeAt(nameEnd) === AMPERSAND) return -1;
  }
  if (nameEnd < 0 || nameEnd === nameStart) return -1;
  if ((scan.rules.verdict.at(text, nameStart, nameEnd) & SENSITIVE) === 0) return -1;
  const element = maskElement(scan, nameEnd, to);
  if (element > 0) return element;
  return maskPart(scan, nameEnd, to) || maskAttribute(scan, nameEnd, to);
}

const nameEnds = tableOf(' \t\n\v\f\r;>&=');

/** A name without quotes ends at a blank, at `;`, `>` or `&`, or at the sign of another pair. */
function isNamePart(code: number): boolean {
  return code > 127 ? !isBlank(code) && !isWideSeparator(code) : nameEnds[code] === 0;
}

const settingValue = /["'](?:\s{1,9}[\w:]{1,40}\s?=\s?"[^"<>]{0,80}"){0,3}\s?>\s{0,40}<value>/iy;

/** `<string name="password">x</string>`, `<setting name="password"><value>x</value>`; returns 0 if this is no element or if it contains other elements. */
function maskElement(scan: MaskScan, from: number, to: number): number {
  const { text } = scan;
  if (!isQuote(text.charCodeAt(from))) return 0;
  settingValue.lastIndex = from;
  if (settingValue.test(text)) {
    const close = Math.min(to, scan.next('<', settingValue.lastIndex));
    scan.replace(settingValue.lastIndex, close);
    return close;
  }
  if (text.charCodeAt(from + 1) !== 62) return 0;
  const end = scan.next('<', from + 2);
  if (end < to && text.charCodeAt(end + 1) !== 47) return 0;
  scan.replace(from + 2, Math.min(end, to));
  return Math.min(end, to);
}

/** Masks the body of a multipart part; returns 0 if no blank line follows. */
function maskPart(scan: MaskScan, from: number, to: number): number {
  const { text } = scan;
  const ahead = text.slice(from, Math.min(to, from + FARTHEST));
  const blank = /\r?\n\r?\n/.exec(ahead);
  if (blank === null) return 0;
  const start = from + blank.index + blank[0].length;
  let end = Math.min(to, scan.next('\n--', start));
  if (end < to && text.charCodeAt(end - 1) === 13) end -= 1;
  // A part without a boundary after it may be cut off: then everything up to the end is its body.
  scan.replace(start, end);
  return Math.max(start, end);
}

function maskAttribute(scan: MaskScan, from: number, to: number): number {
  const { text } = scan;
  const ahead = text.slice(from, Math.min(to, from + FARTHEST_ATTRIBUTE));
  const found = valueAttribute.exec(ahead);
  if (found === null || ahead.lastIndexOf('>', found.index) >= 0) return -1;
  const quote = from + found.index + found[0].length - 1;
  const close = endOfQuoted(text, quote, to, 0);
  const end = close < 0 ? to : close;
  scan.replace(quote + 1, end);
  return end;
}

const LINE = 240;

/** Whether only a single sign stands before `at`, which may stand in a key but is none: `:%:`. */
export function isLoneSign(text: string, at: number): boolean {
  const code = text.charCodeAt(at - 1);
  if (code !== 91 && (code < 36 || code > 46 || code === 39)) return false;
  const before = text.charCodeAt(at - 2);
  return !(before > 127) && !isIn(keyCharacters, before);
}

/** `at` is a colon. */
export function scanColon(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const after = text.charCodeAt(at + 1);
  // `Token::new` is a path, `password:=` an assignment.
  if (after === 58 || after === 61 || text.charCodeAt(at - 1) === 58) return -1;
  const verdict = verdictBefore(scan, at, isPortBehind(text, at, to));
  if (verdict === 0) return -1;
  const { keyStart, keyQuoted: quotedKey } = scan;
  if ((verdict & SENSITIVE) === 0) return scanHolder(scan, verdict, at, to);
  if (!quotedKey && isNameOfOther(scan, keyStart, at, to)) return -1;
  const value = endOfBlanks(text, at + 1, to, false);
  if (!quotedKey && (text.charCodeAt(value) === 10 || text.charCodeAt(value) === 13))
    return maskBelow(scan, keyStart, value, to);
  if (!quotedKey && (verdict & FIELD_ONLY) !== 0 && !isField(text, keyStart, scan.low, at + 1, to)) return -1;
  const numberIsCount = (verdict & NUMBER_IS_COUNT) !== 0;
  return endOfValue(scan, at + 1, to, { assigned: false, quotedKey, numberIsCount, keyStart });
}

/** `at` is an equals sign. */
export function scanEquals(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  let keyEnd = at;
  while (keyEnd > scan.floor && at - keyEnd < 3 && isOperator(text.charCodeAt(keyEnd - 1))) keyEnd -= 1;
  const verdict = verdictBefore(scan, keyEnd, false);
  if (verdict === 0) return scan.keyQuoted ? scanCompared(scan, at, to) : -1;
  if ((verdict & SENSITIVE) === 0) {
    const named = (verdict & NAMES_KEY) === 0 ? -1 : scanNamed(scan, at, to);
    if (named >= 0) return named;
    const isHolder = (verdict & HOLDS_VALUE) !== 0 && isNamedInTag(scan, scan.keyStart, at + 1);
    if (!isHolder) return scanLongValue(scan, verdict, at, to);
  }
  let from = at + 1;
  while (from < to && (text.charCodeAt(from) === 61 || text.charCodeAt(from) === 62)) from += 1;
  const tuple = maskTuple(scan, from, to);
  if (tuple >= 0) return tuple;
  const { keyStart } = scan;
  if (isWorkingFolder(text, keyStart, keyEnd, from)) return -1;
  const semicolons = isPartOfList(text, scan.floor, keyStart, from, to);
  const isPlain = !semicolons && keyEnd === at && from === at + 1;
  const queryEnd = isPlain ? endOfQueryValue(scan, keyStart, at, to) : -1;
  return endOfValue(scan, from, to, {
    assigned: true,
    quotedKey: false,
    numberIsCount: (verdict & NUMBER_IS_COUNT) !== 0,
    semicolons,
    queryEnd,
    lineEnd: isPlain && queryEnd < 0 ? endOfSetting(scan, keyStart, from, to) : -1,
  });
}

const pairOfTexts =
  /\s{0,4}\(\s{0,4}(?:"[^"\r\n]{1,80}"|'[^'\r\n]{1,80}')\s{0,4},\s{0,4}(?:"([^"\r\n]{1,256})"|'([^'\r\n]{1,256})')\s{0,4}\)/y;

/** `auth=("bob", "x")`: a user and a password. */
function maskTuple(scan: MaskScan, from: number, to: number): number {
  if (scan.text.charCodeAt(endOfBlanks(scan.text, from, to, false)) !== 40) return -1;
  pairOfTexts.lastIndex = from;
  const found = pairOfTexts.exec(scan.text);
  const value = found?.[1] ?? found?.[2];
  const end = pairOfTexts.lastIndex;
  if (value === undefined || end > to) return -1;
  const start = from + (found?.[0].lastIndexOf(value) ?? 0);
  scan.replace(start, start + value.length);
  return end;
}

const compared = /={1,2}[ \t]{0,4}([\w.$]{2,64})(?![\w.$(])/y;

/** `"x" == password`: the first operand is the secret. `at` is the first equals sign. */
function scanCompared(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  compared.lastIndex = at + (text.charCodeAt(at - 1) === 33 ? 0 : 1);
  const name = compared.exec(text)?.[1];
  if (name === undefined || compared.lastIndex > to) return -1;
  const verdict = scan.rules.verdict.key(name);
  let close = text.charCodeAt(at - 1) === 33 ? at - 2 : at - 1;
  while (close > scan.keyStart && isBlank(text.charCodeAt(close))) close -= 1;
  if ((verdict & SENSITIVE) === 0 || (verdict & (FIELD_ONLY | NUMBER_IS_COUNT)) !== 0) return -1;
  if (close - scan.keyStart < 4) return -1;
  scan.replace(scan.keyStart + 1, close);
  return compared.lastIndex;
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const longValue =
  /["']?((?:[\w-]|%2[BFbf]|[+/.~](?=[\w%])){20,}(?:={0,2}|(?:%3[Dd]){0,2}))(?=["'&#;\s<>]|$)/y;
/** The most characters that are read: a key in base64 hardly has more. */
const LONGEST_VALUE = 8192;

/**
 * Masks a long random value under the name of a parameter (`code=`) or of a variable (`SESSION_SALT=`). A name made of
 * words, a number and a UUID stay readable: most of them are ids. `at` is the equals sign.
 */
function scanLongValue(scan: MaskScan, verdict: number, at: number, to: number): number {
  const { text, keyStart } = scan;
  const before = keyStart > scan.low ? text.charCodeAt(keyStart - 1) : 0;
  const keyed = (verdict & KEY_NAME) === 0 ? -1 : maskKeyed(scan, at, to);
  if (keyed >= 0) return keyed;
  const isQuery =
    (verdict & QUERY_NAME) !== 0 && (before === AMPERSAND || before === 63 || keyStart === scan.low);
  const isVariable =
    (verdict & ENVIRONMENT_NAME) !== 0 && (before === 0 || isBlank(before) || isQuote(before));
  if (!isQuery && !isVariable) return -1;
  longValue.lastIndex = 0;
  const found = longValue.exec(text.slice(at + 1, Math.min(to, at + LONGEST_VALUE)));
  const value = found?.[1];
  if (value === undefined || uuid.test(value) || !/\d/.test(value) || !/[A-Za-z]/.test(value)) return -1;
  const start = at + 1 + (isQuote(text.charCodeAt(at + 1)) ? 1 : 0);
  scan.replace(start, start + value.length);
  return start + value.length;
}

/** No id and no hash is written so: 28 letters and digits or more, with a letter behind F. */
const keyedValue =
  /[=\s]{0,20}["'`]?((?=[A-Za-z\d]*[G-Zg-z])(?=[A-Za-z]*\d)[A-Za-z\d]{28,}={0,2})(?![\w./:-])/y;

const SHORTEST_KEYED = 28;
const LONGEST_SIGN = 22;

/** Masks a long random value under a name that ends in `key`; `at` is the sign. */
function maskKeyed(scan: MaskScan, at: number, to: number): number {
  let start = at + 1;
  if (
    isIn(alphanumericCharacters, scan.text.charCodeAt(start)) &&
    !isIn(alphanumericCharacters, scan.text.charCodeAt(at + SHORTEST_KEYED))
  )
    return -1;
  while (start - at < LONGEST_SIGN && !isIn(alphanumericCharacters, scan.text.charCodeAt(start))) start += 1;
  if (
    endOfRun(scan.text, alphanumericCharacters, start, Math.min(to, start + SHORTEST_KEYED)) - start <
    SHORTEST_KEYED
  )
    return -1;
  keyedValue.lastIndex = 0;
  const found = keyedValue.exec(scan.text.slice(at + 1, Math.min(to, at + LONGEST_VALUE)));
  if (found?.[1] === undefined) return -1;
  const end = at + 1 + keyedValue.lastIndex;
  scan.replace(end - found[1].length, end);
  return end;
}

const resource = /(?:^|[\s"'=,([{<])(?:arn|urn):[^\s"'<>]*$/i;
const closedWord = /[a-z_]{1,24}\):/y;

/**
 * Whether the key before the colon is a program with its process (`passwd[12]:`), a service of PAM (`(passwd:auth):`)
 * or a part of a resource's name (`arn:aws:secretsmanager:…:secret:a`).
 */
function isNameOfOther(scan: MaskScan, keyStart: number, at: number, to: number): boolean {
  const { text } = scan;
  if (
    text.charCodeAt(at - 1) === 93 &&
    /^[a-z][\w.-]*\[\d{1,10}\]$/i.test(text.slice(Math.max(keyStart, at - 80), at))
  )
    return true;
  const before = keyStart > scan.low ? text.charCodeAt(keyStart - 1) : 0;
  closedWord.lastIndex = at + 1;
  if (before === 40 && at + 1 < to && closedWord.test(text)) return true;
  return before === 58 && resource.test(text.slice(Math.max(scan.low, keyStart - LINE), keyStart));
}

/** A key that only holds the value of another one, as in lists of variables; `at` is the colon. */
function scanHolder(scan: MaskScan, verdict: number, at: number, to: number): number {
  const { text, keyStart, keyQuoted } = scan;
  const value = endOfBlanks(text, at + 1, to, false);
  const isLineEnd = text.charCodeAt(value) === 10 || text.charCodeAt(value) === 13;
  if (isLineEnd && isSecretData(text, keyStart, at) && holdsSecretKind(scan))
    return maskSecretData(scan, keyStart, value, to);
  if ((verdict & KEY_NAME) !== 0 && !keyQuoted) return maskKeyed(scan, at, to);
  if ((verdict & HOLDS_VALUE) === 0 || keyQuoted || isLineEnd || !isNamedByLine(scan, keyStart, at + 1))
    return -1;
  return endOfValue(scan, at + 1, to, { assigned: false, quotedKey: false, numberIsCount: false, keyStart });
}

/** `password <- "x"` and `"password" -> "x"`: `at` is the first character of the arrow. */
export function scanArrow(scan: MaskScan, at: number, to: number): number {
  const verdict = verdictBefore(scan, at, false);
  // `$user->password->check()` is code.
  if ((verdict & SENSITIVE) === 0 || !isBlank(scan.text.charCodeAt(at + 2))) return -1;
  return endOfValue(scan, at + 2, to, { assigned: true, quotedKey: false, numberIsCount: true });
}

const cell = /^[ \t]{0,40}([^\s|"'`<>]{4,256})[ \t]{0,40}(\||[\r\n]|$)/;
/** What stands behind a pipe in a shell: `base64`, `sha256sum`. */
const program = /^[a-z]+\d*(?:sum)?$/;

/** `password | x`, two cells of a table: `at` is the pipe, with a blank before it. */
export function scanCell(scan: MaskScan, at: number, to: number): number {
  const verdict = verdictBefore(scan, at, false);
  if ((verdict & SENSITIVE) === 0 || (verdict & (FIELD_ONLY | NUMBER_IS_COUNT)) !== 0) return -1;
  const found = cell.exec(scan.text.slice(at + 1, Math.min(to, at + 2 * LINE)));
  const [all = '', value = '', end] = found ?? [];
  if (!looksRandom(value) || /^\d+$/.test(value) || (end !== '|' && program.test(value))) return -1;
  const start = at + 1 + all.indexOf(value);
  scan.replace(start, start + value.length);
  return start + value.length;
}

/** Whether this is `PWD=/home/ada`, which every environment has. */
function isWorkingFolder(text: string, start: number, end: number, value: number): boolean {
  if (end - start !== 3 || !text.startsWith('PWD', start)) return false;
  return text.charCodeAt(value) === 47 || /^[A-Z]:\\/.test(text.slice(value, value + 3));
}

/** Whether the character belongs to `:=`, `==`, `+=`, `!=`, `?=`, `.=`, `||=`, `&&=` or `~=`. */
function isOperator(code: number): boolean {
  if (code === 46 || code === 124 || code === 38 || code === 126) return true;
  return code === 58 || code === 61 || code === 43 || code === 33 || code === 63;
}

/** Whether a port follows: `tokens.example.com:443` is a host, and only the last part of its name counts. */
function isPortBehind(text: string, at: number, to: number): boolean {
  let end = at + 1;
  while (end < to && end - at < 7 && isDigit(text.charCodeAt(end))) end += 1;
  return end > at + 1 && end - at < 7;
}

/** Whether `auth:` is a field and not the label of a message: one word follows, or a quote or a bracket. */
function isField(text: string, start: number, low: number, from: number, to: number): boolean {
  if (!startsField(text, start, low)) return false;
  const value = endOfBlanks(text, from, to, false);
  let end = value;
  while (end < to && end - value < LINE && text.charCodeAt(end) !== 10 && text.charCodeAt(end) !== 13)
    end += 1;
  const line = text.slice(value, end);
  return !/\s/.test(line.trimEnd()) || /^["'{[]/.test(line);
}

/** Whether the key starts a line or a member of an object. */
function startsField(text: string, start: number, low: number): boolean {
  let before = start - 1;
  while (
    before >= low &&
    start - before < 40 &&
    (text.charCodeAt(before) === 32 || text.charCodeAt(before) === 9)
  )
    before -= 1;
  if (before < low) return true;
  return /[\n\r{,&;<>"'`-]/.test(text.charAt(before));
}

/** Whether `;` separates the pairs: one is before the key, or one is after the value and before another pair. */
function isPartOfList(text: string, floor: number, start: number, from: number, to: number): boolean {
  let before = start - 1;
  while (before >= floor && start - before < 4 && isBlank(text.charCodeAt(before))) before -= 1;
  if (text.charCodeAt(before) === 59) return true;
  const limit = Math.min(to, from + LINE);
  for (let at = from; at < limit; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 59) return /^;\s?[\w .-]{1,40}=/.test(text.slice(at, at + 44));
    // The equals signs of base64 stand before the semicolon.
    if (code === EQUALS && /[=;]/.test(text.charAt(at + 1))) continue;
    if (code === 10 || code === 13 || code === 34 || code === EQUALS) return false;
  }
  return false;
}
