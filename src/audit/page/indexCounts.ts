import type { DatabaseSync } from 'node:sqlite';
import type { GroupName, TimeRange, ValueCount } from './pageData.ts';
import type { IndexCounts } from './summaries.ts';

/** Each has an index that holds `created_at`, too, so no record is read. */
const columns: Readonly<Record<GroupName, string>> = {
  action: 'action',
  user: 'user_id',
  kind: 'entity_type',
};

/** Counts in the indexes of the trail's SQLite file. */
export function indexCounts(database: DatabaseSync): IndexCounts {
  const counted = 'SELECT count(*) AS count FROM record INDEXED BY';
  const inTime = database.prepare(`${counted} idx_audit_created WHERE created_at BETWEEN ? AND ?`);
  const ofAction = database.prepare(
    `${counted} idx_audit_action WHERE action = ? AND created_at BETWEEN ? AND ?`,
  );
  const numberOf = (row: unknown): number => (row as { count: number }).count;

  return {
    span() {
      const sql = `SELECT created_at AS time FROM record INDEXED BY idx_audit_created
        ORDER BY created_at DIRECTION LIMIT 1`;
      const at = (direction: string): number | undefined =>
        (database.prepare(sql.replace('DIRECTION', direction)).get() as { time: number } | undefined)?.time;
      const [from, to] = [at('ASC'), at('DESC')];
      return from === undefined || to === undefined ? undefined : { from, to };
    },
    actions() {
      // Goes from one action to the next in the index, so its time depends on how many actions there are alone.
      const sql = `WITH RECURSIVE found (action) AS (SELECT min(action) FROM record
        UNION ALL SELECT (SELECT min(action) FROM record WHERE action > found.action) FROM found
        WHERE found.action IS NOT NULL) SELECT action FROM found WHERE action IS NOT NULL`;
      return (database.prepare(sql).all() as { action: string }[]).map(({ action }) => action);
    },
    byValue(group, range) {
      const column = columns[group];
      const { where, values } = within(range);
      // The plus sign keeps SQLite from the index of the times, which lacks the column.
      const sql = `SELECT ${column} AS value, count(*) AS count FROM record
        ${where.replaceAll('created_at', '+created_at')} GROUP BY ${column}`;
      return database.prepare(sql).all(...values) as unknown as ValueCount[];
    },
    between(from, to, action) {
      if (action === undefined) return numberOf(inTime.get(from, to));
      return numberOf(ofAction.get(action, from, to));
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
