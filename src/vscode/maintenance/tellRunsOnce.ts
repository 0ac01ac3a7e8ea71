import * as vscode from 'vscode';
import { describe } from '../../words/failures.ts';
import { formatNumber, plural } from '../../base/locale.ts';
import type { Output } from '../window/output.ts';
import { offer } from '../window/tell.ts';
import { ToldOnce, type RunFailure } from './toldOnce.ts';

/** Shows each failure of background runs to the person once. The output has all of them. */
interface TellingOnce {
  readonly of: (root: string) => ToldOnce;
  readonly tell: (root: string, failed: readonly RunFailure[], how: { readonly stopped: boolean }) => void;
}

export function tellRunsOnce(output: Output): TellingOnce {
  const told = new Map<string, ToldOnce>();

  function of(root: string): ToldOnce {
    const known = told.get(root) ?? new ToldOnce();
    told.set(root, known);
    return known;
  }

  return {
    of,
    tell(root, failed, how) {
      for (const { failure } of failed) output.error(failure);
      const [first, ...others] = of(root).failures(failed, how);
      if (first === undefined) return;
      const text = describe(first.failure);
      void offer('error', others.length === 0 ? text : withOthers(text, others.length), {
        [vscode.l10n.t('Show Output')]: output.show,
      });
    },
  };
}

function withOthers(text: string, count: number): string {
  const data = [text, formatNumber(count)];
  return plural(count, {
    one: vscode.l10n.t('{0} {1} more failure is in the output.', ...data),
    other: vscode.l10n.t('{0} {1} more failures are in the output.', ...data),
  });
}
