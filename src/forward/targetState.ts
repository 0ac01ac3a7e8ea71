import * as z from 'zod';
import { expiredSince, lastExpired } from '../workspace/expiredLogs.ts';
import type { StateFolder } from '../workspace/stateFolder.ts';
import type { LogPosition } from './logReader.ts';
import { FORWARDED, type Forwarded, type Target } from './targets.ts';

/** How far a target is, for each kind of events. */
export interface Cursors {
  readonly entries?: LogPosition | undefined;
  readonly usage?: LogPosition | undefined;
  /** The number of the next record, and the size of the last checkpoint that was sent. */
  readonly audit?: { readonly seq: number; readonly checkpoint: number } | undefined;
}

/** What is stored of a target in the state folder of a workspace. */
export interface TargetState {
  /** Where reading goes on. */
  readonly cursors: Cursors;
  readonly rejected: number;
  /** Stores how far the target is, once the receiver has said so. @param isConfirmed false where nothing says so */
  advance(
    counted: { readonly sent: number; readonly rejected: number; readonly detail?: string | undefined },
    after: Cursors,
    isConfirmed: boolean,
  ): void;
  /** The receiver closed the connection in order: it has all that was written. */
  confirm(): void;
  /** Why the credentials were refused, while the target is as it was then. */
  readonly stopped: string | undefined;
  /** A line that is no event. It is stored with the next advance. */
  leaveOut(): void;
  /** Retention removed events that were not sent. */
  missed(events: number): void;
  /** Retention removed the file of a position. */
  overtaken(kind: Exclude<Forwarded, 'audit'>, position: LogPosition): void;
  /** The receiver takes nothing now. @param isStopped whether it refused the credentials */
  waiting(detail: string, isStopped: boolean): void;
}

const position = z.strictObject({
  print: z.string(),
  inode: z.number(),
  offset: z.number(),
  lines: z.number(),
});
const stored = z.strictObject({
  cursors: z.strictObject({
    entries: position.optional(),
    usage: position.optional(),
    audit: z.strictObject({ seq: z.number(), checkpoint: z.number() }).optional(),
  }),
  sent: z.number(),
  rejected: z.number(),
  missed: z.number(),
  lastError: z.string().nullable(),
  /** What refused the credentials, and the settings at that time, hashed with the installation's key. */
  stopped: z.strictObject({ detail: z.string(), settings: z.string() }).optional(),
  /** The files that retention had deleted when the target was last looked at. */
  expired: z.number(),
});
type Stored = z.infer<typeof stored>;

function nameOf(target: string): string {
  return `forward-${target}`;
}

/** What is stored of a target; undefined before the first call. */
export function readTargetState(folder: StateFolder, target: string): Stored | undefined {
  const parsed = stored.safeParse(folder.read(nameOf(target)));
  return parsed.success ? parsed.data : undefined;
}

/** @param keyed a keyed hash: the settings hold credentials */
export function openTargetState(
  folder: StateFolder,
  target: Target,
  keyed: (text: string) => string,
): TargetState {
  const settings = keyed(
    JSON.stringify([target.type, target.url.href, target.credentials, target.ca, target.table]),
  );
  let state: Stored = readTargetState(folder, target.name) ?? {
    cursors: {},
    sent: 0,
    rejected: 0,
    missed: 0,
    lastError: null,
    expired: lastExpired(folder),
  };
  if (state.stopped !== undefined && state.stopped.settings !== settings) {
    const { cursors, sent, rejected, missed, expired } = state;
    state = { cursors, sent, rejected, missed, lastError: null, expired };
  }
  /** How far events were read; behind what is stored, where the receiver does not say what it has. */
  let reached: Cursors = state.cursors;

  const store = (change: Partial<Stored>): void => {
    state = { ...state, ...change };
    folder.write(nameOf(target.name), state);
  };
  const defined = (cursors: Cursors): Stored['cursors'] =>
    Object.fromEntries(
      FORWARDED.flatMap((kind) => (cursors[kind] === undefined ? [] : [[kind, cursors[kind]]])),
    );

  return {
    get cursors() {
      return reached;
    },
    get rejected() {
      return state.rejected;
    },
    get stopped() {
      return state.stopped?.detail;
    },
    advance({ sent, rejected, detail }, after, isConfirmed) {
      const before = reached;
      reached = { ...reached, ...after };
      store({
        cursors: defined(isConfirmed ? reached : before),
        sent: state.sent + sent,
        rejected: state.rejected + rejected,
        lastError: detail ?? null,
      });
    },
    confirm() {
      if (JSON.stringify(defined(reached)) !== JSON.stringify(state.cursors))
        store({ cursors: defined(reached) });
    },
    leaveOut() {
      state = { ...state, rejected: state.rejected + 1 };
    },
    missed(events) {
      store({ missed: state.missed + events });
    },
    overtaken(kind, { print, lines }) {
      const family = kind === 'entries' ? 'api' : 'usage';
      const gone = expiredSince(folder, state.expired).filter((file) => file.family === family);
      // The oldest are deleted first: those in front of the file had been sent.
      const at = gone.findIndex((file) => file.print === print);
      const missed = gone
        .slice(Math.max(at, 0))
        .reduce((sum, file) => sum + file.lines, at === -1 ? 0 : -lines);
      reached = { ...reached, [kind]: undefined };
      store({
        cursors: defined(reached),
        missed: state.missed + Math.max(missed, 0),
        expired: lastExpired(folder),
      });
    },
    waiting(detail, isStopped) {
      store({ lastError: detail, ...(isStopped && { stopped: { detail, settings } }) });
    },
  };
}
