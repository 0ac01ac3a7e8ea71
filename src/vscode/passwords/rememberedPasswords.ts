/** The remembered passwords as the secret storage holds them: a JSON array of strings, the newest first. */

/** At most this many are kept: each is tried on every archive that the others do not open. */
const MOST = 100;

/** @returns undefined for a text that `formatRemembered` did not write */
export function parseRemembered(secret: string): readonly string[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(secret);
  } catch {
    // The parser's message would quote the secret.
    return undefined;
  }
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
}

export function formatRemembered(passwords: readonly string[]): string {
  return JSON.stringify(passwords);
}

/** Puts this password first, and drops the oldest if there would be too many. */
export function withFirst(password: string, passwords: readonly string[]): readonly string[] {
  return [password, ...passwords.filter((each) => each !== password)].slice(0, MOST);
}
