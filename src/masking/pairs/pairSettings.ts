/**
 * Secrets that follow a word without a sign: in .netrc, in SQL, and in the settings of routers, of SNMP and of servers. A
 * scanner begins at two characters of such a word, which is then looked up.
 */
import { FIELD_ONLY, SENSITIVE } from '../keys.ts';
import { endOfEscape } from '../escapes.ts';
import { endOfRun, isBlank, isIn, tokenCharacters } from '../maskCharacters.ts';
import type { MaskScan } from '../maskScan.ts';
import { textBefore } from './pairLinks.ts';
import { endOfQuoted, looksRandom } from './pairValue.ts';

interface Setting {
  /** What must stand before the word in its line; anything, if it is left out. */
  readonly before?: RegExp;
  /** Or the word must follow one of these (an empty one is the line's start), */
  readonly commands?: ReadonlySet<string>;
  /** or a name behind one of these. */
  readonly owners?: ReadonlySet<string>;
  /** What stands between the word and its value: how the value is written, or whose it is. */
  readonly between: RegExp;
  /** The value is masked only if it can hardly be a word of a sentence. */
  readonly isRandom?: boolean;
}

/** How a value is written: its kind (0 is plain, 7 is obscured, …), its algorithm, or a number of its own. */
const kinds =
  /(?:[ \t]{1,9}(?:\d{1,10}|md5|sha[\d-]{0,6}|hmac-\S{1,16}|cmac-\S{1,16}|text|ascii|hex|ascii-text|hexadecimal|clear|plain|simple|cipher|ENC|encrypted|local|remote|level|read|write)(?=[ \t]+\S)){0,4}/iy;
const nothing = /(?:)/y;
const passwordKinds =
  /(?:[ \t]{1,9}(?:level[ \t]{1,8}\d{1,2}|\d|cipher|irreversible-cipher|simple|ENC|encrypted)(?=[ \t]+\S)){0,2}/iy;
/** What stands before a password: the command, or the word before a name. */
const login: Setting = {
  between: passwordKinds,
  isRandom: true,
  commands: new Set(['set', 'enable', 'super', 'chap', 'pap', 'vtp', 'isis', 'tunnel', '', 'with', 'using']),
  owners: new Set([
    'login',
    'user',
    'username',
    'sent-username',
    'account',
    'neighbor',
    'peer',
    'peer-group',
    'connect',
    '-u',
  ]),
};
/** The hash of a router's secret has a shape of its own; the text that it is made from has none. */
const secret: Setting = {
  between: passwordKinds,
  isRandom: true,
  commands: new Set(['set', 'enable']),
  owners: new Set(['user', 'username']),
};
/** `failed with token x`. */
const complaints = ['with', 'using', 'invalid', 'bad', 'wrong', 'expired', 'unknown', 'incorrect', 'given'];
const said: Setting = {
  between: nothing,
  isRandom: true,
  commands: new Set(complaints),
  owners: new Set(),
};
const longWord = /[ \t]{1,9}["']?(?=[\w+/=.~-]{0,200}[A-Za-z])(?=[\w+/=.~-]{0,200}\d)[\w+/=.~-]{12,}/y;

/** Whether a word of letters and digits follows that is too long for a number or a name. */
function isLong(scan: MaskScan, from: number): boolean {
  longWord.lastIndex = from;
  return longWord.test(scan.text);
}

const community: Setting = { between: /(?:[ \t]{1,9}(?:read|write|cipher|simple|[078])(?=[ \t]+\S)){0,2}/iy };
const routed: Setting = {
  before: /\b(?:ip|ipv6|ntp|ospf|ospfv3|area|isis|rip|bgp|eigrp|set)\b/i,
  between: kinds,
};
const plain: Setting = { between: nothing };
const sink: Setting = { between: /[ \t]{1,9}[^\s"'`=]{1,253}/y };

/** The words before a secret, in lower case. */
const settings: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  ...['password', 'passwd', 'insecure-password'].map((word) => [word, login] as const),
  ...['secret', 'psksecret'].map((word) => [word, secret] as const),
  ...['token', 'passphrase'].map((word) => [word, said] as const),
  // SNMP: of Cisco and of Net-SNMP.
  ['community', { ...community, before: /\bsnmp/i }],
  ...['rocommunity', 'rwcommunity', 'rocommunity6', 'rwcommunity6', 'trapcommunity', 'authcommunity'].map(
    (word) => [word, community] as const,
  ),
  ['com2sec', { between: /(?:[ \t]{1,40}[^\s"'`=]{1,253}){2}/y }],
  ['com2sec6', { between: /(?:[ \t]{1,40}[^\s"'`=]{1,253}){2}/y }],
  ...['trapsink', 'trap2sink', 'informsink'].map((word) => [word, sink] as const),
  [
    'host',
    {
      before: /\bsnmp-server\s{1,9}$/i,
      between:
        /[ \t]{1,9}[\w.:-]{1,253}(?:[ \t]{1,9}(?:vrf[ \t]{1,9}\S{1,64}|traps?|informs?|version[ \t]{1,9}(?:1|2c)))*(?![ \t]{1,9}version\b)/iy,
    },
  ],
  [
    'auth',
    { before: /\bsnmp/i, between: /[ \t]{1,9}(?:encrypted[ \t]{1,9})?(?:md5|sha[\d-]{0,6})(?=[ \t])/iy },
  ],
  ['priv', { before: /\bsnmp/i, between: /[ \t]{1,9}(?:des56|3?des|aes)(?:[ -]?\d{3})?(?=[ \t])/iy }],
  // Keys of routers.
  [
    'key',
    {
      before: /\b(?:(?:tacacs|radius)-server|isakmp|pre-shared-key|server-private|aaa-server)|^[ \t]{1,9}$/i,
      between: kinds,
    },
  ],
  ['key-string', { between: kinds }],
  ['authentication-key', routed],
  ['message-digest-key', routed],
  ['pre-shared-key', { between: kinds, isRandom: true }],
  ...['wpa-psk', 'wpa2-psk', 'wpa3-psk'].map((word) => [word, { between: kinds }] as const),
  // Any setting of FortiOS.
  ['enc', { before: /\bset\s{1,9}[\w-]{2,64}\s{1,9}$/i, between: nothing }],
  [
    'htpasswd',
    { between: /[ \t]{1,9}-\w{0,9}b\w{0,9}[ \t]{1,9}\S{1,253}[ \t]{1,9}[^\s:]{1,64}(?=[ \t]+\S)/y },
  ],
  // Oracle.
  [
    'by',
    {
      before: /\b(?:(?:create|alter)\s{1,9}(?:user|role)|to)\s{1,9}\S{1,64}\s{1,9}identified\s{1,9}$/i,
      between: nothing,
    },
  ],
  // Redis, keepalived and OpenLDAP.
  ...['requirepass', 'masterauth', 'auth_pass', 'bindpw', 'rootpw'].map((word) => [word, plain] as const),
]);

/** `smtp_password x` begins its line. */
const compound: Setting = { before: /^[ \t]*$/, between: nothing, isRandom: true };

const LONGEST_WORD = 40;
const words = /snmp|tacacs|radius|isakmp|-key|server-private|aaa-server|\bENC\b|identified/i;

/** Whether the text holds one of the words beside which others mean a secret. It is searched once. */
function isRouted(scan: MaskScan): boolean {
  scan.routed ??= words.test(scan.text);
  return scan.routed;
}

const setFor =
  /\s{1,9}for\s{1,9}[^\s=;]{1,128}(?:\s{0,9}=)?\s{0,9}(?:(?:old_)?password\s{0,9}\(\s{0,9})?(['"])/iy;
const plainValue = /[^\s"'`<>{},;=|]{1,256}/y;

/** The value behind the blanks at `from`; undefined if there is none. */
function valueBehind(text: string, from: number, to: number): { start: number; end: number } | undefined {
  let start = from;
  while (start < to && start - from < MOST_BLANKS && isSpace(text.charCodeAt(start))) start += 1;
  if (start === from || start >= to) return undefined;
  const quote = text.charCodeAt(start);
  if (quote === 34 || quote === 39) {
    const close = endOfQuoted(text, start, to, 0);
    return { start: start + 1, end: close < 0 ? to : close };
  }
  plainValue.lastIndex = start;
  return plainValue.test(text) ? { start, end: Math.min(to, plainValue.lastIndex) } : undefined;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}

/** The value is told elsewhere: a sentence, another setting, or a mask. */
const noValue =
  /^(?:is|was|are|were|has|for|of|in|to|and|or|with|strings?|names?|not|no|on|off|\d{1,3}|\*+)$/i;

/** `machine a login bob password x`, `enable secret 0 x`, `snmp-server community x RO`: `at` is in the last word. */
export function scanSetting(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  const end = endOfRun(text, tokenCharacters, at, Math.min(to, at + LONGEST_WORD));
  if (!isBlank(text.charCodeAt(end))) return -1;
  const low = Math.max(scan.floor, scan.low, end - LONGEST_WORD);
  let start = at;
  while (start > low && isIn(tokenCharacters, text.charCodeAt(start - 1))) start -= 1;
  // `\\n` before the word.
  const plain = endOfEscape(text, start);
  const isEscaped = plain > start && plain < at;
  if (isEscaped) start = plain;
  if (needsOtherWords(end - start, text.charCodeAt(at)) && !isRouted(scan)) return -1;
  const word = text.slice(start, end).toLowerCase();
  const setting = settings.get(word) ?? (/[_-]passw(?:or)?d$/.test(word) ? compound : undefined);
  if (word === 'set' || word === 'env' || word === 'setx') return maskAssigned(scan, end, to);
  if (word === 'sqlplus') return maskConnection(scan, end, to);
  if (setting === undefined || (needsOthers(setting) && !isRouted(scan))) return -1;
  if (!isInPlace(scan, setting, start, isEscaped)) return -1;
  if (setting === said && !isLong(scan, end)) return -1;
  if (setting === login) {
    const found = maskSetFor(scan, end, to);
    if (found >= 0) return found;
  }
  setting.between.lastIndex = end;
  if (!setting.between.test(text)) return -1;
  return maskValue(scan, setting, setting.between.lastIndex, to);
}

/** Whether a short word means a secret only beside others: all but `set`, `env` and `setx`. */
function needsOtherWords(length: number, last: number): boolean {
  if (length > 4 || last === 120) return false;
  return length !== 3 || ((last | 32) !== 116 && (last | 32) !== 118);
}

const breaks = ['\n', '\r', '\\n', '\\r'];

/** The last line of a text, whose line breaks may be escapes. */
function lastLine(text: string): string {
  let start = 0;
  for (const one of breaks) {
    const at = text.lastIndexOf(one);
    if (at >= 0) start = Math.max(start, at + one.length);
  }
  return text.slice(start);
}

function needsOthers(setting: Setting): boolean {
  return setting.before !== undefined && setting !== compound;
}

function isInPlace(
  scan: MaskScan,
  { before, commands, owners }: Setting,
  start: number,
  isEscaped: boolean,
): boolean {
  if (isEscaped && commands?.has('') === true) return true;
  if (commands !== undefined && owners !== undefined) return isOwned(scan, commands, owners, start);
  if (before === undefined) return true;
  const text = textBefore(scan, start);
  return before.test(lastLine(text));
}

const MOST_BLANKS = 9;
const LONGEST_NAME = 64;

/** Whether one of the commands, or a name behind one of the owners, stands before `start`. */
function isOwned(
  scan: MaskScan,
  commands: ReadonlySet<string>,
  owners: ReadonlySet<string>,
  start: number,
): boolean {
  const { text } = scan;
  const low = Math.max(scan.floor, scan.low);
  let end = start;
  let isCommand = true;
  // `username bob privilege 15 algorithm-type sha256 secret`: up to three pairs of words.
  for (let words = 0; words < 6; words += 1) {
    const behind = end;
    while (end > low && behind - end < MOST_BLANKS && isBlank(text.charCodeAt(end - 1))) {
      end -= 1;
      if (words === 0 && commands.has('') && (text.charCodeAt(end) === 10 || text.charCodeAt(end) === 13))
        return true;
    }
    if (end === behind || end <= low) return false;
    let first = end;
    while (first > low && isIn(tokenCharacters, text.charCodeAt(first - 1))) first -= 1;
    const plain = endOfEscape(text, first);
    const word =
      end - first > LONGEST_NAME
        ? ''
        : text.slice(plain > first && plain < end ? plain : first, end).toLowerCase();
    if (isCommand && word !== '' && commands.has(word)) return true;
    if (!isCommand) {
      if (owners.has(word)) return true;
      if (word !== 'privilege' && word !== 'algorithm-type') return false;
    }
    isCommand = !isCommand;
    const limit = Math.max(low, end - LONGEST_NAME);
    end = first;
    while (end > limit && !isBlank(text.charCodeAt(end - 1))) end -= 1;
  }
  return false;
}

const assigned = /[ \t]{1,9}(?:--?[\w-]{1,32}[ \t]{1,9}){0,3}([\w./:@-]{2,128})(?=[ \t])/y;

/** `aws configure set aws_secret_access_key x`, `npm config set //a/:_authToken x`: the key is the word behind `set`. */
function maskAssigned(scan: MaskScan, from: number, to: number): number {
  assigned.lastIndex = from;
  const key = assigned.exec(scan.text)?.[1]?.split(/[/:]/).at(-1);
  if (key === undefined) return -1;
  const verdict = scan.rules.verdict.key(key);
  if ((verdict & SENSITIVE) === 0 || (verdict & FIELD_ONLY) !== 0) return -1;
  return maskValue(scan, compound, assigned.lastIndex, to);
}

const connection = /[ \t]{1,9}(?:-\w{1,9}[ \t]{1,9}){0,3}["']?[\w.$#]{1,64}\/(?!\/)([^\s@"'/]{1,128})/y;

/** `sqlplus bob/x@orcl`. */
function maskConnection(scan: MaskScan, from: number, to: number): number {
  connection.lastIndex = from;
  const value = connection.exec(scan.text)?.[1];
  if (value === undefined || connection.lastIndex > to) return -1;
  scan.replace(connection.lastIndex - value.length, connection.lastIndex);
  return connection.lastIndex;
}

/** `set password for 'bob' = 'x'`. */
function maskSetFor(scan: MaskScan, from: number, to: number): number {
  setFor.lastIndex = from;
  if (!setFor.test(scan.text) || setFor.lastIndex > to) return -1;
  const start = setFor.lastIndex;
  const close = endOfQuoted(scan.text, start - 1, to, 0);
  const end = close < 0 ? to : close;
  scan.replace(start, end);
  return end;
}

function maskValue(scan: MaskScan, { isRandom }: Setting, from: number, to: number): number {
  const { text } = scan;
  const found = valueBehind(text, from, to);
  if (found === undefined || found.end <= found.start) return -1;
  const { start } = found;
  const value = text.slice(start, found.end);
  if (noValue.test(value)) return -1;
  // A sentence ends behind a word.
  const word = isRandom === true ? value.replace(/[.!?]+$/, '') : value;
  const end = start + word.length;
  if (isRandom === true && (!looksRandom(word) || (/^\d+$/.test(word) && text.charCodeAt(end) === 32)))
    return -1;
  scan.replace(start, end);
  return end;
}
