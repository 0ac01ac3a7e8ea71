import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tracedEnvironment, type Surroundings } from './strace.ts';

/** All calls by which a program may change something on disk. */
const CALLS =
  '/^(open|creat|rename|link|symlink|unlink|mkdir|rmdir|f?truncate|write|pwrite|copy_file|sendfile|fallocate|f?chmod|f?chown|utime|futime)';

/** Most calls with these names change no file: they read one, or wake another thread. */
const unchanging = /^open\w*\((?!.*\bO_(CREAT|TRUNC)\b)|^p?write\w*\(\d+<(?!\/)|= -1 E/;

const LOOK_AGAIN_MS = 2;

/** How a stopped run ended. */
export interface StoppedRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly isKilled: boolean;
}

/**
 * Runs Node under strace and stops it, with all its child processes, right after each call that changes a file.
 * @param onStop gets the calls since the last stop and the output so far. Afterwards the program goes on, or is killed
 * during its next action
 */
export async function runStopping(
  words: readonly string[],
  { input, environment }: Surroundings,
  onStop: (calls: readonly string[], stdout: string) => 'continue' | 'kill',
): Promise<StoppedRun> {
  const folder = mkdtempSync(join(tmpdir(), 'stopped-'));
  const [stdout, stderr] = [join(folder, 'stdout'), join(folder, 'stderr')];
  // The output goes into files, so it is complete when the program is stopped.
  const descriptors = [openSync(stdout, 'w'), openSync(stderr, 'w')] as const;
  // SIGCONT discards the stops that are pending in other threads: the fewer threads change something, the better.
  const env = tracedEnvironment(environment);
  const options = ['-f', '-q', '-y', '-s', '0', '-o', '|cat >&2', '-e', `trace=${CALLS}`];
  options.push('-e', `inject=${CALLS}:signal=SIGSTOP:when=1+`);
  const program = ['sh', '-c', 'exec "$@" 2>&3 3>&-', 'sh', process.execPath, ...words];
  const child = spawn('strace', [...options, ...program], {
    env,
    stdio: ['pipe', descriptors[0], 'pipe', descriptors[1]],
  });
  child.stdin?.on('error', () => undefined).end(input);

  let root: number | undefined;
  let isKilled = false;
  let calls: string[] = [];
  let killed: readonly number[] = [];
  const stopped = new Set<number>();
  const look = (): void => {
    if (root === undefined || stopped.size === 0 || isKilled) return;
    const processes = processTree(root);
    const moving = processes.filter((id) => !threadsOf(id).every((thread) => stopped.has(thread)));
    for (const id of moving) if (!threadsOf(id).some((thread) => stopped.has(thread))) send(id, 'SIGSTOP');
    if (moving.length > 0) return;
    stopped.clear();
    const changing = calls.filter((call) => !unchanging.test(call));
    calls = [];
    if (changing.length > 0) isKilled = onStop(changing, readFileSync(stdout, 'utf8')) === 'kill';
    for (const id of processes) send(id, 'SIGCONT');
    if (!isKilled) return;
    for (const id of processes) send(id, 'SIGKILL');
    killed = processes;
  };
  // Without this a program would stand still for ever where the tests are ended in the middle of it.
  const endAll = (): void => {
    if (root !== undefined) for (const id of processTree(root)) send(id, 'SIGKILL');
  };
  process.once('exit', endAll);
  const looking = setInterval(look, LOOK_AGAIN_MS);

  let rest = '';
  let failure: Error | undefined;
  const onTrace = (piece: string): void => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, thread = '', said = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
      root ??= thread === '' ? undefined : Number(thread);
      if (said === '--- stopped by SIGSTOP ---') stopped.add(Number(thread));
      else if (!/^---|^\+\+\+|^$/.test(said)) calls.push(said);
    }
    try {
      look();
    } catch (error) {
      failure ??= error instanceof Error ? error : new Error(String(error));
      endAll();
    }
  };
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.stderr?.setEncoding('utf8').on('data', onTrace);
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (failure !== undefined) throw failure;
    // A thread that strace does not know yet may die later, and holds the locks until then.
    while (killed.some((id) => tasksOf(id).length > 0)) await delay(LOOK_AGAIN_MS);
    if (root === undefined) throw new Error(`strace did not start: ${rest}`);
    return { status, stdout: readFileSync(stdout, 'utf8'), stderr: readFileSync(stderr, 'utf8'), isKilled };
  } finally {
    clearInterval(looking);
    process.off('exit', endAll);
    for (const descriptor of descriptors) closeSync(descriptor);
    rmSync(folder, { recursive: true });
  }
}

/** A process and all that it has started, itself or by others. */
function processTree(id: number): number[] {
  const children = tasksOf(id).flatMap((thread) =>
    readProc(`${String(id)}/task/${thread}/children`)
      .split(' ')
      .filter(Boolean)
      .map(Number),
  );
  return [id, ...children.flatMap(processTree)];
}

/** The threads of a process that still run; none of one that has ended. */
function threadsOf(id: number): number[] {
  return tasksOf(id)
    .filter((thread) => !/\) [ZX]|^$/.test(readProc(`${String(id)}/task/${thread}/stat`)))
    .map(Number);
}

function tasksOf(id: number): string[] {
  try {
    return readdirSync(`/proc/${String(id)}/task`);
  } catch {
    return [];
  }
}

/** A thread may end between two looks. */
function readProc(path: string): string {
  try {
    return readFileSync(join('/proc', path), 'utf8');
  } catch {
    return '';
  }
}

function send(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
