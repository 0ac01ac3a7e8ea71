import { type MessagePort, type Transferable, Worker } from 'node:worker_threads';
import { Failure, type FailureMessage, fromFailureMessage, toFailureMessage } from './failure.ts';

/** What a job gets besides its input, in every kind of runner. */
export interface JobContext<Report> {
  readonly signal: AbortSignal;
  /** Sends a report to the caller while the job runs. */
  readonly report: (report: Report) => void;
  /** The environment of the entry point that started the job, or of the worker. */
  readonly environment: Environment;
  /** The entry point that started the job; undefined in VS Code's Restricted Mode, where nothing is written. */
  readonly door: Door | undefined;
  /** The person of an application for whom the job runs; absent where it runs for the person of this process. */
  readonly user?: string | undefined;
}

/** What kind of entry point starts jobs. Records of the audit trail name it. */
export type Door = 'vscode' | 'cli' | 'library' | 'api';

/** The person of an application for whom a job runs, and through which door they came. */
export interface JobCaller {
  readonly door: Door;
  readonly user: string;
}

/** A function that may run in a worker: input, reports and output are plain data. */
type Job<Input, Output, Report> = (input: Input, context: JobContext<Report>) => Promise<Output> | Output;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a table of jobs of any types; `any` is what infers them
type Jobs<Report> = Readonly<Record<string, Job<any, any, Report>>>;

interface RunOptions<Report> {
  readonly signal?: AbortSignal | undefined;
  readonly onReport?: ((report: Report) => void) | undefined;
  /** The parts of the input that are transferred instead of copied if the job runs in another thread. */
  readonly transfer?: readonly Transferable[] | undefined;
  /** In place of the door of the runner. */
  readonly caller?: JobCaller | undefined;
}

/** Runs the jobs of a table by name, in this thread or another. */
export interface JobRunner<T extends Jobs<Report>, Report> {
  run<K extends keyof T & string>(
    name: K,
    input: Parameters<T[K]>[0],
    options?: RunOptions<Report>,
  ): Promise<Awaited<ReturnType<T[K]>>>;
  dispose(): void;
}

/** Runs jobs in this thread, for the command line. */
export function inlineRunner<T extends Jobs<Report>, Report>(
  jobs: T,
  environment: Environment,
  door: Door = 'cli',
): JobRunner<T, Report> {
  return {
    async run(name, input, options = {}) {
      const { signal = new AbortController().signal, onReport = () => undefined, caller } = options;
      const job = jobs[name];
      if (job === undefined) throw new Failure('unexpected', { detail: `no job ${name}` });
      return (await job(input, { signal, report: onReport, environment, door, ...caller })) as never;
    },
    dispose: () => undefined,
  };
}

type Request =
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly name: string;
      readonly input: unknown;
      readonly door: Door | undefined;
      readonly user?: string | undefined;
    }
  | { readonly kind: 'cancel'; readonly id: number };

type Response =
  | { readonly kind: 'report'; readonly id: number; readonly report: unknown }
  | { readonly kind: 'done'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: FailureMessage };

/** The worker's side: answers each request with exactly one `done` or `failed`. */
export function serveJobs<Report>(jobs: Jobs<Report>, port: MessagePort, environment: Environment): void {
  const running = new Map<number, AbortController>();

  async function run({ id, name, input, door, user }: Request & { kind: 'run' }): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    const send = (response: Response, transfer: ArrayBuffer[] = []): void => {
      port.postMessage(response, transfer);
    };
    const context = {
      signal: controller.signal,
      report: (report: Report) => {
        send({ kind: 'report', id, report });
      },
      environment,
      door,
      user,
    };
    try {
      const job = jobs[name];
      if (job === undefined) throw new Failure('unexpected', { detail: `no job ${name}` });
      const output: unknown = await job(input, context);
      send({ kind: 'done', id, output }, buffersOf(output));
    } catch (error) {
      send({ kind: 'failed', id, failure: toFailureMessage(error) });
    } finally {
      running.delete(id);
    }
  }

  port.on('message', (request: Request) => {
    if (request.kind === 'run') void run(request);
    else running.get(request.id)?.abort();
  });
}

/** The buffer of `output.bytes`, to transfer and not to copy, if `bytes` fills it: then it is the worker's own. */
function buffersOf(output: unknown): ArrayBuffer[] {
  const bytes = (output as { bytes?: unknown } | null | undefined)?.bytes;
  if (!(bytes instanceof Uint8Array) || !(bytes.buffer instanceof ArrayBuffer)) return [];
  return bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer] : [];
}

/** Leaves out undefined values: a worker would turn them into the text `undefined`. */
function definedIn(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
}

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (failure: Failure) => void;
  readonly onReport: ((report: unknown) => void) | undefined;
}

/**
 * Runs jobs in one worker thread, which starts with the first job. If the worker ends unexpectedly, the running jobs
 * fail with `worker-lost`, and the next job starts a new worker.
 * @param environment the worker's own environment; without it the worker starts with a copy of this process's
 * @param door asked at each job
 */
export function workerRunner<T extends Jobs<Report>, Report>(
  path: string | URL,
  environment?: Environment,
  door: () => Door | undefined = () => 'library',
): JobRunner<T, Report> {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let lastId = 0;

  function start(): Worker {
    const started = new Worker(path, {
      stdout: false,
      stderr: false,
      ...(environment !== undefined && { env: definedIn(environment) }),
    });
    started.on('message', (response: Response) => {
      const request = waiting.get(response.id);
      if (response.kind === 'report') {
        request?.onReport?.(response.report);
        return;
      }
      waiting.delete(response.id);
      if (response.kind === 'done') request?.resolve(response.output);
      else request?.reject(fromFailureMessage(response.failure));
    });
    const lost = (detail: string): void => {
      if (worker !== started) return;
      worker = undefined;
      for (const request of waiting.values()) request.reject(new Failure('worker-lost', { detail }));
      waiting.clear();
    };
    started.on('error', (error) => {
      lost(error instanceof Error ? error.message : String(error));
    });
    started.on('exit', (code) => {
      lost(`it ended with code ${String(code)}`);
    });
    started.unref();
    return started;
  }

  return {
    async run(name, input, { signal, onReport, transfer = [], caller } = {}) {
      if (signal?.aborted === true) throw new Failure('cancelled', {});
      const target = (worker ??= start());
      const id = (lastId += 1);
      const cancel = (): void => {
        target.postMessage({ kind: 'cancel', id } satisfies Request);
      };
      signal?.addEventListener('abort', cancel);
      // Only a running job keeps the process alive.
      target.ref();
      try {
        return await new Promise<never>((resolve, reject) => {
          waiting.set(id, {
            resolve: resolve as (output: unknown) => void,
            reject,
            onReport: onReport as ((report: unknown) => void) | undefined,
          });
          target.postMessage(
            { kind: 'run', id, name, input, door: door(), ...caller } satisfies Request,
            transfer,
          );
        });
      } finally {
        signal?.removeEventListener('abort', cancel);
        if (waiting.size === 0) target.unref();
      }
    },
    dispose() {
      const ending = worker;
      worker = undefined;
      for (const request of waiting.values()) request.reject(new Failure('cancelled', {}));
      waiting.clear();
      void ending?.terminate();
    },
  };
}

/** Environment variables by name. Only an entry point reads those of its process; it passes them down. */
export type Environment = Readonly<Record<string, string | undefined>>;
