import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, threadId } from 'node:worker_threads';
import { Failure } from '../../../src/base/failure.ts';
import { serveJobs, type JobContext } from '../../../src/base/job.ts';

type Context = JobContext<string>;

/** Jobs that end in every way a job can end; run as a worker, this file serves them. */
export const exampleJobs = {
  echo: (input: string): string => input,
  where: (): number => threadId,
  variable: (name: string, { environment }: Context): string | undefined => environment[name],
  tell: (input: number, { report }: Context): string => {
    for (let index = 1; index <= input; index += 1) report(`${String(index)} of ${String(input)}`);
    return 'told';
  },
  refuse: (): never => {
    throw new Failure('member-needed', { name: 'a.zip', members: ['x'] });
  },
  stumble: (): never => {
    throw new TypeError('x is not a function');
  },
  untellable: (): (() => string) => () => 'a function cannot leave its thread',
  untilCancelled: async (_input: undefined, { signal, report }: Context): Promise<never> => {
    report('waiting');
    while (!signal.aborted) await sleep(1);
    throw new Failure('cancelled', {});
  },
  bytes: (size: number): { bytes: Uint8Array } => ({ bytes: new Uint8Array(size).fill(7) }),
  pooled: (): { bytes: Uint8Array } => ({ bytes: Buffer.from('abc') }),
  partOfBuffer: (): { bytes: Uint8Array } => ({ bytes: new Uint8Array(new ArrayBuffer(8), 2, 4).fill(7) }),
  die: (code: number): never => process.exit(code),
  crash: async (): Promise<never> => {
    setImmediate(() => {
      throw new Error('outside of any job');
    });
    return new Promise<never>(() => undefined);
  },
};

export type ExampleJobs = typeof exampleJobs;

if (!isMainThread && parentPort !== null) serveJobs<string>(exampleJobs, parentPort, process.env);
