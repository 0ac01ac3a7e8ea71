/**
 * One of the queue's workers: does the item that it is sent, answers with what became of it, and waits for the next. The
 * environment that it reads (TMPDIR, HOME, …) is its own: `startWorker.ts` makes it.
 */
import '../endOnSignal.ts';
import { format } from 'node:util';
import { failedWhole, type Report } from './report.ts';
import { runCommand } from './runCommand.ts';
import { runFile, type FileOptions } from './runFile.ts';

/** What a worker is sent. */
export interface Order extends FileOptions {
  readonly name: string;
  readonly command?: string | undefined;
}

/** What a worker sends: the end of an item, or an error that came when none was running any more. */
export type Message = { readonly report: Report } | { readonly late: string };

let isBusy = false;

function send(message: Message): void {
  process.send?.(message);
}

async function run({ name, command, ...options }: Order): Promise<void> {
  isBusy = true;
  const work = command === undefined ? runFile(name, options) : runCommand(name, command);
  const report = await work.catch((error: unknown) => failedWhole(name, format(error)));
  isBusy = false;
  send({ report });
}

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    // While a file runs, mocha reports it.
    if (!isBusy) send({ late: format(error) });
  });
}
process.on('message', (order: Order) => void run(order));
// The queue is gone.
process.on('disconnect', () => process.exit(1));
