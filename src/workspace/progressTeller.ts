import { clock } from './workspace.ts';
import type { AppContext } from './workspace.ts';

const REPORT_MS = 250;

/** Tells how many of many small steps are done, not more often than somebody can follow; called before each of them. */
export function progressTeller(context: AppContext, total: number): (name: string) => void {
  let told = clock();
  let begun = 0;
  return (name) => {
    const done = begun;
    begun += 1;
    if (clock() - told < REPORT_MS) return;
    told = clock();
    context.report({ kind: 'progress', progress: { done, total, name } });
  };
}
