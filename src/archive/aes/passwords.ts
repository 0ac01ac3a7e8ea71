/** The known passwords, for the code that opens an archive. */
export interface Passwords {
  /** Each form to try (see `formsOf`), the most likely first. The caller only reads them: the owner wipes them. */
  candidates(): readonly Uint8Array[];
  /** Called with a form that has opened a member. */
  opened?(form: Uint8Array): void;
}

/**
 * The forms to try for a password: its bytes as typed, and its composed and decomposed forms (Unicode NFC, NFD) if they
 * differ, because keyboards and files of different systems give the one or the other.
 */
export function formsOf(password: Uint8Array): Uint8Array[] {
  const others = [normalForm(password, 'NFC'), normalForm(password, 'NFD')];
  return [password, ...others.filter((form) => form !== undefined)];
}

/** How many passwords these forms belong to. */
export function countPasswords(forms: readonly Uint8Array[]): number {
  const composed = forms.map((form) => normalForm(form, 'NFC') ?? form);
  return composed.filter((form, index) => {
    const first = composed.findIndex((other) => Buffer.compare(other, form) === 0);
    return first === index;
  }).length;
}

/** @returns undefined if the form equals the typed bytes, or if they are no text */
function normalForm(password: Uint8Array, form: 'NFC' | 'NFD'): Uint8Array | undefined {
  // Most passwords are ASCII: make no string of them, because a string cannot be wiped.
  if (password.every((byte) => byte < 0x80)) return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(password);
  } catch {
    return undefined;
  }
  const normal = text.normalize(form);
  return normal === text ? undefined : new TextEncoder().encode(normal);
}
