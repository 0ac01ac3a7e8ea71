import type { Failure } from '../base/failure.ts';
import type { TargetStatus } from '../forward/targetStatus.ts';

/** The settings of a target. */
export interface ForwardingTarget {
  readonly type: 'otlp' | 'langfuse' | 'clickhouse' | 'syslog';
  /** https, `syslog+tls` or `syslog+tcp`; http and `syslog+udp` only to this machine. */
  readonly url: string;
  /** What it gets; all of it by default, Langfuse usage alone. */
  readonly kinds?: readonly ('entries' | 'audit' | 'usage')[] | undefined;
  /** Where they stand: in a variable, or in a file that only its owner may read. */
  readonly credentials?: { readonly env: string } | { readonly file: string } | undefined;
  /** A file of certificates in PEM to trust beside those of Node. */
  readonly ca?: string | undefined;
  /** ClickHouse's table; `workspace_logs` by default. */
  readonly table?: string | undefined;
}

export interface ForwardingOptions {
  /** The folder with the policy. */
  readonly workspace: string;
  /** By their names: letters, digits, `_` and `-`. */
  readonly targets: Readonly<Record<string, ForwardingTarget>>;
  /** Is called where nothing can be sent any more; a process warning by default. */
  readonly onFailure?: ((failure: Failure) => void) | undefined;
}

export interface Forwarding {
  /** How far each target is. @throws Failure those of the policy and the logs */
  status(): Promise<readonly TargetStatus[]>;
  /** Stops after the batch that is on its way. */
  close(): Promise<void>;
}
