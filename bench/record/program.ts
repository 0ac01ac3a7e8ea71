import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The options of every program are the same, so that the results can be compared. */
const execArgv = ['--expose-gc', '--no-warnings'];

/** Starts one of the programs here in a process of its own. */
export function startProgram(name: string, words: readonly string[]): ChildProcess {
  return fork(join(import.meta.dirname, name), words, { execArgv, serialization: 'advanced' });
}

/** The next message of a program; rejects if the program ends without one. */
export async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message as T),
      once(child, 'exit', { signal }).then(([code, name]): T => {
        throw new Error(`${child.spawnargs.slice(3, 5).join(' ')} ended with ${String(code ?? name)}`);
      }),
    ]);
  } finally {
    controller.abort();
  }
}

/** Runs a program that sends one message and ends. */
export async function runProgram<T>(name: string, words: readonly string[]): Promise<T> {
  const child = startProgram(name, words);
  const ended = once(child, 'exit');
  const message = await nextMessage<T>(child);
  child.disconnect();
  await ended;
  return message;
}
