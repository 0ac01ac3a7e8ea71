import { trailJobs } from '../../src/audit/trail.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import { Failure } from '../../src/base/failure.ts';
import type { DeedRecord, Recording } from '../../src/workspace/deeds.ts';
import type { AppContext } from '../../src/workspace/workspace.ts';
import type { FreshFolders } from './freshFolders.ts';

/** For a use case whose records do not matter to the test. */
export const unrecorded: Pick<Recording, 'door' | 'trail'> = {
  door: undefined,
  trail: { append: () => Promise.reject(new Failure('unexpected', { detail: 'recorded in vain' })) },
};

/** A context whose trail keeps the records; `before` sees each one before it is kept, and may refuse it. */
export function recordingContext(
  { environment }: Pick<FreshFolders, 'environment'>,
  before: (record: DeedRecord) => void = () => undefined,
): { readonly context: AppContext; readonly records: DeedRecord[] } {
  const records: DeedRecord[] = [];
  const { signal } = new AbortController();
  return {
    records,
    context: {
      signal,
      report: () => undefined,
      environment,
      door: 'vscode',
      trail: {
        append(_root, record) {
          return Promise.resolve().then(() => {
            before(record);
            records.push(record);
            return `id-${String(records.length)}`;
          });
        },
      },
    },
  };
}

/** The records of a workspace's trail, the oldest first. */
export async function recordsIn({ root, environment }: FreshFolders): Promise<readonly AuditRecord[]> {
  const context = { signal: new AbortController().signal, report: () => undefined, environment };
  const { records } = await trailJobs.queryTrail(
    { root, filter: {}, limit: 1000 },
    { ...context, door: 'cli' },
  );
  return records.toReversed();
}
