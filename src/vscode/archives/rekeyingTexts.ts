import * as l10n from '@vscode/l10n';
import type { RekeyReport } from '../../sessions/rekeySessions.ts';
import { describe } from '../../words/failures.ts';
import { fromFailureMessage } from '../../base/failure.ts';
import { formatNumber, plural } from '../../base/locale.ts';
import { isAboutPassword } from '../passwords/passwords.ts';

type Skipped = RekeyReport['skipped'][number];

/** The result of changing the password of archives. */
export interface Rekeying {
  /** How many archives the new password opens now. */
  readonly changed: number;
  readonly skipped: readonly Skipped[];
  readonly cancelled: boolean;
}

/** Whether an archive was skipped because its old password is not known. */
export function isLocked({ failure }: Skipped): boolean {
  return isAboutPassword(fromFailureMessage(failure));
}

/** One sentence for each kind of result. */
export function describeRekeying({ changed, skipped, cancelled }: Rekeying): string {
  const sentences = [];
  if (changed > 0 || (skipped.length === 0 && !cancelled))
    sentences.push(
      plural(changed, {
        one: l10n.t('1 archive now opens with the new password.'),
        other: l10n.t('{0} archives now open with the new password.', formatNumber(changed)),
      }),
    );
  const locked = skipped.filter(isLocked).length;
  if (locked > 0)
    sentences.push(
      plural(locked, {
        one: l10n.t('1 archive is left as it is: no known password opens it.'),
        other: l10n.t(
          '{0} archives are left as they are: no known password opens them.',
          formatNumber(locked),
        ),
      }),
    );
  const others = skipped.filter((each) => !isLocked(each));
  const [first] = others;
  if (first !== undefined) {
    const why = describe(first.failure);
    sentences.push(
      plural(others.length, {
        one: why,
        other: l10n.t(
          '{0} zips are left as they are, the first because: {1}',
          formatNumber(others.length),
          why,
        ),
      }),
    );
  }
  if (cancelled) sentences.push(l10n.t('Cancelled: the other archives still have their old passwords.'));
  return sentences.join(' ');
}
