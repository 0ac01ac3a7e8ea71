import type { Trail } from '../../../../src/audit/trail.ts';
import type { TrailReport } from '../../../../src/audit/outputs/outputs.ts';
import type { NewEntry } from '../../../../src/audit/record.ts';

type Output = Readonly<Record<string, unknown>>;

/** A trail that keeps what it is given. */
export interface KeptTrail extends Trail {
  /** Each group of records that it was given, also those that it refused. */
  readonly groups: readonly (readonly Output[])[];
  /** The records that it took. */
  readonly records: readonly Output[];
  readonly ended: readonly string[];
  /** Decides about each group; called before it is taken. */
  onAppend: (report: (report: TrailReport) => void) => Promise<void> | void;
}

export function keptTrail(): KeptTrail {
  const groups: Output[][] = [];
  const records: Output[] = [];
  const ended: string[] = [];
  const trail = {
    groups,
    records,
    ended,
    onAppend: (): Promise<void> | void => undefined,
    async run(
      name: string,
      { entries = [] }: { readonly entries?: readonly NewEntry[] },
      { onReport = () => undefined }: { readonly onReport?: (report: TrailReport) => void } = {},
    ) {
      if (name !== 'appendToTrail') {
        ended.push(name);
        return undefined;
      }
      const group = entries.map(({ entry }) => JSON.parse(entry) as Output);
      groups.push(group);
      await (trail.onAppend as KeptTrail['onAppend'])(onReport);
      records.push(...group);
      return entries.map(() => 'appended');
    },
    dispose: () => void ended.push('dispose'),
  };
  return trail as unknown as KeptTrail;
}
