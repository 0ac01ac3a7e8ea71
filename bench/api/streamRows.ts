import { nextMessage, startProgram } from '../record/program.ts';
import { inWorkspace } from '../record/recordingWorkspace.ts';
import { median } from '../sideBySide.ts';
import { times, type Row } from '../table.ts';
import type { Recorded } from './streamServer.ts';

const TURNS = 5;
const STREAMS = 32;
const ENTRIES = 25_000;
const MOST = 1.1;

interface Turn extends Recorded {
  readonly missed: number;
}

/** The cost of `record()` while 32 streams read what is recorded, in the same process. */
export async function streamRows(base: string): Promise<readonly Row[]> {
  const without: Turn[] = [];
  const read: Turn[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    without.push(await recordWith(base, 0));
    read.push(await recordWith(base, STREAMS));
  }
  const p99 = (turns: readonly Turn[]): number => median(turns.map((turn) => turn.p99));
  const p50 = (turns: readonly Turn[]): number => median(turns.map((turn) => turn.p50));
  const ratio = p99(read) / p99(without);
  const missed = Math.max(...read.map((turn) => turn.missed + turn.dropped));
  return [
    {
      what: `p99 of record() at 5,000 entries a second, ${String(STREAMS)} streams (p50 ${micro(p50(read))})`,
      measured: micro(p99(read)),
      against: `without a stream, ${micro(p99(without))} (p50 ${micro(p50(without))})`,
      ratio: times(ratio),
      goal: `≤ ${String(MOST)} ×`,
      met: ratio <= MOST,
    },
    {
      what: `entries of ${(ENTRIES * STREAMS).toLocaleString('en-US')} that a stream missed`,
      measured: String(missed),
      against: '',
      ratio: '',
      goal: '0',
      met: missed === 0,
    },
  ];
}

async function recordWith(base: string, streams: number): Promise<Turn> {
  return inWorkspace(
    base,
    async (folder) => {
      const server = startProgram('../api/streamServer.ts', [folder, String(ENTRIES)]);
      try {
        const port = await nextMessage<number>(server);
        const words = [String(port), String(streams), String(ENTRIES)];
        const readers = startProgram('../api/streamReaders.ts', words);
        await nextMessage<string>(readers);
        const ended = nextMessage<number>(readers);
        server.send('begin');
        const recorded = await nextMessage<Recorded>(server);
        const missed = await ended;
        readers.kill();
        return { ...recorded, missed };
      } finally {
        server.kill();
      }
    },
    'all',
  );
}

function micro(time: number): string {
  return `${time.toFixed(2)} µs`;
}
