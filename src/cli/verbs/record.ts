import { readableAuditEnvironment, readableEnvironment } from '../readableEnvironment.ts';
import { inlineApp, type AppJobs } from '../../jobs/jobs.ts';
import type { AppReport } from '../../workspace/workspace.ts';
import { Recorder } from '../../recorder/recorder.ts';
import { describe } from '../../words/failures.ts';
import { workerUrl } from '../../jobs/workerUrl.ts';
import { workerRunner, type Environment } from '../../base/job.ts';
import { Failure, isFailure } from '../../base/failure.ts';
import { formatNumber, plural } from '../../base/locale.ts';
import { BYTES_PER_MB } from '../../base/units.ts';
import { isEntry } from '../../entries/line.ts';
import { Exit, type Verb } from '../verb.ts';
import { linesOf, TOO_LONG } from '../lines.ts';
import { printError, printJson, printLine } from '../output.ts';

/** In characters. A longer line is not recorded. */
const LINE_LIMIT = 16_777_216;
/** Room for the longest line, with three bytes a character, behind those that wait. */
const QUEUE_BYTES = 64 * BYTES_PER_MB;
/** A pipe can wait: reading goes on while fewer bytes than this are on their way to the disk. */
const WAITING_BYTES = 2_097_152;

export const record: Verb = {
  options: { mode: 'value' },
  positionals: { min: 0, max: 0 },
  async run({ root, json, value, environment }) {
    const mode = modeOf(value('mode'));
    const app = workerRunner<AppJobs, AppReport>(workerUrl, environment, () => 'cli');
    const recorder = await Recorder.open({ workspace: root, mode, queueBytes: QUEUE_BYTES }, { app });
    const problems = tellProblems(recorder);
    let rotations = 0;
    recorder.on('rotated', () => {
      rotations += 1;
    });
    const stop = listenForSignals();
    let invalid = 0;
    const told = new Set<string>();
    try {
      for await (const lines of linesOf(process.stdin, LINE_LIMIT)) {
        for (const line of lines) {
          const problem = recordLine(recorder, line);
          if (problem === undefined) continue;
          invalid += 1;
          if (!told.has(problem)) printError(problem);
          told.add(problem);
        }
        if (recorder.queuedBytes > WAITING_BYTES) await recorder.flush().catch(problems.keep);
        await recorder.rotationSettled();
      }
    } catch (error) {
      if (!stop.isAsked()) throw error;
    }
    await recorder.flush().catch(problems.keep);
    await recorder.rotationSettled();
    await recorder.close().catch(problems.keep);
    if (rotations > 0) await finishMaintenance(root, environment);
    const { written, filtered, dropped } = recorder.stats();
    if (dropped > 0 && !problems.isTold())
      printError(`${countEntries(dropped)} could not be written and ${dropped === 1 ? 'is' : 'are'} lost.`);
    if (json) await printJson({ written, filtered, dropped, invalid });
    else
      await printLine(
        `${countEntries(written)} recorded, ${formatNumber(filtered)} filtered, ${formatNumber(dropped)} dropped, ${formatNumber(invalid)} invalid.`,
      );
    return dropped > 0 ? Exit.failed : Exit.done;
  },
};

function countEntries(count: number): string {
  const number = formatNumber(count);
  return plural(count, { one: `${number} entry`, other: `${number} entries` });
}

function modeOf(text: string | undefined): 'bestEffort' | 'strict' {
  if (text === undefined || text === 'bestEffort') return 'bestEffort';
  if (text === 'strict') return text;
  throw new Failure('usage', { detail: `“${text}” is no mode. Write --mode strict, or leave it out.` });
}

const NO_ENTRY = 'A line is no JSON object with method, path and status, and is not recorded.';
const LONG_LINE = 'A line is longer than 16 MB, and is not recorded.';

/**
 * Records a line; its `workspace_id` is always replaced by this workspace's. @returns why a line is no entry
 */
function recordLine(recorder: Recorder, line: string | typeof TOO_LONG): string | undefined {
  if (line === TOO_LONG) return LONG_LINE;
  let entry: unknown;
  try {
    entry = parsed(line);
  } catch {
    return NO_ENTRY;
  }
  if (!isEntry(entry)) return NO_ENTRY;
  recorder.record({ ...entry, workspace_id: undefined });
  return undefined;
}

/** A number that a double may not hold, as an id of a chat is. */
const longNumber = /[:[,]\s*-?\d{16}/;
/** Fields that are read as numbers. */
const numbers = new Set(['timestamp', 'status', 'duration_ms']);

/** The value of a JSON text, with long whole numbers as they are written, and a status that was written as text. */
function parsed(line: string): unknown {
  const value: unknown = longNumber.test(line) ? JSON.parse(line, keepWhole as never) : JSON.parse(line);
  const { status } = (value ?? {}) as { status?: unknown };
  return typeof status === 'string' && /^[1-9]\d\d$/.test(status)
    ? { ...(value as object), status: Number(status) }
    : value;
}

function keepWhole(key: string, value: unknown, { source = '' }: { readonly source?: string }): unknown {
  const isInexact = typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source);
  const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };
  return isInexact && !numbers.has(key) ? rawJSON(source) : value;
}

interface Problems {
  readonly keep: (error: unknown) => void;
  /** Whether a failure to write was reported. */
  readonly isTold: () => boolean;
}

/** Prints each kind of failure once. */
function tellProblems(recorder: Recorder): Problems {
  const told = new Set<string>();
  let isTold = false;
  recorder.on('error', (failure) => {
    if (told.has(failure.code)) return;
    told.add(failure.code);
    printError(describe(failure));
  });
  return {
    keep(error) {
      if (!isFailure(error, 'cancelled')) isTold = true;
    },
    isTold: () => isTold,
  };
}

/**
 * Ctrl+C also reaches the program in front of the pipe. What that program still prints is recorded until it closes its
 * end. A second Ctrl+C, or SIGTERM, ends the reading; the lines read so far are written.
 */
function listenForSignals(): { readonly isAsked: () => boolean } {
  let asked = 0;
  const end = (): void => {
    asked = 2;
    process.stdin.destroy();
  };
  process.on('SIGTERM', end).on('SIGINT', () => {
    asked += 1;
    if (asked > 1) end();
  });
  return { isAsked: () => asked > 1 };
}

/** Finishes the maintenance that a rotation started and the end of the recorder interrupted. */
async function finishMaintenance(root: string, environment: Environment): Promise<void> {
  const app = inlineApp(environment);
  try {
    const { failed } = await app.run('runMaintenance', {
      root,
      fromEnvironment: readableEnvironment(environment),
      auditEnvironment: readableAuditEnvironment(environment),
    });
    for (const { failure } of failed) printError(describe(failure));
  } catch (error) {
    if (!isFailure(error, 'maintenance-busy')) throw error;
  }
}
