import * as l10n from '@vscode/l10n';
import type { Badge } from '../../audit/page/auditMessages.ts';
import type { Finding, Verification } from '../../audit/verify.ts';
import { formatNumber, plural } from '../../base/locale.ts';

/** What a verification found, and when, in ms since 1970. It holds no id, so it may be remembered. */
export interface Checked {
  readonly at: number;
  readonly result: Omit<Verification, 'first'> & { readonly first?: Omit<Finding, 'id'> | undefined };
}

export function withoutId({ first, ...result }: Verification, at: number): Checked {
  if (first === undefined) return { at, result };
  const { kind, seq, from, to } = first;
  return {
    at,
    result: {
      ...result,
      first: { kind, seq, ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
    },
  };
}

/** The badge of the page. */
export function badgeOf(
  checked: Checked | undefined,
  isBusy: boolean,
  now: { readonly records: number; readonly sealed: number },
): Badge {
  if (isBusy) return { tone: 'busy', title: l10n.t('Verifying…'), detail: '', checked: '' };
  if (checked === undefined)
    return {
      tone: 'none',
      title: l10n.t('Not verified yet'),
      detail: now.records === 0 ? '' : coverage(now),
      checked: '',
    };
  const { at: checkedAt, result } = checked;
  const at = { checkedAt, checked: l10n.t('checked {0}') };
  if (result.state === 'sound')
    return { tone: 'sound', title: l10n.t('Sound'), detail: coverage(result), ...at };
  if (result.state === 'unknown')
    return {
      tone: 'unknown',
      title: l10n.t('Cannot be told'),
      detail: l10n.t('no known key signed a checkpoint'),
      ...at,
    };
  const { first } = result;
  return {
    tone: 'tampered',
    title: l10n.t('Changed'),
    detail: first === undefined ? '' : describeFinding(first),
    ...at,
    ...(first !== undefined && { seq: first.seq }),
  };
}

function coverage({ records, sealed }: { readonly records: number; readonly sealed: number }): string {
  return l10n.t(
    '{0} of {1} records under the newest checkpoint',
    formatNumber(sealed),
    formatNumber(records),
  );
}

/** Records count from 0, as the leaves of the tree do. */
function describeFinding({ kind, seq, from, to }: Omit<Finding, 'id'>): string {
  if (from === undefined || to === undefined) return deedTexts[kind](formatNumber(seq));
  return stretchTexts[kind](formatNumber(from), formatNumber(to));
}

const deedTexts: Readonly<Record<Finding['kind'], (record: string) => string>> = {
  altered: (record) => l10n.t('record {0} was altered', record),
  removed: (record) => l10n.t('record {0} was removed', record),
  inserted: (record) => l10n.t('record {0} was inserted', record),
  reordered: (record) => l10n.t('record {0} is not in its place', record),
  cut: (record) => l10n.t('the records from {0} on are cut off', record),
  'rolled-back': (record) => l10n.t('an older copy was put back, from record {0} on', record),
  index: (record) => l10n.t('an index does not fit, from record {0} on', record),
};

const stretchTexts: Readonly<Record<Finding['kind'], (from: string, to: string) => string>> = {
  altered: (from, to) => l10n.t('something in the records {0} to {1} was altered', from, to),
  removed: (from, to) => l10n.t('something in the records {0} to {1} was removed', from, to),
  inserted: (from, to) => l10n.t('something in the records {0} to {1} was inserted', from, to),
  reordered: (from, to) => l10n.t('something in the records {0} to {1} is not in its place', from, to),
  cut: (from, to) => l10n.t('the records {0} to {1} are cut off', from, to),
  'rolled-back': (from, to) =>
    l10n.t('an older copy was put back: the records {0} to {1} are gone', from, to),
  index: (from, to) => l10n.t('an index does not fit the records {0} to {1}', from, to),
};

/** The result for a message, with the name of the workspace. */
export function describeVerification({ result }: Checked, folder: string): string {
  const { state, records, sealed, first } = result;
  if (state === 'tampered')
    return l10n.t(
      'The audit trail of {0} was changed: {1}.',
      folder,
      first === undefined ? '' : describeFinding(first),
    );
  if (state === 'unknown')
    return l10n.t(
      'All hashes of the audit trail of {0} fit, but no known key signed a checkpoint, so they may all be new.',
      folder,
    );
  if (records === 0) return l10n.t('The audit trail of {0} is sound: it has no records.', folder);
  return plural(records, {
    one: l10n.t(
      'The audit trail of {0} is sound: 1 record, {1} under the newest checkpoint.',
      folder,
      formatNumber(sealed),
    ),
    other: l10n.t(
      'The audit trail of {0} is sound: {1} records, {2} under the newest checkpoint.',
      folder,
      formatNumber(records),
      formatNumber(sealed),
    ),
  });
}

/** How many records are shown, of how many. */
export function describeTotal(shown: number, records: number): string {
  if (shown < records) return l10n.t('{0} of {1} records', formatNumber(shown), formatNumber(records));
  return plural(shown, {
    one: l10n.t('{0} record', formatNumber(shown)),
    other: l10n.t('{0} records', formatNumber(shown)),
  });
}
