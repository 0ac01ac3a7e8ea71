import * as l10n from '@vscode/l10n';
import { formatList, formatNumber } from './locale.ts';

/** Text with its control and bidirectional characters made visible, so that a name cannot forge a line or a colour. */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A name from outside, in quotation marks for a sentence. */
export function quoted(text: string): string {
  return `“${printable(text)}”`;
}

const LISTED = 10;

/** A list of names from outside for a sentence: the first ten, and the number of the others. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return l10n.t('nothing');
  const shown = formatList(names.slice(0, LISTED).map(quoted));
  const more = names.length - LISTED;
  return more > 0 ? l10n.t('{0} and {1} more', shown, formatNumber(more)) : shown;
}
