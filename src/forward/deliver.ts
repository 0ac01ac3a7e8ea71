import type { Anonymous } from '../privacy/privacyTypes.ts';
import type { EventKind } from '../privacy/table.ts';

/** An event as it leaves the machine. */
export interface Sendable {
  readonly kind: EventKind;
  /** Looks random, and is the same whenever the event is sent again: 32 hexadecimal digits. */
  readonly uid: string;
  /** ms since 1970 */
  readonly time: number;
  readonly event: Anonymous;
}

/** What a receiver says of a batch. `detail` is a sentence without secrets. */
export type Answer =
  /** It has the batch, but for `rejected` records of which it says no more than their number. */
  | { readonly kind: 'taken'; readonly rejected: number; readonly detail?: string | undefined }
  /** Later, and not before `after` ms where the receiver gives a time. */
  | { readonly kind: 'again'; readonly after?: number | undefined; readonly detail: string }
  /** Something in the batch is wrong, or it is too large. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** The credentials are refused: nothing is sent until the target is changed. */
  | { readonly kind: 'stopped'; readonly detail: string };

export const MOST_EVENTS = 1000;
export const MOST_BYTES = 1_048_576;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
/** A receiver that names a longer time is asked again after this. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** The answer that an HTTP status means. OTLP and ClickHouse say what these mean; a redirect is never followed. */
export function answerOf(
  status: number,
  retryAfter: string | undefined,
  detail: string,
  now: number,
): Answer {
  if (status >= 200 && status < 300) return { kind: 'taken', rejected: 0 };
  if (status === 401 || status === 403) return { kind: 'stopped', detail };
  if (status === 400 || status === 413 || status === 422) return { kind: 'refused', detail };
  return { kind: 'again', after: waitIn(retryAfter, now), detail };
}

/** IMF-fixdate and the two older forms begin with the day of the week. */
const DATE = /^[A-Z][a-z]{2,8},? /;

/** `Retry-After` in ms: seconds, or a date (RFC 9110, 10.2.3). */
function waitIn(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : DATE.test(text) ? Date.parse(text) - now : NaN;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}

/**
 * How long to wait before a batch is sent again, in ms: twice as long after each failure, up to a minute, less up to a
 * half so that many senders do not come at once; never shorter than the receiver says.
 * @param failures how many times in a row it failed, from 1
 * @param chance a random number from 0 to 1
 */
export function waitBefore(failures: number, after: number | undefined, chance: number): number {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10));
  return Math.max(wait * (1 - chance / 2), after ?? 0);
}

/** What became of a part of a batch, in the order of its events. */
export type Outcome =
  | {
      readonly kind: 'sent';
      readonly events: number;
      readonly rejected: number;
      readonly detail?: string | undefined;
    }
  /** It does not get through alone, and is left out. */
  | { readonly kind: 'skipped'; readonly detail: string };

export interface Delivery {
  readonly send: (events: readonly Sendable[]) => Promise<Answer>;
  /** Called with each outcome in turn; it stores how far the target is. */
  readonly settle: (outcome: Outcome) => Promise<void> | void;
  /**
   * Called when nothing got through. It resolves when the batch may be sent again, or rejects.
   * @param failures how many times in a row
   */
  readonly wait: (answer: Answer & { readonly kind: 'again' | 'stopped' }, failures: number) => Promise<void>;
}

/**
 * Sends a batch until the receiver has all that it can take, in order. What it refuses is halved, until the record that
 * it refuses is alone; that one is left out, and counted.
 */
export async function deliver(events: readonly Sendable[], { send, settle, wait }: Delivery): Promise<void> {
  const parts = [events];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (part.length === 0) continue;
    const answer = await answerFor(part, send, wait);
    if (answer.kind === 'taken') {
      const { rejected, detail } = answer;
      await settle({ kind: 'sent', events: part.length, rejected: Math.min(rejected, part.length), detail });
    } else if (part.length === 1) await settle({ kind: 'skipped', detail: answer.detail });
    else {
      const half = Math.ceil(part.length / 2);
      parts.push(part.slice(half), part.slice(0, half));
    }
  }
}

async function answerFor(
  part: readonly Sendable[],
  send: Delivery['send'],
  wait: Delivery['wait'],
): Promise<Answer & { readonly kind: 'taken' | 'refused' }> {
  for (let failures = 1; ; failures += 1) {
    const answer = await send(part);
    if (answer.kind === 'taken' || answer.kind === 'refused') return answer;
    await wait(answer, failures);
  }
}
