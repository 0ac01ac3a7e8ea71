import type { MessagePort } from 'node:worker_threads';
import { toFailureMessage } from '../base/failure.ts';
import type { FailureMessage } from '../base/failure.ts';
import type { AppContext } from '../workspace/workspace.ts';
import { writeSession } from './writeSession.ts';
import type { WriteSessionInput, WrittenSession } from './writeSession.ts';

/** What became of a session log. */
export type SessionOutcome = WrittenSession | { readonly failure: FailureMessage };

export interface LastSessionsInput {
  readonly inputs: readonly WriteSessionInput[];
  /** Whether whoever asks still waits for one that was asked for before. */
  readonly withUnderWay: boolean;
  /** Gets the outcomes: that of the one under way first, then the others in their order. */
  readonly port: MessagePort;
  /** One number: how many outcomes were sent. Whoever asks waits on it. */
  readonly ended: Int32Array<SharedArrayBuffer>;
}

let latest: Promise<SessionOutcome> | undefined;

/** Writes a session log when those that were asked for before are written. @throws Failure as `writeSession` */
export function writeSessionInTurn(input: WriteSessionInput, context: AppContext): Promise<WrittenSession> {
  const before = latest;
  const written = (async () => {
    await before;
    return writeSession(input, context);
  })();
  latest = written.catch(toOutcome);
  return written;
}

/** Writes what waits for a process that ends, whose thread waits meanwhile. */
export async function writeLastSessions(
  { inputs, withUnderWay, port, ended }: LastSessionsInput,
  context: AppContext,
): Promise<void> {
  const tell = (outcome: SessionOutcome): void => {
    port.postMessage(outcome);
    Atomics.add(ended, 0, 1);
    Atomics.notify(ended, 0);
  };
  const underWay = await latest;
  if (withUnderWay && underWay !== undefined) tell(underWay);
  for (const input of inputs) tell(await writeSessionInTurn(input, context).catch(toOutcome));
}

function toOutcome(error: unknown): SessionOutcome {
  return { failure: toFailureMessage(error) };
}
