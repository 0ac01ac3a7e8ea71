import type { DatabaseSync } from 'node:sqlite';
import type { GroupName, TimeRange, ValueCount } from './pageData.ts';
import type { IndexCounts } from './summaries.ts';
import type { TimeAxis } from './timeAxis.ts';

/** Each has an index that holds `created_at`, too, so no record is read. */
const columns: Readonly<Record<GroupName, string>> = {
  action: 'action',
  user: 'user_id',
  kind: 'entity_type',
};

/** Counts in the indexes of the trail's SQLite file. */
export function indexCounts(database: DatabaseSync): IndexCounts {
  return {
    span() {
      const sql = `SELECT created_at AS time FROM record INDEXED BY idx_audit_created
        ORDER BY created_at DIRECTION LIMIT 1`;
      const at = (direction: string): number | undefined =>
        (database.prepare(sql.replace('DIRECTION', direction)).get() as { time: number } | undefined)?.time;
      const [from, to] = [at('ASC'), at('DESC')];
      return from === undefined || to === undefined ? undefined : { from, to };
    },
    byValue(group, range) {
      const column = columns[group];
      const { where, values } = within(range);
      // The plus sign keeps SQLite from the index of the times, which lacks the column.
      const sql = `SELECT ${column} AS value, count(*) AS count FROM record
        ${where.replaceAll('created_at', '+created_at')} GROUP BY ${column}`;
      return database.prepare(sql).all(...values) as unknown as ValueCount[];
    },
    byBar({ start, step, bars }: TimeAxis, range, actions) {
      const { where, values } = within({
        from: Math.max(start, range.from ?? start),
        to: Math.min(start + bars * step - 1, range.to ?? Number.MAX_SAFE_INTEGER),
      });
      const ofActions = actions === undefined ? '' : `AND action IN (${actions.map(() => '?').join(', ')})`;
      const index = actions === undefined ? 'idx_audit_created' : 'idx_audit_action';
      // Numbers are bound as floating point, so the division has a fraction.
      const sql = `SELECT CAST((created_at - ?) / ? AS INTEGER) AS bar, count(*) AS count FROM record INDEXED BY ${index}
        ${where} ${ofActions} GROUP BY bar`;
      const found = database.prepare(sql).all(start, step, ...values, ...(actions ?? [])) as {
        bar: number;
        count: number;
      }[];
      const totals = new Array<number>(bars).fill(0);
      for (const { bar, count } of found) totals[bar] = count;
      return totals;
    },
  };
}

function within({ from, to }: TimeRange): { readonly where: string; readonly values: number[] } {
  const parts = [
    ...(from === undefined ? [] : [{ sql: 'created_at >= ?', value: from }]),
    ...(to === undefined ? [] : [{ sql: 'created_at <= ?', value: to }]),
  ];
  return {
    where: parts.length === 0 ? '' : `WHERE ${parts.map(({ sql }) => sql).join(' AND ')}`,
    values: parts.map(({ value }) => value),
  };
}
