import type { Entry } from '../../../src/files/entry.ts';

/** Something that takes entries: a logger with its documented fast settings, or what it is compared with. */
export interface Contender {
  readonly take: (entry: Entry) => void;
  /** Resolves when it takes more, where it said that its queue is full; undefined where it takes more now. */
  readonly pause?: () => Promise<unknown> | undefined;
  /** Resolves when everything is in the files and they are closed. */
  readonly end: () => Promise<void>;
  /** What it says that it dropped. */
  readonly dropped?: () => number;
}

/** @param folder where it may write; it holds a workspace with a policy already */
export type OpenContender = (folder: string) => Promise<Contender> | Contender;
