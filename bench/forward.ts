import { anonymiseRows } from './forward/anonymiseRows.ts';
import type { Row } from './table.ts';

/** What leaves the machine: how long the privacy model takes. */
export async function forward(): Promise<readonly Row[]> {
  return anonymiseRows();
}
