/**
 * A password with fewer bits is weak. In one second a machine tries some 100,000 passwords against the 1,000 rounds of
 * WinZip's AES: that is 17 bits.
 */
const ENOUGH_BITS = 70;
/** The weight of a character that follows from those before it. */
const FOLLOWS = 0.05;
/** How many characters are judged. */
const LONG = 256;

const ZERO = 0x30;
const ONE = 0x31;
const TWO = 0x32;
const NINE = 0x39;
const standIns = codesOf('01!l34@5$7');
const meant = codesOf('oiiieaasst');

/** The classes of characters, and the number of characters in each. */
const classes: readonly (readonly [contains: (code: number) => boolean, size: number])[] = [
  [(code) => isBetween(code, 0x61, 0x7a), 26],
  [(code) => isBetween(code, 0x41, 0x5a), 26],
  [(code) => isBetween(code, 0x30, 0x39), 10],
  [(code) => isBetween(code, 0x20, 0x7e) && !isLetterOrDigit(code), 33],
  [(code) => !isBetween(code, 0x20, 0x7e), 100],
];

/** Words from the lists of the most common passwords; digits and rows of keys are found in other ways. */
const common = [
  ...['password', 'passwort', 'passwd', 'kennwort', 'motdepasse', 'contraseña', 'letmein', 'welcome'],
  ...['willkommen', 'admin', 'administrator', 'root', 'login', 'secret', 'geheim', 'default', 'changeme'],
  ...['iloveyou', 'princess', 'sunshine', 'monkey', 'dragon', 'master', 'shadow', 'football', 'baseball'],
  ...['superman', 'batman', 'trustno', 'hello', 'hallo', 'michael', 'charlie', 'schatz', 'summer', 'sommer'],
  ...['winter', 'spring', 'autumn', 'herbst', 'test', 'user', 'guest', 'workspace', 'session', 'archive'],
].map((word) => codesOf(word).map(withoutLeet));
const rows = [
  ...[
    '1234567890',
    'qwertyuiop',
    'qwertzuiop',
    'azertyuiop',
    'asdfghjkl',
    'qsdfghjklm',
    'zxcvbnm',
    'yxcvbnm',
  ],
  ...['1qaz2wsx3edc4rfv5tgb6yhn', '!@#$%^&*()', '!"§$%&/()='],
].map(codesOf);

/** 7-Zip refuses to open an archive with a longer one. */
const MOST_BYTES = 99;

/**
 * The weakness of a password for new archives, as the code of a failure.
 * @param password as it was typed, or the same in UTF-8
 */
export function passwordDoubt(password: Uint8Array | string): 'password-weak' | 'password-long' | undefined {
  const bytes = typeof password === 'string' ? new TextEncoder().encode(password) : password;
  const isLong = bytes.length > MOST_BYTES;
  const isWeak = isWeakPassword(bytes);
  if (bytes !== password) bytes.fill(0);
  if (isWeak) return 'password-weak';
  return isLong ? 'password-long' : undefined;
}

/**
 * Whether a password is too easy to guess for an archive, whose format fixes 1,000 rounds of PBKDF2-HMAC-SHA1. The
 * measure is its length and the kinds of its characters. Characters that repeat or continue earlier ones count little,
 * as do the most common words and rows of keys. There is no dictionary: four words count as strong.
 * @param password as it was typed, or the same in UTF-8
 */
export function isWeakPassword(password: Uint8Array | string): boolean {
  const all = typeof password === 'string' ? codesOf(password) : decode(password);
  const codes = all.subarray(0, LONG);
  const plain = codes.map(withoutLeet);
  const choices = classes.reduce((sum, [contains, size]) => (codes.some(contains) ? sum + size : sum), 0);
  const known = knownIn(codes, plain);
  let counting = 0;
  for (let at = 0; at < codes.length; at += 1)
    counting += known.has(at) || continues(codes, at) || repeats(plain, at) ? FOLLOWS : 1;
  all.fill(0);
  plain.fill(0);
  return counting * Math.log2(Math.max(choices, 1)) < ENOUGH_BITS;
}

/** The positions inside common words and years, after their first character. */
function knownIn(codes: Uint32Array, plain: Uint32Array): ReadonlySet<number> {
  const known = new Set<number>();
  for (let at = 0; at < plain.length; at += 1) {
    const words = common.filter((word) => startsWith(plain, at, word));
    const length = Math.max(...words.map((word) => word.length), isYear(codes, at) ? 4 : 0);
    for (let next = at + 1; next < at + length; next += 1) known.add(next);
  }
  return known;
}

/** Whether a year of this century or the last one starts here. */
function isYear(codes: Uint32Array, at: number): boolean {
  const [first, second, ...others] = codes.subarray(at, at + 4);
  const isCentury = (first === ONE && second === NINE) || (first === TWO && second === ZERO);
  return isCentury && others.length === 2 && others.every((code) => isBetween(code, ZERO, NINE));
}

function startsWith(codes: Uint32Array, at: number, word: Uint32Array): boolean {
  return word.every((code, index) => codes[at + index] === code);
}

/**
 * Whether the character continues the two before it: the same, the next or the previous one in the alphabet or on a row
 * of keys.
 */
function continues(codes: Uint32Array, at: number): boolean {
  if (at < 2) return false;
  const three = codes.subarray(at - 2, at + 1).map(lower);
  return (
    isRun(three) || rows.some((row) => three.every((code) => row.includes(code)) && isRun(placesIn(row)))
  );

  function placesIn(row: Uint32Array): Int32Array {
    return Int32Array.from(three, (code) => row.indexOf(code));
  }
}

function isRun([first = 0, second = 0, third = 0]: ArrayLike<number> & Iterable<number>): boolean {
  const step = second - first;
  return Math.abs(step) <= 1 && third - second === step;
}

/** Whether the character and the two before it occur earlier, too. */
function repeats(plain: Uint32Array, at: number): boolean {
  if (at < 3) return false;
  const three = plain.subarray(at - 2, at + 1);
  for (let before = 0; before < at - 2; before += 1) if (startsWith(plain, before, three)) return true;
  return false;
}

/** Turns a stand-in into its letter; `l` and `i` become the same. */
function withoutLeet(code: number): number {
  const plain = lower(code);
  return meant[standIns.indexOf(plain)] ?? plain;
}

function lower(code: number): number {
  return isBetween(code, 0x41, 0x5a) ? code + 0x20 : code;
}

function isLetterOrDigit(code: number): boolean {
  return isBetween(lower(code), 0x61, 0x7a) || isBetween(code, 0x30, 0x39);
}

function isBetween(code: number, from: number, to: number): boolean {
  return code >= from && code <= to;
}

function codesOf(text: string): Uint32Array {
  const bytes = new TextEncoder().encode(text);
  const codes = decode(bytes);
  bytes.fill(0);
  return codes;
}

/**
 * A number for each character of UTF-8. It makes no string of them, because a string cannot be wiped. An invalid byte
 * counts as one character.
 */
function decode(bytes: Uint8Array): Uint32Array {
  const codes = new Uint32Array(bytes.length);
  let count = 0;
  for (const byte of bytes) {
    const before = codes[count - 1] ?? 0;
    if (isBetween(byte, 0x80, 0xbf) && before > 0x7f) codes[count - 1] = (before << 6) | byte;
    else codes[count++] = byte;
  }
  return codes.subarray(0, count);
}
