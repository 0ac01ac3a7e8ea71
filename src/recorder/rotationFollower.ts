import { fromFailureMessage, fromUnknown, isFailure, type Failure } from '../base/failure.ts';
import { HOUR_MS } from '../base/units.ts';
import type { AuditFile } from '../audit/outputs/auditFile.ts';
import type { App } from '../jobs/jobs.ts';
import type { rotateActive } from '../maintenance/rotate.ts';
import type { AuditEnvironment } from '../policy/auditEnvironment.ts';

export interface RotationFollower {
  /** Call it when the active file is over `limitBytes`. Returns at once. During a rotation it does nothing. */
  rotate(limitBytes: number): void;
  /** The same for `audit.log`, wherever it is. */
  rotateAudit(file: AuditFile): void;
  /** Runs maintenance soon, and every hour from then on. Call it at the start, and when the policy has changed. */
  maintainSoon(): void;
  /** Resolves when no rotation is in progress. */
  settled(): Promise<void>;
  /** Ends the work in progress after its current step. */
  close(): Promise<void>;
}

export interface RotationListener {
  readonly acceptPolicy: boolean;
  readonly auditEnvironment?: AuditEnvironment | undefined;
  readonly onRotated: (files: { readonly from: string; readonly to: string }) => void;
  readonly onFailure: (failure: Failure) => void;
}

/** The pause after a rotation that failed or that a foreign program prevents. Not every batch may ask again. */
const PAUSE_MS = 1000;

/** After a start or a change of the policy, which may be saved several times in a row. */
const SOON_MS = 3000;

/** The rotations of one log: one at a time. */
interface Turns {
  running: Promise<void> | undefined;
  /** ms since 1970 */
  notBefore: number;
}

type Rotation = () => ReturnType<typeof rotateActive>;

/** Rotates in the worker and runs maintenance after each rotation: one run at a time, and one more if needed. */
export function rotationFollower(app: App, root: string, listener: RotationListener): RotationFollower {
  const controller = new AbortController();
  const { signal } = controller;
  const { acceptPolicy, auditEnvironment } = listener;
  const api: Turns = { running: undefined, notBefore: 0 };
  const audit: Turns = { running: undefined, notBefore: 0 };
  let maintaining: Promise<void> | undefined;
  let isDue = false;
  let timer: NodeJS.Timeout | undefined;
  let isSoon = false;

  function tell(error: unknown): void {
    // A workspace whose policy was removed has nothing to maintain.
    const isExpected = ['maintenance-busy', 'cancelled', 'not-managed'] as const;
    if (!isExpected.some((code) => isFailure(error, code))) listener.onFailure(fromUnknown(error));
  }

  async function rotateOnce(turns: Turns, rotation: Rotation): Promise<void> {
    try {
      const step = await rotation();
      if (step === 'held-open') turns.notBefore = Date.now() + PAUSE_MS;
      // Another process rotated the file first.
      if (step === 'held-open' || step?.to === undefined) return;
      listener.onRotated({ from: step.name, to: step.to });
      maintain();
    } catch (error) {
      turns.notBefore = Date.now() + PAUSE_MS;
      tell(error);
    }
  }

  function start(turns: Turns, rotation: Rotation): void {
    if (turns.running !== undefined || signal.aborted || Date.now() < turns.notBefore) return;
    turns.running = rotateOnce(turns, rotation).finally(() => {
      turns.running = undefined;
    });
  }

  function maintain(): void {
    isDue = true;
    maintaining ??= maintainWhileDue().finally(() => {
      maintaining = undefined;
    });
  }

  async function maintainWhileDue(): Promise<void> {
    while (isDue && !signal.aborted) {
      isDue = false;
      await app
        .run('runMaintenance', { root, accept: acceptPolicy, auditEnvironment }, { signal })
        .then(({ failed }) => {
          const [first] = failed;
          if (first !== undefined) tell(fromFailureMessage(first.failure));
        })
        .catch(tell);
    }
  }

  /** The timer keeps no process alive. */
  function maintainIn(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      isSoon = false;
      maintain();
      maintainIn(HOUR_MS);
    }, delayMs).unref();
  }

  return {
    maintainSoon() {
      if (isSoon || signal.aborted) return;
      isSoon = true;
      maintainIn(SOON_MS);
    },
    rotate(limitBytes) {
      start(api, () => app.run('rotateActive', { root, family: 'api', limitBytes }, { signal }));
    },
    rotateAudit(file) {
      const { isOwn, limitBytes } = file;
      start(audit, () =>
        isOwn
          ? app.run('rotateActive', { root, family: 'audit', limitBytes }, { signal })
          : app.run('rotateElsewhere', file, { signal }),
      );
    },
    async settled() {
      await api.running;
      await audit.running;
    },
    async close() {
      controller.abort();
      clearTimeout(timer);
      await api.running;
      await audit.running;
      await maintaining;
      app.dispose();
    },
  };
}
