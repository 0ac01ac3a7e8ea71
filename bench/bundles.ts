import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from './table.ts';

export const dist = join(import.meta.dirname, '../dist');
const KB = 1024;
const LIMIT_BYTES = 300 * KB;

/** The code that VS Code loads at its start. `activation.ts` measures the time for that. */
export function bundleRows(): readonly Row[] {
  const bytes = statSync(join(dist, 'extension.cjs')).size;
  return [
    {
      what: 'dist/extension.cjs',
      measured: `${(bytes / KB).toFixed(0)} KB`,
      against: '',
      ratio: '',
      goal: '< 300 KB',
      met: bytes < LIMIT_BYTES,
    },
  ];
}
