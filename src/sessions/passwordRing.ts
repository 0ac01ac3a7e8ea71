import { PROVEN_BYTES } from '../archive/aes/encryptedMember.ts';
import { formsOf, type Passwords } from '../archive/aes/passwords.ts';
import { withZip, type OpenZip, type ZipMember } from '../archive/zip/readZip.ts';
import { fromUnknown, isFailure, type Failure } from '../base/failure.ts';
import { recorded } from '../workspace/deeds.ts';
import { pathOf, type LogPlace } from '../workspace/logPlaces.ts';
import { requireWorkspace, type AppContext, type WorkspaceInput } from '../workspace/workspace.ts';
import { requireLog } from '../workspace/requireLog.ts';

/** The limit of known passwords. Each of them is tried on each archive. */
export const MOST_PASSWORDS = 100;

interface Known {
  /** The bytes of the password as they were typed, followed by the other forms that are tried. */
  readonly forms: readonly Uint8Array[];
}

/** The known passwords, newest first. */
let ring: readonly Known[] = [];
/** The forms of passwords that have opened an archive, latest first. */
let proven: readonly Uint8Array[] = [];
let version = 0;

/**
 * The known passwords. They exist only in the thread that opens archives and never leave it. A caller that hands over a
 * password does not keep it either: the bytes that it passes are wiped.
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

/** A copy of the newest password as it was typed, for writing an archive. The caller must wipe it. */
export function newestPassword(): Uint8Array | undefined {
  const typed = ring[0]?.forms[0];
  return typed === undefined ? undefined : Uint8Array.from(typed);
}

/** The number of changes to the known passwords. After a change, an earlier result may no longer hold. */
export function passwordsVersion(): number {
  return version;
}

/** Makes the remembered passwords known, newest first, after the passwords that are already known. */
export function usePasswords({ passwords }: { readonly passwords: readonly Uint8Array[] }): void {
  for (const known of passwords.map(takeOver)) {
    const isKnown = ring.some((other) => isSame(other, known));
    if (isKnown || ring.length >= MOST_PASSWORDS) wipe(known);
    else replaceRing([...ring, known]);
  }
}

/** The workspaces that the passwords are for. */
interface Workspaces {
  /** The roots in whose audit trails a change of the known passwords is recorded. */
  readonly roots?: readonly string[] | undefined;
}

/** Makes a password known at a person's request, as the newest one. @throws Failure `audit-unavailable` */
export async function addPassword(
  { password, roots }: Workspaces & { readonly password: Uint8Array },
  context: AppContext,
): Promise<void> {
  const known = takeOver(password);
  try {
    await recordedInAll(context, roots, 'password_added');
  } catch (error) {
    wipe(known);
    throw error;
  }
  putFirst(known);
}

/** Makes a password known, as the newest one, for a use case that records more than that. */
export function knowPassword(password: Uint8Array): void {
  putFirst(takeOver(password));
}

let timesForgotten = 0;

/** Forgets all known passwords. @throws Failure `audit-unavailable` */
export async function forgetPasswords({ roots }: Workspaces, context: AppContext): Promise<void> {
  await recordedInAll(context, roots, 'passwords_forgotten');
  forgetKnown();
}

/** The same where it is no person's deed. */
export function forgetKnown(): void {
  timesForgotten += 1;
  replaceRing([]);
}

/** If one of the trails does not take the record, those that have it say that nothing was done. */
async function recordedInAll(
  context: AppContext,
  [root, ...others]: readonly string[] = [],
  action: 'password_added' | 'passwords_forgotten',
): Promise<void> {
  if (root === undefined) return;
  await recorded(context, root, { action, entity: '' }, () => recordedInAll(context, others, action));
}

/**
 * Tries a password on an archive and makes it known if it fits. It fits if it opens the smallest encrypted file or one
 * of the next larger ones, proven by the HMAC. A password that does not fit is not kept. A password that fits is not
 * kept either if the passwords were forgotten meanwhile.
 * @throws Failure those of opening the archive; `archive-damaged` (`hmac`) if only the verifier accepts the password;
 *   `audit-unavailable`
 */
export async function tryPassword(
  input: WorkspaceInput & LogPlace & { readonly password: Uint8Array },
  context: AppContext,
): Promise<{ fits: boolean }> {
  const { signal, environment } = context;
  const known = takeOver(input.password);
  const before = timesForgotten;
  let fits = false;
  try {
    const root = requireWorkspace(input);
    const file = requireLog(root, input, { environment });
    const passwords: Passwords = { candidates: () => known.forms };
    const opens = await withZip(pathOf(root, file), opensSome, { passwords, signal });
    if (opens) await recordedInAll(context, [root], 'password_added');
    fits = opens;
    return { fits };
  } finally {
    if (fits && timesForgotten === before) prove(putFirst(known).forms);
    else wipe(known);
  }
}

/** Several files are tried, because one of them may be damaged. */
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
  // For a larger member, `opens` checks only the verifier.
  if (seems && member.compressedBytes <= PROVEN_BYTES) return true;
  try {
    for await (const piece of zip.read(member)) if (piece.length > 0) break;
    return true;
  } catch (error) {
    if (isFailure(error, 'password-wrong')) return false;
    // A check that fails after the HMAC does not disprove the password.
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

/** Takes a copy and wipes the given bytes, which may belong to a message or still be held by the caller. */
function takeOver(password: Uint8Array): Known {
  const own = Uint8Array.from(password);
  password.fill(0);
  return { forms: formsOf(own) };
}

function prove(forms: readonly Uint8Array[]): void {
  proven = [...forms, ...proven.filter((other) => !forms.includes(other))];
}

/** @returns the entry that is known now: an existing entry for the same password is kept */
function putFirst(known: Known): Known {
  const same = ring.find((other) => isSame(other, known));
  if (same !== undefined) wipe(known);
  const others = ring.filter((other) => other !== same);
  const kept = same ?? known;
  replaceRing([kept, ...others.slice(0, MOST_PASSWORDS - 1)]);
  return kept;
}

/** Replaces the known passwords. A password that is not in the new list is wiped. */
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
