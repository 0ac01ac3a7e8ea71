import { accessSync, constants, lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Age } from '../base/units.ts';
import type { JobContext, JobRunner } from '../base/job.ts';
import { Failure, fromSystemError, fromUnknown, toFailureMessage } from '../base/failure.ts';
import { ensureLogsFolder } from '../files/append.ts';
import { STORE_FILES } from '../files/fileName.ts';
import { handedDown } from '../policy/auditEnvironment.ts';
import type { Policy } from '../policy/policy.ts';
import {
  recordAfter,
  recordFailed,
  recordFirst,
  usablePolicy,
  userOf,
  type Deed,
  type DeedRecord,
  type Recording,
} from '../workspace/deeds.ts';
import { readPolicyFile } from '../workspace/policyFile.ts';
import { watchPolicy, type PolicyWatch } from '../workspace/policyWatch.ts';
import { logsFolder, requireWorkspace, stateOf } from '../workspace/workspace.ts';
import { createMasker, defaultMasker } from '../masking/masker.ts';
import type { StateFolder } from '../workspace/stateFolder.ts';
import { formatVerifier, openNote } from './checkpoint.ts';
import { COLUMNS, columnsOf } from './columns.ts';
import { exportPart as partOf, type ExportPart, type ExportPartInput } from './exportFormats.ts';
import { outputSettings } from './outputs/auditFile.ts';
import { TrailOutputs, type TrailReport } from './outputs/outputs.ts';
import { openTrailKeys, requireVerifier, verifierOf, type TrailKeys } from './trailKeys.ts';
import { openPostgresStore, openPostgresStoreToRead } from './postgres/postgresStore.ts';
import { backendEnvironment, storeOf } from './postgres/storeChoice.ts';
import { formatProof, prove as proofOf, type Proof } from './proof.ts';
import { query as pageOf, type AuditPage, type AuditQuery } from './query.ts';
import type { StoredRecord } from './page/pageData.ts';
import { summarise, type SummaryInput } from './page/summaries.ts';
import { readRows, storedRecord, type RowsInput } from './page/trailRows.ts';
import { readRecord } from './readRecord.ts';
import { pruneRecord, type AuditRecord, type NewEntry } from './record.ts';
import { prunable, prune } from './retention/prune.ts';
import { seal } from './seal.ts';
import { countingIndexes, openSqliteStore, openSqliteStoreToRead } from './sqliteStore.ts';
import type { Appended, AuditStore, StoreChoice, StoredCheckpoint, StoredEntry } from './store.ts';
import { valuesOf, verify as verification, type Finding, type Verification } from './verify.ts';

/** After so many records, or so long after one, a checkpoint is signed. */
const SEAL_RECORDS = 1000;
const SEAL_MS = 10_000;
const REMEMBER_MS = 1000;

type Context = JobContext<TrailReport>;

interface Input {
  readonly root: string;
  /** Where the records are kept, if a program chose it; otherwise `storeOf` says it. */
  readonly store?: StoreChoice | undefined;
  /** See `openSqliteStoreToRead`; for workspaces without a policy, and those in Restricted Mode. */
  readonly leavesNothing?: boolean | undefined;
}

interface AppendInput extends Input {
  readonly entries: readonly NewEntry[];
}

/** A trail that this thread writes into. */
interface OpenTrail {
  readonly root: string;
  readonly store: AuditStore;
  /** The SQLite file and its number, as it was opened; undefined in PostgreSQL. */
  readonly file: { readonly path: string; readonly inode: number | undefined } | undefined;
  readonly keys: TrailKeys;
  readonly outputs: TrailOutputs;
  readonly watch: PolicyWatch;
  /** The policy in force; undefined while the workspace has none. */
  policy: Policy | undefined;
  waiting: Waiting[];
  /** Ends when nothing waits any more. */
  writing: Promise<void> | undefined;
  /** Records since the newest checkpoint that was signed here. */
  unsealed: number;
  timer: NodeJS.Timeout | undefined;
  /** The newest note by this person's key, and when one was remembered, in ms since 1970. */
  note: string | undefined;
  remembered: number;
  sealing: Promise<void>;
  /** Why the last checkpoint could not be signed; told by `sealTrail` and `closeTrail`. */
  failure: Failure | undefined;
}

interface Waiting extends Pick<AppendInput, 'entries'> {
  readonly context: Context;
  readonly resolve: (outcomes: readonly Appended[]) => void;
  readonly reject: (failure: unknown) => void;
}

const open = new Map<string, Promise<OpenTrail>>();

async function trailOf(input: Input, context: Context): Promise<OpenTrail> {
  const { root } = input;
  const known = await openTrail(root);
  if (known !== undefined) return known;
  // Another call may have begun to open it meanwhile.
  let opening = open.get(root);
  if (opening === undefined) {
    const begun = makeTrail(input, context);
    opening = begun;
    open.set(root, begun);
    begun.catch(() => {
      if (open.get(root) === begun) open.delete(root);
    });
  }
  return opening;
}

async function makeTrail(input: Input, context: Context): Promise<OpenTrail> {
  const { root, store: choice = storeOf(context) } = input;
  if (readPolicyFile(requireWorkspace({ root })) === undefined)
    throw new Failure('not-managed', { path: root });
  const { store, file } = await openToWrite(root, choice, context);
  const trail: OpenTrail = {
    root,
    store,
    file,
    keys: openTrailKeys(context.environment),
    outputs: new TrailOutputs(),
    watch: watchPolicy(root, {
      onPolicy: (changed) => {
        trail.policy = changed;
      },
      // The last valid policy stays in force.
      onFailure: () => undefined,
    }),
    policy: usablePolicy(root),
    waiting: [],
    writing: undefined,
    unsealed: 0,
    timer: undefined,
    note: undefined,
    remembered: 0,
    sealing: Promise.resolve(),
    failure: undefined,
  };
  rememberTrail(stateOf(root, usablePolicy(root), context), stateName(choice), store.trailId);
  return trail;
}

async function openToWrite(
  root: string,
  choice: StoreChoice,
  { environment }: Context,
): Promise<Pick<OpenTrail, 'store' | 'file'>> {
  if (choice !== 'sqlite')
    return { store: await openPostgresStore(choice.postgres, environment), file: undefined };
  ensureLogsFolder(logsFolder(root));
  const path = pathOf(root);
  const store = openSqliteStore(path);
  return { store, file: { path, inode: inodeOf(path) } };
}

function inodeOf(path: string): number | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.ino;
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

/** The open trail of a workspace. If its database was removed or replaced, what is appended to the open one is lost. */
async function openTrail(root: string): Promise<OpenTrail | undefined> {
  const opening = open.get(root);
  const trail = await opening;
  if (trail?.file === undefined || inodeOf(trail.file.path) === trail.file.inode) return trail;
  // Another call may have closed it meanwhile.
  if (open.get(root) !== opening) return openTrail(root);
  open.delete(root);
  clearTimeout(trail.timer);
  trail.watch.close();
  void trail.outputs.close();
  trail.store.close();
  return undefined;
}

function pathOf(root: string): string {
  return join(logsFolder(root), STORE_FILES[0]);
}

/** Which trail a workspace has in each kind of store, so that another one in its place is noticed. */
function stateName(choice: StoreChoice): string {
  return choice === 'sqlite' ? 'audit' : 'audit-postgres';
}

function rememberTrail(state: StateFolder, name: string, trail: string): void {
  try {
    if (trailIn(state.read(name)) === undefined) state.write(name, { trail });
  } catch {
    // Whoever can keep no state can keep no key either, and only appends.
  }
}

function trailIn(remembered: unknown): string | undefined {
  const trail = (remembered as { trail?: unknown } | undefined)?.trail;
  return typeof trail === 'string' ? trail : undefined;
}

/**
 * Appends entries to the trail of a workspace. What waits meanwhile is committed together. Resolves when all of them are
 * synced, and new ones are copied to the other outputs. What goes wrong there is reported.
 * @throws Failure those of the store
 */
async function appendToTrail(input: AppendInput, context: Context): Promise<readonly Appended[]> {
  const trail = await trailOf(input, context);
  const { entries } = input;
  return new Promise((resolve, reject) => {
    trail.waiting.push({ entries, context, resolve, reject });
    trail.writing ??= write(trail);
  });
}

/** While one group is written, the next one gathers. */
async function write(trail: OpenTrail): Promise<void> {
  await setImmediate();
  while (trail.waiting.length > 0) await commit(trail);
  trail.writing = undefined;
}

async function commit(trail: OpenTrail): Promise<void> {
  const group = trail.waiting;
  trail.waiting = [];
  try {
    const all = group.flatMap(({ entries }) => entries);
    const outcomes = await trail.store.append(all);
    await copyToOutputs(
      trail,
      all.filter((_, index) => outcomes[index] === 'appended'),
      group,
    );
    let at = 0;
    for (const { entries, resolve } of group) {
      resolve(outcomes.slice(at, at + entries.length));
      at += entries.length;
    }
    noteNews(trail, outcomes.filter((outcome) => outcome === 'appended').length);
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}

/** A record that an output lacks is in the store all the same, so a failure is only reported. */
async function copyToOutputs(
  { root, outputs, policy }: OpenTrail,
  entries: readonly NewEntry[],
  [first]: readonly Waiting[],
): Promise<void> {
  if (policy === undefined || first === undefined || entries.length === 0) return;
  const { context } = first;
  try {
    const settings = outputSettings(root, policy, handedDown(backendEnvironment(context)));
    if (settings.file === undefined && !settings.console) return;
    const lines = entries.map(({ entry }) => entry);
    for (const report of await outputs.write(lines, settings)) context.report(report);
  } catch (error) {
    context.report({ kind: 'output-failed', failure: toFailureMessage(error), records: entries.length });
  }
}

function noteNews(trail: OpenTrail, news: number): void {
  if (news === 0) return;
  trail.unsealed += news;
  if (trail.unsealed >= SEAL_RECORDS) sealSoon(trail);
  else
    trail.timer ??= setTimeout(() => {
      sealSoon(trail);
    }, SEAL_MS).unref();
}

/** A trail that cannot be sealed is still appended to. */
function sealSoon(trail: OpenTrail): void {
  clearTimeout(trail.timer);
  trail.timer = undefined;
  trail.unsealed = 0;
  trail.sealing = trail.sealing.then(async () => {
    try {
      trail.note = await seal(trail.store, trail.keys);
      if (Date.now() - trail.remembered >= REMEMBER_MS) await rememberNote(trail);
      trail.failure = undefined;
    } catch (error) {
      trail.failure = fromUnknown(error);
    }
  });
}

/**
 * Remembering a note takes longer than signing it, so many records a second don't wait for it each time. The store has it
 * on the disk first: a note that is remembered and not stored would look removed.
 */
async function rememberNote(trail: OpenTrail): Promise<void> {
  const { note } = trail;
  trail.remembered = Date.now();
  if (note === undefined) return;
  await trail.store.sync();
  trail.keys.remember(trail.store.trailId, note);
}

/**
 * Appends entries on this thread, for a process that ends now. What a worker has committed already counts once. Nothing
 * is signed or copied to the other outputs. A database on a server cannot be waited for, so nothing is appended there.
 */
export function appendNow({ root, store: choice = 'sqlite' }: Input, entries: readonly NewEntry[]): void {
  if (choice !== 'sqlite') return;
  const store = openSqliteStore(pathOf(root));
  // The store does its work within the call.
  store.append(entries).catch(() => undefined);
  store.close();
}

/** Signs a checkpoint of all records. @returns its note; undefined for an empty trail @throws Failure of `seal` */
async function sealTrail(input: Input, context: Context): Promise<string | undefined> {
  const trail = await trailOf(input, context);
  sealSoon(trail);
  await trail.sealing;
  if (trail.failure !== undefined) throw trail.failure;
  await rememberNote(trail);
  return trail.note;
}

/**
 * Accepts a trail as it is, although a key that is not known had signed it before: from now on this person's key says
 * that these are its records.
 * @throws Failure of `seal`
 */
async function acceptTrail(input: Input, context: Context): Promise<void> {
  const note = await sealTrail(input, context);
  const { store, keys } = await trailOf(input, context);
  if (note !== undefined) keys.accept(store.trailId, note);
}

/** Signs a last checkpoint if there is news, and closes the trail. @throws Failure of `seal`; it is closed all the same */
async function closeTrail({ root }: Input): Promise<void> {
  const opening = open.get(root);
  const trail = await opening;
  if (trail === undefined || open.get(root) !== opening) return;
  open.delete(root);
  await trail.writing;
  if (trail.unsealed > 0) sealSoon(trail);
  clearTimeout(trail.timer);
  trail.watch.close();
  await trail.sealing;
  await trail.outputs.close();
  try {
    await rememberNote(trail);
  } finally {
    trail.store.close();
  }
  if (trail.failure !== undefined) throw trail.failure;
}

/** Closes all trails of this thread. One that cannot be sealed now is sealed when it is written to next. */
export async function closeTrails(_input?: object): Promise<void> {
  for (const root of open.keys()) await closeTrail({ root }).catch(() => undefined);
}

/** Gives `work` the trail to read; a trail that is open for writing is used as it is. */
async function reading<T>(
  input: Input,
  context: Context,
  work: (store: AuditStore | undefined) => Promise<T>,
): Promise<T> {
  const opened = await openTrail(input.root);
  if (opened !== undefined) return work(opened.store);
  const store = await openToRead(input, context);
  try {
    return await work(store);
  } finally {
    store?.close();
  }
}

async function openToRead(
  { root, store: choice, leavesNothing }: Input,
  context: Context,
): Promise<AuditStore | undefined> {
  const workspace = requireWorkspace({ root });
  const store = choice ?? storeOf(context);
  return store === 'sqlite'
    ? openSqliteStoreToRead(pathOf(workspace), leavesNothing)
    : openPostgresStoreToRead(store.postgres, context.environment);
}

function queryTrail(input: Input & AuditQuery, context: Context): Promise<AuditPage> {
  return reading(input, context, async (store) =>
    store === undefined
      ? { total: 0, totalIsExact: true, records: [], cursor: null }
      : pageOf(store, input, context.signal),
  );
}

interface ExportInput extends Input {
  readonly format: ExportPartInput['format'];
  readonly filter: ExportPartInput['filter'];
  /** See `Recording`. */
  readonly user?: string | undefined;
}

/**
 * Records that an export begins.
 * @returns how many records the trail had before, and the id of the new one
 * @throws Failure `audit-unavailable`, those of the store
 */
async function beginExport(
  input: ExportInput,
  context: Context,
): Promise<{ readonly end: number; readonly record: string }> {
  const end = await reading(input, context, async (store) => (store === undefined ? 0 : store.size()));
  const { root, format, filter } = input;
  const deed: Deed = { ...exported, details: { format, filter } };
  return { end, record: await recordFirst(recordingIn(input, context), root, deed) };
}

const exported = { action: 'audit_exported', entity: '' } as const;

/** A part of an export, see `exportPart`. If it fails, the trail says so. @param input `record` is that of `beginExport` */
async function exportTrailPart(
  input: ExportPartInput & ExportInput & { readonly record: string },
  context: Context,
): Promise<ExportPart> {
  const { root, record } = input;
  try {
    return await reading(input, context, async (store) =>
      store === undefined ? { text: '', next: null, count: 0 } : partOf(store, input),
    );
  } catch (error) {
    const { code } = fromUnknown(error);
    if (record !== '') await recordFailed(recordingIn(input, context), root, exported, { record, code });
    throw error;
  }
}

/** How many records the trail has, and how many of them its newest checkpoint covers; that is not verified. */
function stateOfTrail(
  input: Input,
  context: Context,
): Promise<{ readonly records: number; readonly sealed: number }> {
  return reading(input, context, async (store) => ({
    records: (await store?.size()) ?? 0,
    sealed: (await store?.newestCheckpoint())?.size ?? 0,
  }));
}

/** A `RowsPart` as JSON, since one text crosses threads faster than its objects. */
function rowsOfTrail(input: Input & RowsInput, context: Context): Promise<string> {
  return reading(input, context, async (store) =>
    JSON.stringify(store === undefined ? { rows: [], next: null } : await readRows(store, input)),
  );
}

/** `Summaries` as JSON; undefined for a workspace without a trail in SQLite. @throws Failure `cancelled`, those of the store */
function summariseTrail(
  input: Input & SummaryInput,
  context: Context,
): Promise<{ readonly total: number; readonly summaries: string } | undefined> {
  return reading(input, context, async (store) =>
    store === undefined || (input.store ?? storeOf(context)) !== 'sqlite'
      ? undefined
      : countingIndexes(pathOf(input.root), input.leavesNothing === true, async (counts) => {
          const summaries = await summarise(store, counts, input, context.signal);
          return { total: summaries.total, summaries: JSON.stringify(summaries) };
        }),
  );
}

/** The record with a number, else the next one, with its evidence; undefined behind the last one. */
function recordOfTrail(
  input: Input & { readonly seq: number },
  context: Context,
): Promise<StoredRecord | undefined> {
  return reading(input, context, async (store) => {
    const [row] = (await store?.rows(input.seq, 1)) ?? [];
    if (row === undefined) return undefined;
    const time = Number(valuesOf(row.columns)[COLUMNS.indexOf('created_at')]);
    return storedRecord(row, time, (await store?.newestCheckpoint())?.size ?? 0);
  });
}

interface PartInput extends Input {
  /** The number of the first record that is asked for. */
  readonly from: number;
  readonly limit: number;
  /** The size of the last checkpoint that is not asked for. */
  readonly checkpoint: number;
}

/** Records in tree order, and the checkpoints of what is there. */
interface TrailPart {
  /** The lowest number of a record that is left. */
  readonly first: number;
  readonly entries: readonly StoredEntry[];
  /** By size, the smallest first. */
  readonly checkpoints: readonly StoredCheckpoint[];
}

/** A part of the trail as it is forwarded. Through no index, so that none can hide a record. */
function partOfTrail({ from, limit, checkpoint, ...input }: PartInput, context: Context): Promise<TrailPart> {
  return reading(input, context, async (store) => {
    if (store === undefined) return { first: 0, entries: [], checkpoints: [] };
    const first = await store.first();
    // A checkpoint that is signed meanwhile covers records of the next part.
    const checkpoints = (await store.checkpoints()).filter(({ size }) => size > checkpoint);
    return { first, entries: await store.entries(Math.max(first, from), limit), checkpoints };
  });
}

interface VerifyInput extends Input {
  readonly indexes?: boolean | undefined;
  /** A note that was kept. */
  readonly since?: string | undefined;
  /** Verifier keys that count beside one's own. */
  readonly trusted?: readonly string[] | undefined;
  /** See `Recording`. */
  readonly user?: string | undefined;
}

/**
 * A verification that finds a change becomes a record itself, where it takes no place of a record that is missing.
 * @throws Failure `audit-note-invalid`, those of the store, of the keys
 */
async function verifyTrail(input: VerifyInput, context: Context): Promise<Verification> {
  const result = await verifyOnly(input, context);
  const { first } = result;
  if (first !== undefined && !LEFT_AS_IT_IS.has(first.kind))
    await recordAfter(recordingIn(input, context), input.root, {
      action: 'verification_failed',
      entity: '',
      details: { first },
    });
  return result;
}

/** After these findings an append would cover up what is missing at the end, or spoil the database further. */
const LEFT_AS_IT_IS: ReadonlySet<Finding['kind']> = new Set(['cut', 'rolled-back', 'index']);

function verifyOnly(input: VerifyInput, context: Context): Promise<Verification> {
  const keys = openTrailKeys(context.environment);
  const { root, store: choice = storeOf(context), since, indexes, trusted = [] } = input;
  return reading(input, context, async (store) => {
    const remembered = trailIn(stateOf(root, undefined, context).read(stateName(choice)));
    const before = remembered === undefined ? undefined : keys.lastSeen(remembered);
    const replaced = remembered !== store?.trailId && before !== undefined ? replacedBy(before) : undefined;
    if (store === undefined)
      return replaced === undefined
        ? { state: 'sound', records: 0, sealed: 0 }
        : { state: 'tampered', records: 0, sealed: 0, first: replaced };
    const own = keys.key();
    const verifiers = trusted.map(requireVerifier);
    if (own !== undefined) verifiers.push(verifierOf(own, store.trailId));
    const seen = keys.lastSeen(store.trailId);
    const accepted = keys.accepted(store.trailId);
    const { signal } = context;
    const result = await verification(store, { verifiers, seen, since, accepted, indexes, signal });
    return replaced === undefined
      ? result
      : { ...result, state: 'tampered', first: result.first ?? replaced };
  });
}

function replacedBy(note: string): Verification['first'] {
  const size = openNote(note, [])?.checkpoint.size ?? 1;
  return { kind: 'rolled-back', seq: 0, from: 0, to: Math.max(0, size - 1) };
}

/** @throws Failure `audit-no-record`, `audit-tampered`, `audit-note-invalid`, those of `seal` */
async function proveInTrail(
  input: Input & {
    readonly id: string;
    readonly since?: string | undefined;
    /** The actions that the person who asks may see. */
    readonly actions?: readonly string[] | undefined;
  },
  context: Context,
): Promise<Proof> {
  const { id, since, actions } = input;
  const found = await reading(input, context, async (store) => store?.find(id));
  const action = found && columnsOf(JSON.parse(found.entry))?.action;
  if (action === undefined || actions?.includes(action) === false)
    throw new Failure('audit-no-record', { id });
  const note = await sealTrail(input, context);
  return proofOf((await trailOf(input, context)).store, id, note ?? '', since);
}

/**
 * Appends the record of a deed of this program.
 * @returns its id
 * @throws Failure those of the store, `audit-invalid` if it is too long
 */
async function appendDeed(input: Input, record: DeedRecord, context: Context): Promise<string> {
  const { root } = input;
  const { store } = await writableTrail(input, context);
  const whole = record.entity_type === 'trail' ? { ...record, entity_id: store.trailId } : record;
  const entry = entryOf({ ...whole }, root);
  await appendToTrail({ ...input, entries: [entry] }, context);
  return (JSON.parse(entry.entry) as { id: string }).id;
}

/** A record of this program, masked by the policy. @throws Failure `audit-invalid` */
function entryOf(record: AuditRecord, root: string): NewEntry {
  const extraKeys = usablePolicy(root)?.masking.extraKeys ?? [];
  const masker = extraKeys.length === 0 ? defaultMasker : createMasker({ extraKeys });
  const result = readRecord(record, { masker, now: Math.floor(Date.now() / 1000) });
  if (result.kind === 'invalid') throw new Failure('audit-invalid', { why: result.why });
  return result.entry;
}

/** @throws Failure `no-permission`, those of the store */
async function writableTrail(input: Input, context: Context): Promise<OpenTrail> {
  const trail = await trailOf(input, context);
  const { file } = trail;
  if (file !== undefined) requireWritable(file.path);
  return trail;
}

/**
 * A database that is open already could still be written after it was made read-only, and so could any by a system
 * administrator.
 */
function requireWritable(path: string): void {
  try {
    accessSync(path, constants.W_OK);
    const isReadOnly = (statSync(path).mode & ANY_WRITES) === 0;
    if (isReadOnly) throw new Failure('no-permission', { path, call: 'write' });
  } catch (error) {
    throw fromSystemError(error, path, 'write');
  }
}

const ANY_WRITES = 0o222;

/**
 * Adds the port to the trail to a job's context.
 * @param report gets what the outputs of the trail report
 * @param store where the trail is kept, see `Input`
 */
export function recordingOf<C extends Pick<Recording, 'environment' | 'door'>>(
  context: C,
  report: Context['report'] = () => undefined,
  store?: StoreChoice,
): C & Pick<Recording, 'trail'> {
  const { environment, door } = context;
  const own: Context = { signal: NEVER, report, environment, door };
  return { ...context, trail: { append: (root, record) => appendDeed({ root, store }, record, own) } };
}

/** By which a job of the trail records its own deeds, in the very trail that it works on. */
function recordingIn({ store, user }: Input & Pick<Recording, 'user'>, context: Context): Recording {
  return { ...recordingOf(context, context.report, store), user };
}

const NEVER = new AbortController().signal;

interface PruneInput extends Input {
  readonly maxAge: Age;
  /** ms since 1970 */
  readonly now: number;
}

/** See `prunable`; 0 where there is no trail. @throws Failure those of the store */
export function prunableInTrail(input: PruneInput, context: Context): Promise<number> {
  const { maxAge, now } = input;
  return reading(input, context, async (store) => (store === undefined ? 0 : prunable(store, maxAge, now)));
}

/**
 * Prunes what has expired.
 * @returns false if there is nothing to prune any more
 * @throws Failure those of `prune`
 */
export async function pruneTrail(input: PruneInput, context: Context): Promise<boolean> {
  const { root, maxAge, now } = input;
  const { store, keys } = await writableTrail(input, context);
  const before = await prunable(store, maxAge, now);
  if (before === 0) return false;
  const { door } = context;
  const entry = entryOf(pruneRecord(store.trailId, before, { user: userOf(context), door }), root);
  const record = (): Promise<unknown> => appendToTrail({ ...input, entries: [entry] }, context);
  await prune(store, keys, { before, record }, context.signal);
  return true;
}

/** The proof of a record as the text of a file, see `proveInTrail`. */
async function proofInTrail(input: Input & { readonly id: string }, context: Context): Promise<string> {
  return formatProof(await proveInTrail(input, context));
}

async function idOfTrail(input: Input, context: Context): Promise<string> {
  return (await trailOf(input, context)).store.trailId;
}

/** This person's verifier key for the trail. */
async function keyOfTrail(input: Input, context: Context): Promise<string> {
  const { store, keys } = await trailOf(input, context);
  return formatVerifier(verifierOf(keys.ownKey(), store.trailId));
}

/** What can be done with a trail, by name, for its own worker or the command line's thread. */
export const trailJobs = {
  acceptTrail,
  appendToTrail,
  closeTrail,
  exportTrailPart,
  beginExport,
  idOfTrail,
  keyOfTrail,
  partOfTrail,
  proofInTrail,
  proveInTrail,
  queryTrail,
  recordOfTrail,
  rowsOfTrail,
  sealTrail,
  stateOfTrail,
  summariseTrail,
  verifyTrail,
};

export type TrailJobs = typeof trailJobs;
export type Trail = JobRunner<TrailJobs, TrailReport>;

/** The trail in a store: each of its jobs is given the choice. */
export function inStore(trail: Trail, store: StoreChoice): Trail {
  return { ...trail, run: (name, input, options) => trail.run(name, { ...input, store }, options) };
}
