import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { JobContext, JobRunner } from '../base/job.ts';
import { Failure, fromUnknown } from '../base/failure.ts';
import { ensureLogsFolder } from '../files/append.ts';
import { logsFolder, requirePolicy, requireWorkspace, stateOf } from '../workspace/workspace.ts';
import type { StateFolder } from '../workspace/stateFolder.ts';
import { formatVerifier, openNote } from './checkpoint.ts';
import { columnsOf } from './columns.ts';
import { exportPart as partOf, type ExportPart, type ExportPartInput } from './exportFormats.ts';
import { openTrailKeys, requireVerifier, verifierOf, type TrailKeys } from './trailKeys.ts';
import { prove as proofOf, type Proof } from './proof.ts';
import { query as pageOf, type AuditPage, type AuditQuery } from './query.ts';
import type { NewEntry } from './record.ts';
import { seal } from './seal.ts';
import { openPostgresStore, openPostgresStoreToRead } from './postgres/postgresStore.ts';
import { openSqliteStore, openSqliteStoreToRead } from './sqliteStore.ts';
import type { Appended, AuditStore, StoreChoice } from './store.ts';
import { verify as verification, type Verification } from './verify.ts';

/** The database of the trail, in `logs/`. */
const AUDIT_FILE = 'audit.db';
/** After so many records, or so long after one, a checkpoint is signed. */
const SEAL_RECORDS = 1000;
const SEAL_MS = 10_000;
const REMEMBER_MS = 1000;

type Context = JobContext<never>;

interface Input {
  readonly root: string;
  /** Where the records are kept; in the workspace's `logs/audit.db` if it is left out. */
  readonly store?: StoreChoice | undefined;
}

/** A trail that this thread writes into. */
interface OpenTrail {
  readonly store: AuditStore;
  readonly keys: TrailKeys;
  waiting: Waiting[];
  /** Ends when nothing waits any more. */
  writing: Promise<void> | undefined;
  /** Records since the newest checkpoint that was signed here. */
  unsealed: number;
  timer: NodeJS.Timeout | undefined;
  /** The newest note that is not remembered, and when one was, in ms since 1970. */
  note: string | undefined;
  remembered: number;
  sealing: Promise<void>;
  /** Why the last checkpoint could not be signed; told by `sealTrail` and `closeTrail`. */
  failure: Failure | undefined;
}

interface Waiting {
  readonly entries: readonly NewEntry[];
  readonly resolve: (outcomes: readonly Appended[]) => void;
  readonly reject: (failure: unknown) => void;
}

const open = new Map<string, Promise<OpenTrail>>();

function trailOf(input: Input, context: Context): Promise<OpenTrail> {
  let trail = open.get(input.root);
  if (trail === undefined) {
    trail = openTrail(input, context);
    open.set(input.root, trail);
    trail.catch(() => open.delete(input.root));
  }
  return trail;
}

async function openTrail({ root, store: choice = 'sqlite' }: Input, context: Context): Promise<OpenTrail> {
  const policy = requirePolicy(requireWorkspace({ root }));
  let store: AuditStore;
  if (choice === 'sqlite') {
    ensureLogsFolder(logsFolder(root));
    store = openSqliteStore(pathOf(root));
  } else store = await openPostgresStore(choice.postgres, context.environment);
  rememberTrail(stateOf(root, policy, context), stateName(choice), store.trailId);
  return {
    store,
    keys: openTrailKeys(context.environment),
    waiting: [],
    writing: undefined,
    unsealed: 0,
    timer: undefined,
    note: undefined,
    remembered: 0,
    sealing: Promise.resolve(),
    failure: undefined,
  };
}

function pathOf(root: string): string {
  return join(logsFolder(root), AUDIT_FILE);
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
 * synced.
 * @throws Failure those of the store
 */
async function appendToTrail(
  input: Input & { readonly entries: readonly NewEntry[] },
  context: Context,
): Promise<readonly Appended[]> {
  const trail = await trailOf(input, context);
  return new Promise((resolve, reject) => {
    trail.waiting.push({ entries: input.entries, resolve, reject });
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
    const outcomes = await trail.store.append(group.flatMap(({ entries }) => entries));
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
      if (Date.now() - trail.remembered >= REMEMBER_MS) rememberNote(trail);
      trail.failure = undefined;
    } catch (error) {
      trail.failure = fromUnknown(error);
    }
  });
}

/** Remembering a note takes longer than signing it, so many records a second don't wait for it each time. */
function rememberNote(trail: OpenTrail): void {
  if (trail.note !== undefined) trail.keys.remember(trail.store.trailId, trail.note);
  trail.note = undefined;
  trail.remembered = Date.now();
}

/** Signs a checkpoint of all records. @returns its note; undefined for an empty trail @throws Failure of `seal` */
async function sealTrail(input: Input, context: Context): Promise<string | undefined> {
  const trail = await trailOf(input, context);
  sealSoon(trail);
  await trail.sealing;
  if (trail.failure !== undefined) throw trail.failure;
  rememberNote(trail);
  return (await trail.store.newestCheckpoint())?.note;
}

/** Signs a last checkpoint if there is news, and closes the trail. @throws Failure of `seal`; it is closed all the same */
async function closeTrail({ root }: Input): Promise<void> {
  const trail = await open.get(root);
  if (trail === undefined) return;
  open.delete(root);
  await trail.writing;
  if (trail.unsealed > 0) sealSoon(trail);
  clearTimeout(trail.timer);
  await trail.sealing;
  rememberNote(trail);
  trail.store.close();
  if (trail.failure !== undefined) throw trail.failure;
}

/** Gives `work` the trail to read; a trail that is open for writing is used as it is. */
async function reading<T>(
  input: Input,
  context: Context,
  work: (store: AuditStore | undefined) => Promise<T>,
): Promise<T> {
  const opened = await open.get(input.root);
  if (opened !== undefined) return work(opened.store);
  const store = await openToRead(input, context);
  try {
    return await work(store);
  } finally {
    store?.close();
  }
}

async function openToRead(
  { root, store: choice = 'sqlite' }: Input,
  context: Context,
): Promise<AuditStore | undefined> {
  const workspace = requireWorkspace({ root });
  return choice === 'sqlite'
    ? openSqliteStoreToRead(pathOf(workspace))
    : openPostgresStoreToRead(choice.postgres, context.environment);
}

function queryTrail(input: Input & AuditQuery, context: Context): Promise<AuditPage> {
  return reading(input, context, async (store) =>
    store === undefined
      ? { total: 0, totalIsExact: true, records: [], cursor: null }
      : pageOf(store, input, context.signal),
  );
}

/** How many records the trail has. */
function measureTrail(input: Input, context: Context): Promise<number> {
  return reading(input, context, async (store) => (store === undefined ? 0 : store.size()));
}

/** A part of an export, see `exportPart`. */
function exportTrailPart(input: Input & ExportPartInput, context: Context): Promise<ExportPart> {
  return reading(input, context, async (store) =>
    store === undefined ? { text: '', next: null, count: 0 } : partOf(store, input),
  );
}

interface VerifyInput extends Input {
  readonly indexes?: boolean | undefined;
  /** A note that was kept. */
  readonly since?: string | undefined;
  /** Verifier keys that count beside one's own. */
  readonly trusted?: readonly string[] | undefined;
}

/** @throws Failure `audit-note-invalid`, those of the store, of the keys */
function verifyTrail(input: VerifyInput, context: Context): Promise<Verification> {
  const keys = openTrailKeys(context.environment);
  const { root, store: choice = 'sqlite', since, indexes, trusted = [] } = input;
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
    const result = await verification(store, { verifiers, seen, since, indexes, signal: context.signal });
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
  appendToTrail,
  closeTrail,
  exportTrailPart,
  idOfTrail,
  keyOfTrail,
  measureTrail,
  proveInTrail,
  queryTrail,
  sealTrail,
  verifyTrail,
};

export type TrailJobs = typeof trailJobs;
export type Trail = JobRunner<TrailJobs, never>;
