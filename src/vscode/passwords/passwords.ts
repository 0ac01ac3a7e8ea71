import { isFailure } from '../../base/failure.ts';
import type { ArchivePlace } from '../window/logWorkspace.ts';

/** Runs work that may need the password of an archive. */
export interface Passwords {
  /**
   * Runs `work` with the known passwords, then with the remembered ones too, and then asks for one; each time `work` is
   * retried. Several calls at once ask one after the other, and only where the passwords typed so far do not fit.
   * @throws Failure `cancelled` where the person types no password, and those of `work`
   */
  readonly withPassword: <T>(archive: ArchivePlace, work: () => Promise<T>) => Promise<T>;
  /**
   * Runs `work` with the known and the remembered passwords, without asking. @throws Failure `password-needed`,
   * `password-wrong`, and those of `work`
   */
  readonly withRemembered: <T>(work: () => Promise<T>) => Promise<T>;
}

interface PasswordSources {
  /** Makes the remembered passwords known. @returns how many there are */
  readonly handOver: () => Promise<number>;
  /** Resolves when a password of the archive is known. @throws Failure `cancelled` */
  readonly ask: (archive: ArchivePlace) => Promise<void>;
}

export function passwordsOf({ handOver, ask }: PasswordSources): Passwords {
  let turn: Promise<unknown> = Promise.resolve();
  let answers = 0;

  async function withRemembered<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isAboutPassword(error) || (await handOver()) === 0) throw error;
      return work();
    }
  }

  return {
    withRemembered,
    async withPassword(archive, work) {
      const before = answers;
      const first = await attempt(() => withRemembered(work));
      if (first !== undefined) return first.value;
      const inTurn = turn.then(async () => {
        const again = answers === before ? undefined : await attempt(work);
        if (again !== undefined) return again;
        await ask(archive);
        answers += 1;
        return undefined;
      });
      turn = inTurn.catch(() => undefined);
      const opened = await inTurn;
      return opened === undefined ? work() : opened.value;
    },
  };
}

/** Runs `work`. @returns undefined where it needs a password that is not known */
async function attempt<T>(work: () => Promise<T>): Promise<{ value: T } | undefined> {
  try {
    return { value: await work() };
  } catch (error) {
    if (isAboutPassword(error)) return undefined;
    throw error;
  }
}

export function isAboutPassword(error: unknown): boolean {
  return isFailure(error, 'password-needed') || isFailure(error, 'password-wrong');
}
