import type { Entry } from '../../../src/files/entry.ts';

/** A logger with its documented fast settings, or a baseline to compare it with. */
export interface Contender {
  readonly take: (entry: Entry) => void;
  /** Resolves when it accepts more entries after it has reported a full queue; undefined if it accepts more now. */
  readonly pause?: () => Promise<unknown> | undefined;
  /** Resolves when everything is in the files and they are closed. */
  readonly end: () => Promise<void>;
  /** The number of entries that it reports as dropped. */
  readonly dropped?: () => number;
}

/** @param folder the folder for its files; it holds a workspace with a policy already */
export type OpenContender = (folder: string) => Promise<Contender> | Contender;
