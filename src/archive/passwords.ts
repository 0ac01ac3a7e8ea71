/** The passwords that are known, as whoever opens an archive needs them. */
export interface Passwords {
  /** Each form to be tried (see `formsOf`), the likeliest first. Read and never kept: the owner wipes them. */
  candidates(): readonly Uint8Array[];
  /** Is told which of the forms has opened something. */
  opened?(form: Uint8Array): void;
}

/** What to try for a password: its bytes as typed, and those of its composed form (Unicode NFC) where that differs. */
export function formsOf(password: Uint8Array): Uint8Array[] {
  const composed = composedForm(password);
  return composed === undefined ? [password] : [password, composed];
}

/** Of how many passwords these are the forms. */
export function countPasswords(forms: readonly Uint8Array[]): number {
  return forms.filter((form) => {
    const composed = composedForm(form);
    return composed === undefined || !forms.some((other) => Buffer.compare(other, composed) === 0);
  }).length;
}

function composedForm(password: Uint8Array): Uint8Array | undefined {
  // Most are ASCII: no string is made of them, which nobody could wipe.
  if (password.every((byte) => byte < 0x80)) return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(password);
  } catch {
    return undefined;
  }
  const composed = text.normalize('NFC');
  return composed === text ? undefined : new TextEncoder().encode(composed);
}
