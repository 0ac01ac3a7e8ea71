import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../src/files/entry.ts';
import type { Recorder } from '../../src/library/index.ts';
import { duration, sideBySide } from '../sideBySide.ts';
import { times, type Row } from '../table.ts';
import { appendEach, appendEachNow } from './bareSync.ts';
import { loadLibrary } from './builtLibrary.ts';
import { freshEntries } from './entries.ts';
import { inWorkspace } from './recordingWorkspace.ts';

const TURNS = 7;
const ALONE = 300;
const SHARED = 20_000;
const LEAST_OF_BARE = 0.7;
const LEAST_PER_SECOND = 20_000;
/** A value to aim for; missing it is no failure. */
const AIM_PER_SECOND = 40_000;

/** Entries a second that survive a power loss, for one caller and for many at once. */
export function strictRows(base: string): Promise<readonly Row[]> {
  return inWorkspace(base, async (folder) => {
    const { createRecorder } = await loadLibrary();
    const recorder = await createRecorder({ workspace: folder, mode: 'strict', acceptPolicy: true });
    try {
      return rowsOf(await measure(folder, recorder));
    } finally {
      await recorder.close();
    }
  });
}

type Times = Record<'bare' | 'blocking' | 'one' | 'sixtyFour' | 'many', number>;

function measure(folder: string, recorder: Recorder): Promise<Times> {
  let seed = 0;
  const line = Buffer.from(`${JSON.stringify(freshEntries(1, 1)[0]).padEnd(285)}\n`);
  const path = join(folder, 'bare.log');
  const bare = (append: () => unknown) => async (): Promise<number> => {
    const time = await duration(append);
    rmSync(path);
    return time / ALONE;
  };
  const durably = (callers: number, count: number) => async (): Promise<number> => {
    const entries = freshEntries(count, (seed += 1)).values();
    const time = await duration(() =>
      Promise.all(Array.from({ length: callers }, () => call(recorder, entries))),
    );
    return time / count;
  };
  return sideBySide(TURNS, {
    bare: bare(() => appendEach(path, line, ALONE)),
    one: durably(1, ALONE),
    blocking: bare(() => {
      appendEachNow(path, line, ALONE);
    }),
    sixtyFour: durably(64, SHARED),
    many: durably(256, SHARED),
  });
}

/** One caller: it records its next entry when the last one is on the disk. */
async function call(recorder: Recorder, entries: Iterable<Entry>): Promise<void> {
  for (const entry of entries) await recorder.recordDurably(entry);
}

function rowsOf({ bare, blocking, one, sixtyFour, many }: Times): readonly Row[] {
  const perSecond = (time: number): number => 1000 / time;
  const rate = (time: number): string => `${Math.round(perSecond(time)).toLocaleString('en-US')}/s`;
  const alone = { what: 'durable entries a second, one caller', measured: rate(one) };
  return [
    {
      what: 'durable entries a second, 64 callers',
      measured: rate(sixtyFour),
      against: '',
      ratio: '',
      goal: `≥ ${LEAST_PER_SECOND.toLocaleString('en-US')}/s`,
      met: perSecond(sixtyFour) >= LEAST_PER_SECOND,
    },
    {
      what: 'durable entries a second, 256 callers',
      measured: rate(many),
      against: `the aim, ${AIM_PER_SECOND.toLocaleString('en-US')}/s`,
      ratio: times(perSecond(many) / AIM_PER_SECOND),
      goal: '',
      met: undefined,
    },
    {
      ...alone,
      against: `fs.write + fs.fdatasync of such a line, asynchronous, ${rate(bare)}`,
      ratio: times(bare / one),
      goal: `≥ ${LEAST_OF_BARE} ×`,
      met: bare / one >= LEAST_OF_BARE,
    },
    {
      ...alone,
      against: `the same two calls blocking the thread, ${rate(blocking)}`,
      ratio: times(blocking / one),
      goal: '',
      met: undefined,
    },
  ];
}
