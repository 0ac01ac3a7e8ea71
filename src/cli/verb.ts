import type { Environment } from '../base/job.ts';

/** Exit codes of the command line. */
export const Exit = {
  done: 0,
  /** A finding, or a refusal. */
  refused: 1,
  /** Wrong usage. */
  usage: 2,
  /** The machine failed. */
  failed: 3,
} as const;

export type Exit = (typeof Exit)[keyof typeof Exit];

/** An option of a verb: without a value, with one, or with several. */
export type OptionKind = 'flag' | 'value' | 'values';

export interface Verb {
  /** Options beside `--workspace` and `--json`, which every verb has. */
  readonly options: Readonly<Record<string, OptionKind>>;
  /** How many arguments without a dash the verb takes. */
  readonly positionals: { readonly min: number; readonly max: number };
  readonly run: (words: Call) => Promise<Exit>;
}

/** One call of a verb: its arguments, and the environment variables of the process. */
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
