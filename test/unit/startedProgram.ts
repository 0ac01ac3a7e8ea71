import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { testEnvironment } from './freshFolders.ts';

/** A server of its own process that tells its address in its first line. */
export interface StartedProgram {
  readonly child: ChildProcess;
  readonly firstLine: string;
  /** Asks it to end, as a supervisor does. @returns its exit code, null where it was killed */
  readonly stop: (signal?: 'SIGTERM' | 'SIGINT') => Promise<number | null>;
}

/** Starts programs and ends those that are left after each test. */
export function startedPrograms(): (
  words: readonly string[],
  env?: Record<string, string>,
) => Promise<StartedProgram> {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  return async (words, env = {}) => {
    const child = spawn(process.execPath, words, {
      env: { ...testEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const ended = once(child, 'close') as Promise<[number | null]>;
    const lines = createInterface({ input: child.stdout });
    const early = ended.then(([code]) => {
      throw new Error(`${words.join(' ')} ended with ${String(code)}`);
    });
    const [firstLine] = (await Promise.race([once(lines, 'line'), early])) as [string];
    early.catch(() => undefined);
    return {
      child,
      firstLine,
      stop: async (signal = 'SIGTERM') => {
        child.kill(signal);
        const [code] = await ended;
        return code;
      },
    };
  };
}
