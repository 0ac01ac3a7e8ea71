import type { AuditRecord } from '../../src/library/index.ts';
import { longestStall } from '../longestStall.ts';
import { loadLibrary } from '../record/builtLibrary.ts';
import { sideBySide } from '../sideBySide.ts';
import { ms, type Row } from '../table.ts';
import { entriesOf } from './records.ts';
import type { Workspace } from './trails.ts';

const TURNS = 5;
const APPENDED = 1000;
const AT_ONCE = 20;
const MOST_STALL_MS = 10;

/** The longest time for which the calling thread was blocked while the worker did something for it. */
export async function stallRows({ root }: Workspace, records: number): Promise<readonly Row[]> {
  const { openAudit } = await loadLibrary();
  const audit = await openAudit({ workspace: root });
  // Made before: only what the library does with them is measured.
  const given = Array.from({ length: TURNS + 1 }, (_, turn) =>
    entriesOf(records + turn * APPENDED, APPENDED).map(({ entry }) => JSON.parse(entry) as AuditRecord),
  );
  const deeds = {
    waiting: () => new Promise((resolve) => setTimeout(resolve, 400)),
    [`${String(APPENDED)} records are appended, ${String(AT_ONCE)} at once`]: async () => {
      const appended = given.pop() ?? [];
      for (let at = 0; at < APPENDED; at += AT_ONCE)
        await Promise.all(appended.slice(at, at + AT_ONCE).map((record) => audit.append(record)));
    },
    'a page of 1,000 records is queried': () => audit.query({ limit: 1000 }),
    'all records are verified': () => audit.verify(),
    'all records are exported': async () => {
      let bytes = 0;
      for await (const text of audit.export('jsonl')) bytes += text.length;
      return bytes;
    },
  };
  try {
    const { waiting, ...stalls } = await sideBySide(
      TURNS,
      Object.fromEntries(
        Object.entries(deeds).map(([name, deed]) => [name, () => longestStall(deed)] as const),
      ),
    );
    return Object.entries(stalls).map(([name, stall]) => ({
      what: `longest stall of the calling thread while ${name}`,
      measured: ms(stall),
      against: `a thread that only waits, ${ms(waiting ?? Number.NaN)}`,
      ratio: '',
      goal: `≤ ${String(MOST_STALL_MS)} ms`,
      met: stall <= MOST_STALL_MS,
    }));
  } finally {
    await audit.close();
  }
}
