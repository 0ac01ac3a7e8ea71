import { Failure } from '../../../base/failure.ts';
import { formatNumber } from '../../../base/locale.ts';
import { columnsOf } from '../../../audit/columns.ts';
import { MOST_RECORDS } from '../../../audit/query.ts';
import type { AuditFilter } from '../../../audit/store.ts';
import { printable } from '../../../words/failures.ts';
import { parseNow } from '../../arguments.ts';
import { printError, printJson, printLine } from '../../output.ts';
import { Exit, type Arguments, type Call, type OptionKind } from '../../verb.ts';
import type { Trail } from '../../../audit/trail.ts';

export const filterOptions: Readonly<Record<string, OptionKind>> = {
  user: 'value',
  action: 'value',
  'entity-type': 'value',
  'entity-id': 'value',
  from: 'value',
  to: 'value',
  text: 'value',
};

const LIMIT = 50;

/** `audit query`: the records that fit, newest first. */
export async function query(trail: Trail, words: Call): Promise<Exit> {
  const { root, json, value } = words;
  const page = await trail.run('queryTrail', {
    root,
    filter: filterOf(words),
    limit: numberOf('limit', value('limit'), { min: 1, max: MOST_RECORDS }) ?? LIMIT,
    offset: numberOf('offset', value('offset'), { min: 0, max: Number.MAX_SAFE_INTEGER }),
    cursor: value('cursor'),
  });
  if (json) {
    await printJson(page);
    return Exit.done;
  }
  for (const record of page.records) {
    const { created_at = 0, user_id, action, entity_type, entity_id, description } = columnsOf(record) ?? {};
    const time = new Date(created_at * 1000).toISOString().replace('.000', '');
    const cells = [time, user_id, action, `${entity_type ?? ''} ${entity_id ?? ''}`.trim(), description];
    await printLine(cells.map((cell) => printable(cell ?? '')).join('  '));
  }
  const total = `${page.totalIsExact ? '' : 'more than '}${formatNumber(page.total)}`;
  if (page.records.length < page.total)
    printError(`${formatNumber(page.records.length)} of ${total} records are shown.`);
  return Exit.done;
}

/** @throws Failure `usage` for a time that is none */
export function filterOf({ value }: Pick<Arguments, 'value'>): AuditFilter {
  const [from, to] = [parseNow(value('from')), parseNow(value('to'))];
  return {
    user: value('user'),
    action: value('action'),
    entityType: value('entity-type'),
    entityId: value('entity-id'),
    from: from === undefined ? undefined : Math.ceil(from / 1000),
    to: to === undefined ? undefined : Math.floor(to / 1000),
    text: value('text'),
  };
}

function numberOf(
  name: string,
  text: string | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new Failure('usage', { detail: `--${name} must be a whole number from ${min} to ${max}.` });
}
