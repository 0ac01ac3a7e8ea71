/** The format fixes 1,000 rounds of PBKDF2-HMAC-SHA1: one machine tries some 100,000 passwords a second. */
const FEWEST_CHARACTERS = 16;
const FEWEST_DIFFERENT = 8;
/** 7-Zip refuses to open an archive with a longer one. */
const MOST_BYTES = 99;

/**
 * The weakness of a password for new archives, as the code of a failure. A password is weak if it has fewer than 16
 * characters, or fewer than 8 different ones in its first 99 bytes. No dictionary is used.
 * @param password as it was typed, or the same in UTF-8
 */
export function passwordDoubt(password: Uint8Array | string): 'password-weak' | 'password-long' | undefined {
  const bytes = typeof password === 'string' ? new TextEncoder().encode(password) : password;
  const characters = charactersOf(bytes.subarray(0, MOST_BYTES));
  const isLong = bytes.length > MOST_BYTES;
  const isWeak = characters.length < FEWEST_CHARACTERS || countDifferent(characters) < FEWEST_DIFFERENT;
  characters.fill(0);
  if (bytes !== password) bytes.fill(0);
  if (isWeak) return 'password-weak';
  return isLong ? 'password-long' : undefined;
}

/** Makes no copy of the password, because a string could not be wiped. */
function countDifferent(characters: Uint32Array): number {
  let count = 0;
  for (let at = 0; at < characters.length; at += 1)
    if (characters.indexOf(characters[at] ?? 0) === at) count += 1;
  return count;
}

/**
 * The characters of UTF-8 as numbers; a byte that is not part of one counts as a character. No string is made of them,
 * because it could not be wiped.
 */
function charactersOf(bytes: Uint8Array): Uint32Array {
  const characters = new Uint32Array(bytes.length);
  let count = 0;
  for (const byte of bytes) {
    const before = characters[count - 1] ?? 0;
    if (byte >= 0x80 && byte <= 0xbf && before > 0x7f) characters[count - 1] = (before << 6) | byte;
    else characters[count++] = byte;
  }
  return characters.subarray(0, count);
}
