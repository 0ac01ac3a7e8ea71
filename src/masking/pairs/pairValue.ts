/** Finds the end of the value after a key, in any notation, and masks the value. */
import { endOfBlanks, endOfRun, isBlank, isQuote, tokenCharacters } from '../maskCharacters.ts';
import { endOfBalanced } from '../json/jsonString.ts';
import { MASK, type MaskScan } from '../maskScan.ts';

/** YAML's block scalars: `password: |` and the deeper lines below it. */

const blockMark = /^(?:!\S+ )?[|>][+-]?\d?[+-]?\s*$/;

/** The end of the value that starts at `start`: the end of the line, or of its block. */
function endOfYamlBlock(text: string, keyStart: number, start: number, line: number, to: number): number {
  if (line - start > 40 || !blockMark.test(text.slice(start, line))) return line;
  let lineStart = keyStart;
  while (lineStart > 0 && keyStart - lineStart < 200 && /[ \t-]/.test(text.charAt(lineStart - 1)))
    lineStart -= 1;
  const indent = keyStart - lineStart;
  let end = line;
  while (end < to) {
    let next = end + 1;
    if (text.charCodeAt(end) === 13 && text.charCodeAt(next) === 10) next += 1;
    let content = next;
    while (content < to && text.charCodeAt(content) === 32) content += 1;
    let stop = content;
    while (stop < to && text.charCodeAt(stop) !== 10 && text.charCodeAt(stop) !== 13) stop += 1;
    if (stop > content && content - next <= indent) break;
    end = stop;
  }
  return end;
}

/** Words that people write after "token:" or "password:" when they mean no secret: `invalid token: expected number`. */

const proseWords = new Set(
  `a an and are as at array be boolean but by can cannot change changed character characters contain contains could
  empty error expected expired failed field for format found from given got has have in incorrect input instead
  integer invalid is least length long malformed match matches mandatory missing must need needed no not null number
  object of ok okay on only optional or out present provided received reset required revoked same set should short
  string supplied that the this to too undefined unexpected unknown unset updated valid value was were weak with
  wrong yes punc enabled disabled unsupported allowed exceeded used already does do did more than minimum maximum
  password passwords token tokens secret pin code confirmation confirm blank incorrect mismatch letter letters digit
  digits uppercase lowercase special symbol symbols one enter choose provide passphrase short common similar entirely
  numeric user username email or login new old current both two
  recently successfully success again try please after before within ms seconds minutes check your you it its`.split(
    /\s+/,
  ),
);
const LONGEST_PROSE = 160;

/** What settings say under the key of a secret: a permission or a mode, and no password. */
const settings = new Set(
  `read write none required optional enabled disabled include omit same-origin never always forbidden any readwrite
  read-write readonly read-only writeonly allow deny inherit null undefined true false string number boolean`.split(
    /\s+/,
  ),
);
const LONGEST_SETTING = 12;

/** Whether the value under a sensitive key in JSON is no secret: a setting, or what a validation says about one. */
export function isReadable(text: string, from: number, to: number): boolean {
  if (to - from <= LONGEST_SETTING && settings.has(text.slice(from, to))) return true;
  if (to - from > LONGEST_PROSE) return false;
  const value = text.slice(from, to);
  return validation.test(value) && isProse(value);
}

/** A sentence of two words or more about the value. */
const validation =
  /\s(?:required|invalid|incorrect|wrong|expired|missing|blank|empty|short|long|weak|match|valid|least|most|contain|contains|common|numeric|characters?|again)\b|^(?:invalid|missing|incorrect|wrong|expired|unknown)\s/i;
const texts = /^\[\s*"[^"\\]{1,160}"(?:\s*,\s*"[^"\\]{1,160}")*\s*\]$/;

/** Whether a list under a sensitive key holds only such sentences: `{"password":["is too short"]}`. */
function isReadableList(text: string, from: number, to: number): boolean {
  if (to - from > 4 * LONGEST_PROSE) return false;
  const list = text.slice(from, to);
  return (
    texts.test(list) && (list.match(/"[^"]*"/g) ?? []).every((one) => isReadable(one, 1, one.length - 1))
  );
}

/**
 * Whether a word can hardly be one of a sentence: four characters or more with a digit or a sign among the letters, or
 * digits alone.
 */
export function looksRandom(word: string): boolean {
  if (word.length < 4 || word.length > 256) return false;
  if (/^\d+$/.test(word)) return true;
  // Times, versions, sizes and percentages are said in sentences, too.
  if (/^[-+]?\d[\d.,:]*(?:[a-zA-Z]{1,2}|%)?$/.test(word)) return false;
  return /\d/.test(word) || /[!#$%^&*+=?@~]/.test(word.slice(0, -1));
}

const schemaTypes = new Set(['string', 'object', 'array', 'number', 'integer', 'boolean', 'null']);
const schemaWords = new Set(
  `type format minLength maxLength minItems maxItems minimum maximum pattern description title nullable required
  writeOnly readOnly deprecated additionalProperties`.split(/\s+/),
);
const LONGEST_SCHEMA = 2048;

/** Whether an object or a list under a sensitive key only describes the secret: a schema, or complaints about it. */
export function isReadableBlock(text: string, from: number, to: number): boolean {
  if (text.charCodeAt(from) === 91) return isReadableList(text, from, to);
  return to - from <= LONGEST_SCHEMA && isSchema(text.slice(from, to));
}

/** Whether the object is a JSON schema of one value, such as `{"type":"string","minLength":8}`. */
function isSchema(json: string): boolean {
  try {
    const schema = JSON.parse(json) as Readonly<Record<string, unknown>>;
    const describes = ([key, value]: readonly [string, unknown]): boolean =>
      schemaWords.has(key) &&
      (typeof value === 'number' ||
        typeof value === 'boolean' ||
        (typeof value === 'string' && isPlain(key, value)));
    return schemaTypes.has(String(schema.type)) && Object.entries(schema).every(describes);
  } catch {
    return false;
  }
}

/** Whether the text may stand in a schema: a regular expression, or words that are all ordinary. */
function isPlain(key: string, text: string): boolean {
  if (key === 'pattern') return text.startsWith('^');
  return text.split(/\s+/).every((word) => !looksRandom(word));
}

/** Whether every word of the text is in the list: a text of these words alone is no secret. */
export function isProse(text: string): boolean {
  if (text.length > LONGEST_PROSE) return false;
  const words = text.toLowerCase().split(/[\s,;:.()!'"-]+/);
  let counted = 0;
  for (const word of words) {
    if (word === '') continue;
    if (!proseWords.has(word) && !/^\d{1,3}$/.test(word)) return false;
    if (proseWords.has(word)) counted += 1;
  }
  return counted > 0;
}

/** Schemes at the start of an assigned value: `authorization=Bearer x`, `auth=Digest username="b", …`. */

/** A credential of one word follows. */
const ONE_WORD = 1;
/** A credential of several parts follows, up to the end of the line. */
const PARTS = 2;

const schemes = new Map<string, number>([
  ...['bearer', 'basic', 'token', 'apikey', 'api-key', 'negotiate', 'ntlm', 'dpop', 'jwt'].map(
    (name) => [name, ONE_WORD] as const,
  ),
  ...['digest', 'hawk', 'oauth', 'mac', 'signature', 'aws4-hmac-sha256', 'scram-sha-1', 'scram-sha-256'].map(
    (name) => [name, PARTS] as const,
  ),
]);
const LONGEST_SCHEME = 16;
const LONGEST_KEY = 40;

/**
 * Where the credential after the scheme at `start` begins; `start` if there is no scheme, or if another pair follows
 * it; -1 if the credential has several parts.
 */
function behindScheme(text: string, start: number, to: number): number {
  const end = endOfRun(text, tokenCharacters, start, Math.min(to, start + LONGEST_SCHEME));
  const blank = text.charCodeAt(end);
  if (end === start || end >= to || (blank !== 32 && blank !== 9)) return start;
  const kind = schemes.get(text.slice(start, end).toLowerCase());
  if (kind === undefined) return start;
  if (kind === PARTS) return -1;
  let after = end;
  while (after < to && (text.charCodeAt(after) === 32 || text.charCodeAt(after) === 9)) after += 1;
  const key = endOfRun(text, tokenCharacters, after, Math.min(to, after + LONGEST_KEY));
  // Rails has `Token token="x", nonce="y"`.
  if (key === after + 5 && text.startsWith('token=', after)) return -1;
  return after >= to || startsPair(text, after, key, to) ? start : after;
}

/** Whether a pair starts here. Base64 is none: its equals signs are at its end. */
function startsPair(text: string, from: number, equals: number, to: number): boolean {
  if (equals === from || equals + 1 >= to || text.charCodeAt(equals) !== 61) return false;
  const next = text.charCodeAt(equals + 1);
  return next !== 61 && !isBlank(next);
}

/** How the key is written. */
export interface PairForm {
  /** True for `=`: then the value is a word. After a colon the value is the rest of the line. */
  readonly assigned: boolean;
  readonly quotedKey: boolean;
  /** A number is a count, and is not masked. */
  readonly numberIsCount: boolean;
  /** Where the key starts; given if blocks below the key are its value. */
  readonly keyStart?: number;
  /** `;` separates the pairs, as in connection strings: blanks belong to the value. */
  readonly semicolons?: boolean;
  /** Where the value ends in a query or a form, where there is no prose; else -1. */
  readonly queryEnd?: number;
  /** Where the value ends in a line that begins with its key; else -1. */
  readonly lineEnd?: number;
}

const nextPair = /&(?:amp;)?[^\s&=;]{1,64}=/y;

/** Whether the ampersand at `at` ends a value: another pair follows it. Any other one belongs to the value. */
export function isNextPair(text: string, at: number): boolean {
  nextPair.lastIndex = at;
  return nextPair.test(text);
}

const LONGEST_INDENT = 80;
const printedText = /string\(\d{1,9}\) (?=")/y;

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}

/** Masks the value that starts at `from`; returns where to go on, or -1 if there is nothing to mask. */
export function endOfValue(scan: MaskScan, from: number, to: number, form: PairForm): number {
  const { text } = scan;
  let start = endOfBlanks(text, from, to, form.quotedKey);
  if (form.assigned && start < to && isLineEnd(text.charCodeAt(start))) {
    // A formatter breaks the line before a long text.
    const blanks = endOfBlanks(text, start, to, true);
    // `["password"]=>` and `string(12) "x"`, as PHP prints it.
    printedText.lastIndex = blanks;
    const next = printedText.test(text) ? printedText.lastIndex : blanks;
    if (next < to && next - start < LONGEST_INDENT && isQuote(text.charCodeAt(next))) start = next;
  }
  if (start >= to) return -1;
  let quote = start;
  while (quote < to && text.charCodeAt(quote) === 92) quote += 1;
  const slashes = quote - start;
  if (quote < to && isQuote(text.charCodeAt(quote))) {
    const close = endOfQuoted(text, quote, to, slashes);
    if (close < 0) return masked(scan, quote + 1, to);
    if (form.quotedKey || isDelimiter(text, close + slashes + 1, to))
      return masked(scan, quote + 1, close, close + slashes + 1);
  }
  const plain = endOfPlain(scan, start, to, form);
  if (staysReadable(text, start, plain, form)) return -1;
  const code = text.charCodeAt(start);
  if (code === 123 || code === 91) {
    const end = endOfBalanced(text, start, to);
    return masked(scan, start, form.quotedKey ? end : Math.max(end, plain));
  }
  return masked(scan, start, plain);
}

function masked(scan: MaskScan, from: number, end: number, goOn = end): number {
  if (end <= from) return goOn;
  scan.replace(from, end);
  return goOn;
}

/**
 * The end of the string that opens at `quote` with `slashes` backslashes before it: the position before the backslashes
 * of its closing quote; -1 if the string stays open. At escaping depth d a quote has 2^d-1 backslashes, and a backslash
 * in the value becomes 2^(d+1) of them, so the count decides at any depth.
 */
export function endOfQuoted(text: string, quote: number, to: number, slashes: number): number {
  const code = text.charCodeAt(quote);
  const period = 2 * (slashes + 1);
  let run = 0;
  for (let at = quote + 1; at < to; at += 1) {
    const here = text.charCodeAt(at);
    if (here === 92) run += 1;
    else {
      if (here === code && run % period === slashes) {
        // SQL and connection strings double a quote inside a string.
        if (slashes === 0 && text.charCodeAt(at + 1) === code && at + 1 < to) at += 1;
        else return at - slashes;
      }
      run = 0;
    }
  }
  return -1;
}

function endOfPlain(scan: MaskScan, start: number, to: number, form: PairForm): number {
  const { text } = scan;
  if (form.quotedKey) {
    for (let at = start; at < to; at += 1) if (/[,}\]\r\n"]/.test(text.charAt(at))) return at;
    return to;
  }
  if (!form.assigned) {
    const line = endOfLine(text, start, to);
    return form.keyStart === undefined ? line : endOfYamlBlock(text, form.keyStart, start, line, to);
  }
  if (form.queryEnd !== undefined && form.queryEnd >= start) return form.queryEnd;
  if (form.lineEnd !== undefined && form.lineEnd >= start) return form.lineEnd;
  let at = behindScheme(text, start, to);
  if (at < 0) return endOfLine(text, start, to);
  for (; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) break;
    if (form.semicolons === true) {
      if (code === 59) break;
      continue;
    }
    if (isBlank(code) || (code === 38 && isNextPair(text, at))) break;
    if (code === 34 && isDelimiter(text, at + 1, to)) break;
    if (code === 60 && text.charCodeAt(at + 1) === 47) break;
  }
  while (at > start + 1 && /[,;\\]/.test(text.charAt(at - 1)) && at < to) at -= 1;
  return at;
}

function endOfLine(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && text.charCodeAt(at) !== 10 && text.charCodeAt(at) !== 13) at += 1;
  return at;
}

/** How a program prints an object: `Token{9f4ef63 …`, `Token { kind: A, … }`, `android.os.BinderProxy@2bd79ce`. */
const printedObject =
  /(?:[A-Z]\w{0,64}\s?\{\s?(?:kind:|[\da-f]{4,8}[\s}])|(?:[a-z]\w{0,64}\.){2,12}[A-Z][\w$]{0,64}@[\da-f]{4,8}(?![\w.-]))/y;

function staysReadable(text: string, start: number, end: number, form: PairForm): boolean {
  printedObject.lastIndex = start;
  if (printedObject.test(text)) return true;
  if (end - start > 160) return false;
  const value = text.slice(start, end).replace(/[\s,;)}\]]+$/, '');
  if (value === '' || value === MASK) return true;
  if (/^(?:null|true|false|undefined|none|nil)$/i.test(value)) return true;
  if (form.numberIsCount && /^[-+]?[\d.,]+(?:[\s,].*)?$/.test(value)) return true;
  if ((form.queryEnd ?? -1) >= 0) return false;
  return isProse(value) || (!form.assigned && settings.has(value.replace(/^["']|["']$/g, '')));
}

function isDelimiter(text: string, at: number, to: number): boolean {
  if (at >= to) return true;
  const code = text.charCodeAt(at);
  return isBlank(code) || isQuote(code) || /[,;}\])>&:\\/]/.test(text.charAt(at));
}
