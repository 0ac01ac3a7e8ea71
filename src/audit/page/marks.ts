/** What the edge of a row shows. */
export type Mark = 'deletion' | 'failure';

const failed = /_(?:failed|denied)$/;
const deleted = /_(?:deleted|trashed|expired|pruned|forgotten|removed_outside)$/;
const FIRST_ERROR_STATUS = 400;

/** Whether an action is a deletion or a failure by its name. */
export function markOfAction(action: string): Mark | undefined {
  if (failed.test(action)) return 'failure';
  return deleted.test(action) ? 'deletion' : undefined;
}

/** The same for a record, whose deed or request may have failed. */
export function markOf(action: string, metadata: unknown, status: unknown): Mark | undefined {
  const isFailed = typeof metadata === 'object' && metadata !== null && 'failed' in metadata;
  const isError = typeof status === 'number' && status >= FIRST_ERROR_STATUS;
  return isFailed || isError ? 'failure' : markOfAction(action);
}
