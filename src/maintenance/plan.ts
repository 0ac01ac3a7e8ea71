import { before as instantBefore, BYTES_PER_MB, DAY_MS, shortestMs } from '../base/units.ts';
import { dayOf, formatFileName, nextRotated, parseFileName, type ManagedFamily } from '../files/fileName.ts';
import type { DatedLogFile, Totals } from '../files/logFile.ts';
import { AUDIT_FILE } from '../files/places.ts';
import type { Plan, Restraint, Skip, Step } from '../workspace/maintenance.ts';
import type { Policy } from '../policy/policy.ts';
import { entryTime, isFresh, oldestFirst } from '../files/entryTimes.ts';
import { belongsToManaged, canBeDeleted, isArchive, matcherOf } from './family.ts';
import type { SeenTrail } from './pruneStep.ts';

/** Everything that a plan depends on. It is plain data: the same input gives the same plan. */
export interface PlanInput {
  readonly files: readonly DatedLogFile[];
  readonly policy: Policy;
  /** ms since 1970. */
  readonly now: number;
  /** The expected size of an archive divided by the size of its log. It is used for estimates only. */
  readonly zipRatio: number;
  /** The names of files that a foreign program holds open for writing. */
  readonly heldOpen: ReadonlySet<string>;
  /** Names of our families that belong to links or folders instead of files. */
  readonly notFiles: readonly string[];
  /** The audit trail, if its records can expire. */
  readonly trail?: SeenTrail | undefined;
  /** Why nothing may be deleted (`hold`, `unaccepted`) or nothing may expire (`clock`) in this run. */
  readonly restraint?: Restraint | undefined;
}

/**
 * Plans maintenance, in the order in which it is done: it sweeps the leftovers of a crash, rotates active files over
 * their limit, deletes expired files, prunes the audit trail, and zips older plain files. While the total is over the cap, it then deletes the
 * oldest archives, then the oldest rotated files. It never deletes the active file or a file that is not recognised.
 */
export function plan(input: PlanInput): Plan {
  const restraint = input.policy.retention.hold ? 'hold' : input.restraint;
  if (restraint === 'hold' || restraint === 'unaccepted') return restrained(input, restraint);
  return planWithin(input, { expire: restraint !== 'clock', cap: true, sweep: true });
}

/** Makes a plan without deletions. The files that it would have deleted are listed as skipped. */
function restrained(input: PlanInput, reason: 'hold' | 'unaccepted'): Plan {
  const result = planWithin(input, { expire: false, cap: false, sweep: reason !== 'hold' });
  const free = planWithin(input, { expire: true, cap: true, sweep: false });
  const held = free.steps
    .filter(({ kind }) => kind === 'delete' || kind === 'prune')
    .map(({ name }): Skip => ({ name, reason }));
  return { ...result, skipped: [...result.skipped.filter((skip) => skip.reason !== 'clock'), ...held] };
}

interface Allowed {
  readonly expire: boolean;
  readonly cap: boolean;
  readonly sweep: boolean;
}

function planWithin(input: PlanInput, allowed: Allowed): Plan {
  const { policy, now } = input;
  const alsoManaged = matcherOf(policy.retention.alsoFamilies);
  const managed = input.files.filter((file) => belongsToManaged(file, alsoManaged));
  const leftovers = input.files.filter((file) => file.parts.kind === 'leftover');
  const skipped: Skip[] = input.notFiles.map((name) => ({ name, reason: 'not-a-file' }));
  const deletable = canBeDeleted(managed);

  const expiredBefore = instantBefore(now, policy.retention.maxAge);
  const isOld = (file: DatedLogFile): boolean => deletable(file) && entryTime(file, now) < expiredBefore;
  const expired = managed.filter((file) => isOld(file) && !isFresh(file, now));
  const pruned = input.trail?.isDue === true ? [{ name: AUDIT_FILE, bytes: input.trail.bytes }] : [];
  if (!allowed.expire)
    for (const { name } of [...expired, ...pruned]) skipped.push({ name, reason: 'clock' });
  const gone = new Set(allowed.expire ? expired : []);

  const rotated = rotations(managed, input, skipped);
  const kept = rotated.files.filter((file) => !gone.has(file));
  const zipped = zips(kept, input, skipped);
  const overCap = new Set(allowed.cap ? beyondCap(zipped.files, deletable, input) : []);
  const remaining = zipped.files.filter((file) => !overCap.has(file));
  return {
    steps: [
      ...(allowed.sweep ? leftovers.map((file) => step('sweep', file, 'leftover')) : []),
      ...rotated.steps,
      ...oldestFirst(gone, now).map((file) => step('delete', file, 'age')),
      ...(allowed.expire ? pruned.map((file) => step('prune', file, 'age')) : []),
      ...zipped.steps,
      ...[...overCap].map((file) => step('delete', file, 'cap')),
    ],
    skipped,
    before: totals([...managed, ...leftovers]),
    after: totals(allowed.sweep ? remaining : [...remaining, ...leftovers]),
  };
}

function step(
  kind: Step['kind'],
  file: Pick<DatedLogFile, 'name' | 'bytes'>,
  reason: Step['reason'],
  to?: string,
): Step {
  return { kind, name: file.name, ...(to !== undefined && { to }), bytes: file.bytes, reason };
}

interface Outcome {
  readonly steps: readonly Step[];
  /** The files as they would be afterwards. */
  readonly files: readonly DatedLogFile[];
}

/** The largest size of a family's active file, in bytes. */
export function rotationLimit(policy: Policy, family: ManagedFamily): number {
  return (family === 'audit' ? policy.audit.fileMB : policy.rotation.maxFileMB) * BYTES_PER_MB;
}

/** How many plain files of a family are kept, the active one included. */
export function keptPlain(policy: Policy, family: ManagedFamily): number {
  return family === 'audit' ? policy.audit.keepPlain : policy.rotation.keepPlain;
}

const LONGEST_ACTIVE_MS = 30 * DAY_MS;

/**
 * Whether the first entry of an active file is older than a tenth of `maxAge`, 30 days at most. Without this rotation
 * nothing would expire in a file that never fills.
 */
function isOverdue({ first }: DatedLogFile, { policy, now }: PlanInput): boolean {
  const longest = Math.min(shortestMs(policy.retention.maxAge) / 10, LONGEST_ACTIVE_MS);
  return first !== undefined && first < now - longest;
}

function rotations(files: readonly DatedLogFile[], input: PlanInput, skipped: Skip[]): Outcome {
  const nextOf = nextRotated([...files.map((file) => file.parts), ...input.notFiles.map(parseFileName)]);
  const steps: Step[] = [];
  const after = files.map((file): DatedLogFile => {
    const { parts } = file;
    if (parts.kind !== 'active') return file;
    const isLarge = file.bytes > rotationLimit(input.policy, parts.family);
    if (!isLarge && !isOverdue(file, input)) return file;
    if (input.heldOpen.has(file.name)) {
      skipped.push({ name: file.name, reason: 'held-open' });
      return file;
    }
    const next = nextOf(parts.family);
    steps.push(step('rotate', file, isLarge ? 'size' : 'age', formatFileName(next)));
    return { ...file, name: formatFileName(next), parts: next };
  });
  return { steps, files: after };
}

/** Zips all but the newest `keepPlain` plain files of each family, oldest first. */
function zips(files: readonly DatedLogFile[], input: PlanInput, skipped: Skip[]): Outcome {
  const { policy, now } = input;
  const steps: Step[] = [];
  const zipped = new Map<DatedLogFile, DatedLogFile>();
  const expiredBefore = instantBefore(now, policy.retention.maxAge);
  const nextName = freeArchiveNames([...input.files.map(({ name }) => name), ...input.notFiles]);
  for (const family of ['api', 'audit'] as const) {
    const plain = files.filter(({ parts }) => isPlain(parts.kind) && parts.family === family);
    plain.sort((a, b) => plainOrder(b) - plainOrder(a));
    // A rotated audit.log is zipped at once: its next record may be days away.
    const isMissing = family === 'audit' && !plain.some(({ parts }) => parts.kind === 'active');
    for (const file of plain.slice(keptPlain(policy, family) - (isMissing ? 1 : 0)).reverse()) {
      if (file.parts.kind !== 'rotated') continue;
      if (input.heldOpen.has(file.name)) {
        skipped.push({ name: file.name, reason: 'held-open' });
        continue;
      }
      // As an archive it would expire at once, though it was written within a day.
      if (isFresh(file, now) && entryTime(file, now) < expiredBefore) continue;
      const parts = nextName(family, dayOf(entryTime(file, now)));
      const to = formatFileName(parts);
      steps.push(step('zip', file, 'plain', to));
      zipped.set(file, { ...file, name: to, parts, bytes: Math.ceil(file.bytes * input.zipRatio) });
    }
  }
  return { steps, files: files.map((file) => zipped.get(file) ?? file) };
}

function isPlain(kind: string): boolean {
  return kind === 'active' || kind === 'rotated';
}

/** The active file is the newest, followed by the file with the highest number. */
function plainOrder({ parts }: DatedLogFile): number {
  return parts.kind === 'rotated' ? parts.number : Number.POSITIVE_INFINITY;
}

/** Returns a function that gives free archive names: neither an existing file nor an earlier call has them. */
function freeArchiveNames(
  names: readonly string[],
): (family: ManagedFamily, day: string) => DatedLogFile['parts'] & { kind: 'archive' } {
  const taken = new Set(names);
  const lastSerial = new Map<string, number>();
  return (family, day) => {
    const key = `${family}.${day}`;
    let serial = lastSerial.get(key) ?? 0;
    let parts;
    do {
      serial += 1;
      parts = { kind: 'archive', family, day, serial } as const;
    } while (taken.has(formatFileName(parts)));
    lastSerial.set(key, serial);
    return parts;
  };
}

/** The files to delete, in order, until the total is within the cap. */
function beyondCap(
  files: readonly DatedLogFile[],
  deletable: (file: DatedLogFile) => boolean,
  { policy, now }: PlanInput,
): DatedLogFile[] {
  let excess = totals(files).bytes - policy.retention.maxFolderMB * BYTES_PER_MB;
  if (excess <= 0) return [];
  const candidates = oldestFirst(files.filter(deletable), now);
  const inOrder = [...candidates.filter(isArchive), ...candidates.filter((file) => !isArchive(file))];
  const result: DatedLogFile[] = [];
  for (const file of inOrder) {
    if (excess <= 0) break;
    excess -= file.bytes;
    result.push(file);
  }
  return result;
}

function totals(files: readonly DatedLogFile[]): Totals {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}
