import { withZip } from '../../src/archive/zip/readZip.ts';
import { duration, sideBySide } from '../sideBySide.ts';
import { ms, type Row } from '../table.ts';

const TURNS = 9;
const TRIED = 10;
const MOST_MS = 20;

/** The time to find out that none of ten passwords opens an archive. */
export async function passwordRow(path: string): Promise<Row> {
  const wrong = Array.from({ length: TRIED }, (_, index) => Buffer.from(`wrong ${String(index)}`));
  const tryAll = async (): Promise<void> => {
    const opens = await withZip(
      path,
      async (zip) => {
        const [member] = zip.members;
        return member !== undefined && (await zip.opens(member));
      },
      { passwords: { candidates: () => wrong } },
    );
    if (opens) throw new Error('A wrong password opens the archive.');
  };
  const { ours } = await sideBySide(TURNS, { ours: () => duration(tryAll) });
  return {
    what: 'ten wrong passwords tried',
    measured: ms(ours),
    against: '',
    ratio: '',
    goal: `< ${String(MOST_MS)} ms`,
    met: ours < MOST_MS,
  };
}
