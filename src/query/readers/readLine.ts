import type { QueriedEntry, UniversalValues } from '../language/predicate.ts';

/** How a line is written. `text` is any other line. */
export type Format =
  /** Our own API log, and the records of our audit trail. */
  | 'api'
  | 'audit'
  /** Open WebUI's `audit.log`. */
  | 'openwebui'
  | 'pino'
  | 'bunyan'
  | 'winston'
  /** Any other JSON object. */
  | 'json'
  /** Docker's `json-file` driver, and the Container Runtime Interface of Kubernetes: a line of a program, wrapped. */
  | 'docker'
  | 'cri'
  /** NCSA access logs, as nginx and Apache write them. */
  | 'combined'
  | 'common'
  | 'nginx-error'
  | 'logfmt'
  | 'syslog5424'
  | 'syslog3164'
  | 'python'
  | 'loguru'
  | 'logback'
  /** The logs in session archives. */
  | 'session'
  | 'text';

export type Mark =
  /** A piece of a JSON line; `fields` is empty. */
  | 'torn'
  /** The line does not name its zone. */
  | 'zone-assumed'
  /** The line does not name its year (logback: its day); it was chosen by the file's modification time. */
  | 'year-assumed'
  /** The entry has no time: it got that of the entry before it, or the file's modification time. */
  | 'time-assumed'
  /** The line was longer than `LONGEST_LINE`, or the entry than `LONGEST_ENTRY` or `MOST_LINES`; the rest is missing, or follows as another entry. */
  | 'cut';

/** An entry as it was read. `universal` always has `time`, `file` and `format`. */
export interface ReadLine extends QueriedEntry {
  readonly format: Format;
  readonly marks: readonly Mark[];
}

/** What a line says, before its time is completed by what the file says. */
export interface Line {
  readonly format: Format;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly universal: UniversalValues;
  readonly time: WrittenTime | undefined;
}

/** A time as it is written. */
export interface WrittenTime {
  /** ms since 1970, as if the zone were UTC where it is missing, and the year 2000 where that is missing. */
  readonly time: number;
  readonly lacks: { readonly zone: boolean; readonly year: boolean; readonly day: boolean };
  /** Where it begins and ends in its text. */
  readonly from: number;
  readonly to: number;
}
