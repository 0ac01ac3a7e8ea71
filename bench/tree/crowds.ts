import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILES = 100_000;

/** A workspace with a hundred thousand files in `logs/`. */
export interface Crowd {
  readonly what: string;
  readonly nameOf: (number: number) => string;
  /** The label of the row that shows 1,000 rows when it is expanded, and the beginning of the first of them. */
  readonly parent: string;
  readonly row: string;
  /** The file that changes, and the beginning of its row. */
  readonly changing: (change: number) => { readonly name: string; readonly row: string };
}

export const crowds: readonly Crowd[] = [
  {
    what: '100,000 archives of one month',
    nameOf: (number) => `api.2026-01-15${number === 0 ? '' : `.${String(number + 1)}`}.log.zip`,
    parent: 'January 2026',
    row: 'api.2026-01-15',
    changing: (change) => ({ name: `api.${String(change)}.log`, row: `api.${String(change)}.log` }),
  },
  {
    what: '100,000 logs of other programs',
    nameOf: (number) => `worker-${String(number)}.log`,
    parent: 'Other Logs',
    row: 'worker-0.log',
    changing: (change) => ({ name: `a-${String(change)}.log`, row: `a-${String(change)}.log` }),
  },
];

/** @returns the workspace's folder */
export function makeCrowd(base: string, { nameOf }: Crowd): string {
  const workspace = join(base, 'crowd');
  mkdirSync(join(workspace, 'logs'), { recursive: true });
  // Nothing expires during the measurement.
  const policy = { version: 1, retention: { maxAge: { months: 120 } } };
  writeFileSync(join(workspace, '.workspace-logs.json'), JSON.stringify(policy));
  for (let number = 0; number < FILES; number += 1)
    writeFileSync(join(workspace, 'logs', nameOf(number)), '');
  return workspace;
}
