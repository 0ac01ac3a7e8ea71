import { createMasker } from '../../src/masking/masker.ts';
import { duration, sideBySide } from '../sideBySide.ts';
import { times, type Row } from '../table.ts';
import { freshBodies, webhookBodies } from './bodies.ts';

const TURNS = 9;
/** The size of all bodies of a turn, in bytes. */
const TURN_BYTES = 4_000_000;
const sizes = [
  { bytes: 1024, most: 2.5 },
  { bytes: 4096, most: 3 },
];

const WEBHOOK_BYTES = 2048;
const MOST_OF_WEBHOOK = 6;

/** Compares masking a body into JSON text with making the text alone. */
export async function maskingRows(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { bytes, most } of sizes)
    rows.push(
      await maskingRow(
        `a body of ${bytes / 1024} KB as masked JSON, 2 to 6 levels, one in 20 with a password`,
        (count, seed) => freshBodies(count, bytes, seed),
        bytes,
        most,
      ),
    );
  for (const isOdd of [false, true])
    rows.push(
      await maskingRow(
        `a webhook body of 2 KB as masked JSON, ${isOdd ? 'with' : 'without'} an empty object`,
        (count, seed) => webhookBodies(count, isOdd, seed),
        WEBHOOK_BYTES,
        MOST_OF_WEBHOOK,
      ),
    );
  return rows;
}

async function maskingRow(
  what: string,
  make: (count: number, seed: number) => unknown[],
  bytes: number,
  most: number,
): Promise<Row> {
  const masker = createMasker();
  const count = Math.round(TURN_BYTES / bytes);
  let seed = bytes;
  let length = 0;
  const measure = (text: (body: unknown) => string) => (): Promise<number> => {
    const bodies = make(count, (seed += 1));
    return duration(() => {
      for (const body of bodies) length += text(body).length;
    });
  };
  const { bare, ours } = await sideBySide(TURNS, {
    bare: measure((body) => JSON.stringify(body)),
    ours: measure((body) => masker.json(body)),
  });
  if (length === 0) throw new Error('nothing was masked');
  const each = (time: number): string => `${((time * 1000) / count).toFixed(2)} µs`;
  return {
    what,
    measured: each(ours),
    against: `JSON.stringify alone, ${each(bare)}`,
    ratio: times(ours / bare),
    goal: `≤ ${most} ×`,
    met: ours / bare <= most,
  };
}
