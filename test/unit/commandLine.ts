import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { builtProgram } from './builtProgram.ts';
import { testEnvironment } from './freshFolders.ts';

export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Circumstances {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The text on standard input; empty by default. */
  readonly input?: string | Uint8Array;
  /** Words for Node, in front of the program. */
  readonly node?: readonly string[];
  /** The user that runs it. */
  readonly uid?: number;
  /** Called with the process once it runs. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs the built command line as a person would, and waits for its end. */
export async function commandLine(
  words: readonly string[],
  circumstances: Circumstances = {},
): Promise<Answer> {
  const { cwd = '/', env = {}, input, node = [], uid, onStart } = circumstances;
  const program = join(builtProgram(), 'cli.js');
  const child = spawn(process.execPath, [...node, program, ...words], {
    cwd,
    env: { ...testEnvironment(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const ended = once(child, 'close');
  // A caller may close its end early.
  const stdout = buffer(child.stdout).catch(() => Buffer.alloc(0));
  const stderr = buffer(child.stderr);
  // A program that does not read its input closes the pipe.
  child.stdin.on('error', () => undefined).end(input);
  onStart?.(child);
  const [code] = (await ended) as [number | null];
  return { code, stdout: (await stdout).toString(), stderr: (await stderr).toString() };
}
