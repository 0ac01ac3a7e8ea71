import { createHmac } from 'node:crypto';
import { watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Trail } from '../audit/trail.ts';
import { isFailure } from '../base/failure.ts';
import type { Environment } from '../base/job.ts';
import { openFolderLock, type FolderLock } from '../files/folderLock.ts';
import { createMasker } from '../masking/masker.ts';
import type { Policy } from '../policy/policy.ts';
import { anonymiser } from '../privacy/anonymise.ts';
import type { Anonymous } from '../privacy/privacyTypes.ts';
import type { EventKind } from '../privacy/table.ts';
import { privacyAcceptanceOf } from '../workspace/privacyAcceptance.ts';
import { openPrivacyKeys } from '../workspace/privacyKeys.ts';
import { derivedWorkspaceId, makeStateFolder } from '../workspace/stateFolder.ts';
import { logsFolder, requirePolicy, requireWorkspace, stateOf } from '../workspace/workspace.ts';
import { deliver, MOST_BYTES, MOST_EVENTS, waitBefore, type Outcome, type Sendable } from './deliver.ts';
import { readLines } from './logReader.ts';
import { openReceiver } from './receiver.ts';
import { openTargetState, type Cursors, type TargetState } from './targetState.ts';
import type { Forwarded, Target } from './targets.ts';

export interface Forwarding {
  readonly root: string;
  readonly target: Target;
  readonly environment: Environment;
  /** The trail of the workspace, wherever it is kept. */
  readonly trail: Trail;
  readonly signal: AbortSignal;
  /** How long a receiver may say nothing, in ms; 10 s by default. */
  readonly patience?: number;
}

/** How a call of `forwardOnce` ended. */
export type ForwardResult =
  /** Everything that was there is at the receiver. */
  | { readonly kind: 'done'; readonly rejected: number }
  /** The receiver takes nothing now; what waits is sent by the next call. */
  | { readonly kind: 'waiting'; readonly detail: string }
  /** Another process sends to this target. */
  | { readonly kind: 'busy' };

/** How long a running sender waits for news that no change of the folder announces, in ms. */
const LOOK_MS = 1000;
const BUSY_PATIENCE_MS = 200;
/** So many records of the trail are read at once. */
const TRAIL_PART = 500;

/**
 * Sends all that waits for a target, and ends. A receiver that does not take it is not asked again.
 * @throws Failure those of the policy, the key, the logs, the trail and the state folder; `cancelled`
 */
export async function forwardOnce(forwarding: Forwarding): Promise<ForwardResult> {
  let waiting = '';
  const result = await withSender(forwarding, async (sender) => {
    const before = sender.state.rejected;
    waiting = sender.state.stopped ?? '';
    const isAll = await sender.pass((answer) => {
      waiting = answer.detail;
      return Promise.reject(new GaveUp());
    });
    return isAll ? { kind: 'done' as const, rejected: sender.state.rejected - before } : undefined;
  });
  if (result === 'busy') return { kind: 'busy' };
  return result ?? { kind: 'waiting', detail: waiting };
}

/** Sends what waits, and what comes, until `signal` aborts. Where another process sends, it waits to take its place. */
export async function forwardOn(forwarding: Forwarding): Promise<void> {
  const { root, signal } = forwarding;
  const hasEnded = (): boolean => signal.aborted;
  while (!hasEnded()) {
    try {
      const result = await withSender(forwarding, async (sender) => {
        while (!hasEnded()) {
          await sender.pass(async (answer, failures) => {
            const after = answer.kind === 'again' ? answer.after : undefined;
            await sleep(waitBefore(failures, after, Math.random()), undefined, { signal });
          });
          await news(logsFolder(root), signal);
        }
      });
      if (result === 'busy') await sleep(LOOK_MS, undefined, { signal });
    } catch (error) {
      if (hasEnded()) return;
      if (!isFailure(error, 'logs-missing') && !isFailure(error, 'file-missing')) throw error;
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** The receiver did not take a batch, and this call does not wait for it. */
class GaveUp extends Error {}

type Wait = Parameters<typeof deliver>[1]['wait'];

interface Sender {
  readonly state: TargetState;
  /** Sends all that is there. @returns false where `wait` rejected with `GaveUp` */
  pass(wait: Wait): Promise<boolean>;
}

/** Runs `use` as the only sender of a target and workspace on this machine. */
async function withSender<T>(
  forwarding: Forwarding,
  use: (sender: Sender) => Promise<T>,
): Promise<T | 'busy'> {
  const { target, environment, signal } = forwarding;
  const root = requireWorkspace(forwarding);
  const policy = requirePolicy(root);
  const folder = stateOf(root, policy, { environment });
  makeStateFolder(folder.path);
  const waiting = { patience: BUSY_PATIENCE_MS, signal, mayBlock: false };
  let lock: FolderLock | undefined;
  try {
    lock = await openFolderLock(folder.path, `forward-${target.name}.lock`, waiting);
    const held = await lock.hold(waiting);
    try {
      const { key } = openPrivacyKeys(environment).own();
      const keyed = (text: string): string =>
        createHmac('sha256', key).update(text).digest('hex').slice(0, 32);
      const receiver = openReceiver(target, {
        workspace: policy.workspaceId ?? derivedWorkspaceId(root),
        instance: keyed(`instance\0${root}`),
      });
      const state = openTargetState(folder, target, keyed);
      try {
        return await use({
          state,
          pass: (wait) => pass({ ...forwarding, root }, { state, receiver, keyed, wait }),
        });
      } finally {
        if (await receiver.close()) state.confirm();
      }
    } finally {
      held.release();
    }
  } catch (error) {
    if (isFailure(error, 'lock-busy')) return 'busy';
    throw error;
  } finally {
    lock?.close();
  }
}

interface Passing {
  readonly state: TargetState;
  readonly receiver: ReturnType<typeof openReceiver>;
  /** 32 hexadecimal digits that look random and are always the same for a text. */
  readonly keyed: (text: string) => string;
  readonly wait: Wait;
}

async function pass(forwarding: Forwarding, passing: Passing): Promise<boolean> {
  const { root, target, environment, signal } = forwarding;
  // Read anew each time: a switch, or a person's acceptance, counts at once.
  const policy = requirePolicy(root);
  if (privacyAcceptanceOf(policy, stateOf(root, policy, { environment })).kind === 'pending') return true;
  if (passing.state.stopped !== undefined) return false;
  const anonymous = anonymiserOf(policy, environment);
  const batch = new Batch(forwarding, passing);
  try {
    for (const kind of target.kinds) {
      if (!policy.forwarding[kind]) continue;
      signal.throwIfAborted();
      if (kind === 'audit') await readTrail(forwarding, passing, { anonymous, batch });
      else await readLog(forwarding, passing, { kind, anonymous, batch });
      await batch.flush();
    }
    return true;
  } catch (error) {
    if (error instanceof GaveUp) return false;
    throw error;
  }
}

type Anonymise = (event: unknown, kind: EventKind) => Anonymous;

function anonymiserOf({ forwarding, masking }: Policy, environment: Environment): Anonymise {
  const { userHash, redactContent, titlesAndTags, summaries, chatIds } = forwarding;
  const masker = createMasker({ extraKeys: masking.extraKeys });
  const { key } = openPrivacyKeys(environment).own();
  return anonymiser({ key, userHash, redactContent, titlesAndTags, summaries, chatIds, masker });
}

/** Events that are sent together, each with the cursors behind it. */
class Batch {
  readonly #forwarding: Forwarding;
  readonly #passing: Passing;
  #events: { readonly sendable: Sendable; readonly after: Cursors }[] = [];
  #bytes = 0;

  constructor(forwarding: Forwarding, passing: Passing) {
    this.#forwarding = forwarding;
    this.#passing = passing;
  }

  async add(sendable: Sendable, after: Cursors): Promise<void> {
    const bytes = JSON.stringify(sendable.event).length;
    if (this.#bytes + bytes > MOST_BYTES) await this.flush();
    this.#events.push({ sendable, after });
    this.#bytes += bytes;
    if (this.#events.length >= MOST_EVENTS) await this.flush();
  }

  async flush(): Promise<void> {
    const events = this.#events;
    this.#events = [];
    this.#bytes = 0;
    const { state, receiver, wait } = this.#passing;
    const { signal } = this.#forwarding;
    let settled = 0;
    await deliver(
      events.map(({ sendable }) => sendable),
      {
        send: (part) => receiver.send(part, signal),
        settle(outcome) {
          settled += outcome.kind === 'sent' ? outcome.events : 1;
          settle(state, outcome, events[settled - 1]?.after ?? {}, receiver.acknowledges);
        },
        wait(answer, failures) {
          state.waiting(answer.detail, answer.kind === 'stopped');
          if (answer.kind === 'stopped') throw new GaveUp();
          return wait(answer, failures);
        },
      },
    );
  }
}

function settle(state: TargetState, outcome: Outcome, after: Cursors, isAcknowledged: boolean): void {
  if (outcome.kind === 'skipped')
    state.advance({ sent: 0, rejected: 1, detail: outcome.detail }, after, true);
  else {
    const { events, rejected, detail } = outcome;
    state.advance({ sent: events - rejected, rejected, detail }, after, isAcknowledged);
  }
}

interface Reading {
  readonly anonymous: Anonymise;
  readonly batch: Batch;
}

const FAMILIES = { entries: 'api', usage: 'usage' } as const;

async function readLog(
  { root, signal }: Forwarding,
  { state, keyed }: Passing,
  { kind, anonymous, batch }: Reading & { readonly kind: Exclude<Forwarded, 'audit'> },
): Promise<void> {
  const eventKind = kind === 'usage' ? 'usage' : 'entry';
  const from = state.cursors[kind];
  await readLines(
    { root, family: FAMILIES[kind], from, signal },
    async ({ text, place, after }) => {
      const event = parsed(text);
      if (event === undefined) {
        // A torn line is no event. It is counted with the next one that is sent.
        state.leaveOut();
        return;
      }
      const made = anonymous(event, eventKind);
      const time = timeOf(made) ?? timeOf(event) ?? 0;
      const uid = keyed(`${place}\0${text}`);
      await batch.add({ kind: eventKind, uid, time, event: made }, { [kind]: after });
    },
    (position) => {
      state.overtaken(kind, position);
    },
  );
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function timeOf({ timestamp }: Readonly<Record<string, unknown>>): number | undefined {
  const time = typeof timestamp === 'string' ? Date.parse(timestamp) : Number(timestamp);
  return Number.isNaN(time) ? undefined : time;
}

/** The records of the trail in tree order, and each checkpoint behind the last record that it covers. */
async function readTrail(
  { root, trail, signal }: Forwarding,
  { state, keyed }: Passing,
  { anonymous, batch }: Reading,
): Promise<void> {
  let { seq, checkpoint } = state.cursors.audit ?? { seq: 0, checkpoint: 0 };
  let time = 0;
  for (;;) {
    const part = await trail.run(
      'partOfTrail',
      { root, from: seq, limit: TRAIL_PART, checkpoint },
      { signal },
    );
    if (part.first > seq) {
      state.missed(part.first - seq);
      seq = part.first;
    }
    const notes = [...part.checkpoints];
    const sendNotes = async (upTo: number): Promise<void> => {
      for (let note = notes[0]; note !== undefined && note.size <= upTo; note = notes[0]) {
        notes.shift();
        checkpoint = note.size;
        const event = anonymous({ note: note.note, created_at: Math.floor(time / 1000) }, 'audit');
        await batch.add(
          { kind: 'audit', uid: keyed(`checkpoint\0${note.note}`), time, event },
          { audit: { seq, checkpoint } },
        );
      }
    };
    for (const { seq: number, entry } of part.entries) {
      await sendNotes(number);
      const record = parsed(entry) ?? {};
      time = Number(record.created_at) * 1000 || time;
      seq = number + 1;
      const event = anonymous({ ...record, seq: number }, 'audit');
      await batch.add(
        { kind: 'audit', uid: keyed(`record\0${String(record.id)}`), time, event },
        { audit: { seq, checkpoint } },
      );
    }
    await sendNotes(seq);
    if (part.entries.length === 0) return;
  }
}

/** Resolves when something may have been written into a folder, or after a second. */
async function news(folder: string, signal: AbortSignal): Promise<void> {
  const change = new AbortController();
  const watcher = watch(folder, () => {
    change.abort();
  });
  watcher.on('error', () => undefined);
  try {
    await sleep(LOOK_MS, undefined, { signal: AbortSignal.any([signal, change.signal]) }).catch(
      () => undefined,
    );
    // What comes within a moment is sent together.
    await sleep(GATHER_MS, undefined, { signal }).catch(() => undefined);
  } finally {
    watcher.close();
  }
}

const GATHER_MS = 100;
