/** The passwords that are known, as whoever opens an archive needs them. */
export interface Passwords {
  /** Each form to be tried (see `formsOf`), the likeliest first. Read and never kept: the owner wipes them. */
  candidates(): readonly Uint8Array[];
  /** Is told which of the forms has opened something. */
  opened?(form: Uint8Array): void;
}

/**
 * What to try for a password: its bytes as typed, and those of its composed and its decomposed form (Unicode NFC, NFD) where
 * they differ: keyboards and files of several systems give the one or the other.
 */
export function formsOf(password: Uint8Array): Uint8Array[] {
  const others = [normalForm(password, 'NFC'), normalForm(password, 'NFD')];
  return [password, ...others.filter((form) => form !== undefined)];
}

/** Of how many passwords these are the forms. */
export function countPasswords(forms: readonly Uint8Array[]): number {
  const composed = forms.map((form) => normalForm(form, 'NFC') ?? form);
  return composed.filter((form, index) => {
    const first = composed.findIndex((other) => Buffer.compare(other, form) === 0);
    return first === index;
  }).length;
}

/** @returns undefined where that is what was typed, or it is no text */
function normalForm(password: Uint8Array, form: 'NFC' | 'NFD'): Uint8Array | undefined {
  // Most are ASCII: no string is made of them, which nobody could wipe.
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
