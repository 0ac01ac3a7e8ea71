import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The input of a program beside its arguments. */
export interface Surroundings {
  /** Its standard input; empty by default. */
  readonly input?: string;
  /** Variables beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What strace does to a program's system calls. */
export interface Injection {
  /** A set of calls as strace writes it: `fsync`, `/^rename`. */
  readonly calls: string;
  /** `signal=SIGKILL` (before the call is made) or `error=EIO` (instead of it). */
  readonly effect: string;
  /** `3` is the third of each call in each thread, `3+` that and all later ones. */
  readonly when: string;
  /** Only calls on these paths, or on descriptors opened by them; absolute. */
  readonly paths?: readonly string[];
}

export interface Run {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What strace saw of the calls, with the paths behind descriptors. */
  readonly trace: string;
}

/**
 * The variables of a program under strace: its calls are the same ones in every run. It has one thread in its pool, and
 * makes no calls for Node's compile cache.
 */
export function tracedEnvironment(environment: Surroundings['environment']): NodeJS.ProcessEnv {
  const calls = { UV_THREADPOOL_SIZE: '1', UV_USE_IO_URING: '0', NODE_DISABLE_COMPILE_CACHE: '1' };
  return { ...process.env, ...environment, ...calls };
}

/** Runs Node under strace and tampers with its calls, or only watches `calls`. */
export async function runUnderStrace(
  words: readonly string[],
  injection: Injection | { readonly calls: string },
  { input, environment }: Surroundings = {},
): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'strace-'));
  const log = join(folder, 'trace');
  // Injection is silently off with `-e trace=none`.
  const options = ['-f', '-qq', '-y', '-s', '0', '-o', log, '-e', `trace=${injection.calls}`];
  // With this filter the program does not stop at its other calls. A signal that stands for a call needs them.
  if (!('effect' in injection && injection.effect.startsWith('signal='))) options.push('--seccomp-bpf');
  if ('effect' in injection) {
    options.push('-e', `inject=${injection.calls}:${injection.effect}:when=${injection.when}`);
    for (const path of injection.paths ?? []) options.push('-P', path);
  }
  // Calls are counted in each thread. With V8's work on the main thread, N means the same call in every run: V8 reads the
  // machine's clock rate in whichever of its threads asks first.
  const env = tracedEnvironment(environment);
  const child = spawn('strace', [...options, process.execPath, '--single-threaded', ...words], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A killed program no longer reads its input.
  child.stdin.on('error', () => undefined).end(input);
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (said.stdout += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (said.stderr += piece));
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status, signal) => {
        if (!existsSync(log)) reject(new Error(`strace did not start: ${said.stderr}`));
        else resolve({ status, signal, ...said, trace: readFileSync(log, 'utf8') });
      });
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
