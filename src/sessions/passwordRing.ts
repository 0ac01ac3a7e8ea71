import { PROVEN_BYTES } from '../archive/aes/encryptedMember.ts';
import { formsOf, type Passwords } from '../archive/aes/passwords.ts';
import { withZip, type OpenZip, type ZipMember } from '../archive/zip/readZip.ts';
import { fromUnknown, isFailure, type Failure } from '../base/failure.ts';
import { pathOf, type LogPlace } from '../workspace/logPlaces.ts';
import { requireWorkspace, type AppContext, type WorkspaceInput } from '../workspace/workspace.ts';
import { requireLog } from '../workspace/requireLog.ts';

/** More are not kept: each is tried on each archive. */
export const MOST_PASSWORDS = 100;

interface Known {
  /** Its bytes as they were typed, and what else is tried for them. */
  readonly forms: readonly Uint8Array[];
}

/** The newest first. */
let ring: readonly Known[] = [];
/** The forms that opened something, the last one first. */
let proven: readonly Uint8Array[] = [];
let version = 0;

/**
 * The passwords that are known, in the thread that opens archives and nowhere else: nothing gives them out again. Whoever
 * hands one over keeps nothing of it either: the bytes given are wiped.
 */
export const knownPasswords: Passwords = {
  candidates() {
    return [...new Set([...proven, ...formsIn(ring)])];
  },
  opened(form) {
    if (form !== proven[0] && formsIn(ring).includes(form)) prove([form]);
  },
};

export function countKnown(): number {
  return ring.length;
}

/** A copy of the newest password as it was typed, for an archive to be written. Whoever asks wipes it. */
export function newestPassword(): Uint8Array | undefined {
  const typed = ring[0]?.forms[0];
  return typed === undefined ? undefined : Uint8Array.from(typed);
}

/** Counts the changes of what is known: what was tried with other passwords may come out differently. */
export function passwordsVersion(): number {
  return version;
}

/** Makes the remembered passwords known, the newest first, behind those that are. */
export function usePasswords({ passwords }: { readonly passwords: readonly Uint8Array[] }): void {
  for (const known of passwords.map(takeOver)) {
    const isKnown = ring.some((other) => isSame(other, known));
    if (isKnown || ring.length >= MOST_PASSWORDS) wipe(known);
    else replaceRing([...ring, known]);
  }
}

/** Makes a password known, as the newest. */
export function addPassword({ password }: { readonly password: Uint8Array }): void {
  putFirst(takeOver(password));
}

let timesForgotten = 0;

export function forgetPasswords(_input: object): void {
  timesForgotten += 1;
  replaceRing([]);
}

/**
 * Tries a password on an archive, and makes it known where it fits: where it opens the smallest encrypted file, or one of the
 * next ones, proven by the HMAC. A password that does not fit is not kept, nor one that was to be forgotten meanwhile.
 * @throws Failure those of opening the archive; `archive-damaged` (`hmac`) where only the verifier lets the password through
 */
export async function tryPassword(
  input: WorkspaceInput & LogPlace & { readonly password: Uint8Array },
  { signal }: Partial<Pick<AppContext, 'signal'>> = {},
): Promise<{ fits: boolean }> {
  const known = takeOver(input.password);
  const before = timesForgotten;
  let fits = false;
  try {
    const root = requireWorkspace(input);
    const file = requireLog(root, input.name, input.folder);
    const passwords: Passwords = { candidates: () => known.forms };
    fits = await withZip(pathOf(root, file), opensSome, { passwords, signal });
    return { fits };
  } finally {
    if (fits && timesForgotten === before) prove(putFirst(known).forms);
    else wipe(known);
  }
}

/** One file may be damaged. */
const TRIED_MEMBERS = 3;

async function opensSome(zip: OpenZip): Promise<boolean> {
  const encrypted = zip.members.filter((member) => member.encrypted);
  let problem: Failure | undefined;
  for (const member of encrypted.sort(bySize).slice(0, TRIED_MEMBERS)) {
    try {
      if (await isOpened(zip, member)) return true;
    } catch (error) {
      if (isFailure(error, 'cancelled')) throw error;
      problem ??= fromUnknown(error);
    }
  }
  if (problem !== undefined) throw problem;
  return false;
}

async function isOpened(zip: OpenZip, member: ZipMember): Promise<boolean> {
  const seems = await zip.opens(member);
  // Of what is larger, only the verifier was looked at.
  if (seems && member.compressedBytes <= PROVEN_BYTES) return true;
  try {
    for await (const piece of zip.read(member)) if (piece.length > 0) break;
    return true;
  } catch (error) {
    if (isFailure(error, 'password-wrong')) return false;
    // What comes behind the HMAC says nothing against the password.
    const isProven = seems && isFailure(error, 'archive-damaged') && error.data.check !== 'hmac';
    if (isProven) return true;
    throw error;
  }
}

function bySize(one: ZipMember, other: ZipMember): number {
  return one.compressedBytes - other.compressedBytes;
}

export function smallest(members: readonly ZipMember[]): ZipMember | undefined {
  return members.reduce<ZipMember | undefined>(
    (least, member) =>
      least === undefined || member.compressedBytes < least.compressedBytes ? member : least,
    undefined,
  );
}

/** The bytes given may be those of a message, of which nobody else knows, or still be in somebody's hands. */
function takeOver(password: Uint8Array): Known {
  const own = Uint8Array.from(password);
  password.fill(0);
  return { forms: formsOf(own) };
}

function prove(forms: readonly Uint8Array[]): void {
  proven = [...forms, ...proven.filter((other) => !forms.includes(other))];
}

/** @returns what is known now: a password that was known stays as it was */
function putFirst(known: Known): Known {
  const same = ring.find((other) => isSame(other, known));
  if (same !== undefined) wipe(known);
  const others = ring.filter((other) => other !== same);
  const kept = same ?? known;
  replaceRing([kept, ...others.slice(0, MOST_PASSWORDS - 1)]);
  return kept;
}

/** What is not among the new ones is wiped. */
function replaceRing(now: readonly Known[]): void {
  for (const known of ring) if (!now.includes(known)) wipe(known);
  ring = now;
  const forms = new Set(formsIn(ring));
  proven = proven.filter((form) => forms.has(form));
  version += 1;
}

function formsIn(some: readonly Known[]): readonly Uint8Array[] {
  return some.flatMap(({ forms }) => forms);
}

function isSame({ forms: [one] }: Known, { forms: [other] }: Known): boolean {
  return one !== undefined && other !== undefined && Buffer.compare(one, other) === 0;
}

function wipe({ forms }: Known): void {
  for (const form of forms) form.fill(0);
}
