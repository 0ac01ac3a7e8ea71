import type { Environment } from '../base/job.ts';
import type { Exit } from './exit.ts';

/** An option of a verb: with a value, with several, or none. */
export type OptionKind = 'flag' | 'value' | 'values';

export interface Verb {
  /** Options beside `--workspace` and `--json`, which every verb has. */
  readonly options: Readonly<Record<string, OptionKind>>;
  /** How many words without a dash it takes. */
  readonly positionals: { readonly min: number; readonly max: number };
  readonly run: (words: Call) => Promise<Exit>;
}

/** A verb as it is called: what was said, and the environment variables of the process. */
export interface Call extends Arguments {
  readonly environment: Environment;
}

export interface Arguments {
  readonly root: string;
  readonly json: boolean;
  readonly positionals: readonly string[];
  readonly flag: (name: string) => boolean;
  readonly value: (name: string) => string | undefined;
  readonly values: (name: string) => readonly string[];
}
