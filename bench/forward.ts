import { anonymiseRows } from './forward/anonymiseRows.ts';
import { sendRows } from './forward/sendRows.ts';
import type { Row } from './table.ts';

/** What leaves the machine: the privacy model and the sender. It takes about two minutes. */
export async function forward(): Promise<readonly Row[]> {
  return [...(await anonymiseRows()), ...(await sendRows())];
}
