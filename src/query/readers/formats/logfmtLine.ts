import { unescape } from './backslashes.ts';
import { define } from './fields.ts';
import { usualFields } from './jsonFields.ts';
import type { Line } from '../readLine.ts';

const pair = /\s*([^\s="\\]{1,128})(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?(?=\s|$)/sy;
const usual = /(?:^|\s)(?:time|ts|t|timestamp|level|lvl|severity|msg|message|at|method|status)=/;

/**
 * Logfmt: pairs of `key=value`, a value with spaces in quotation marks, a key alone for true. A line is taken for it if
 * it has two pairs with a usual key among them and, unless the file is written so, nothing but pairs.
 */
export function readLogfmt(text: string, isChosen: boolean): Line | undefined {
  if (!usual.test(text)) return undefined;
  const fields: Record<string, unknown> = {};
  let pairs = 0;
  let others = 0;
  for (pair.lastIndex = 0; pair.lastIndex < text.length;) {
    const at = pair.lastIndex;
    const found = pair.exec(text);
    if (!found) {
      if (text.slice(at).trim() !== '') return undefined;
      break;
    }
    const [, key = '', inQuotes, bare] = found;
    const value = inQuotes === undefined ? bare : unescape(inQuotes);
    if (value === undefined) others += 1;
    else pairs += 1;
    define(fields, key, value ?? true);
  }
  if (pairs < 2 || (others > 0 && !isChosen)) return undefined;
  return { format: 'logfmt', fields, ...usualFields(fields) };
}
