import type { ActionRegistry } from '../audit/actions.ts';
import type { Manifest } from '../audit/export/manifest.ts';
import type { ExportFormat } from '../audit/exportFormats.ts';
import type { Proof } from '../audit/proof.ts';
import type { AuditPage } from '../audit/query.ts';
import type { AuditRecord } from '../audit/record.ts';
import type { AuditPerson } from '../audit/roles.ts';
import type { AuditFilter, StoreChoice } from '../audit/store.ts';
import type { Verification } from '../audit/verify.ts';

export interface AuditOptions {
  /** The folder of the workspace. */
  readonly workspace: string;
  /**
   * Where the records are kept: in `logs/audit.db`, or in a PostgreSQL database (`{postgres: {env: NAME}}`,
   * `{postgres: {file: PATH}}`, `{postgres: {connectionString}}`), for which the package `pg` has to be installed. Without
   * it the variables `WORKSPACE_LOGS_AUDIT_DATABASE` and `WORKSPACE_LOGS_AUDIT_DATABASE_FILE` decide, else `sqlite`.
   */
  readonly store?: StoreChoice | undefined;
  /** The backend's own actions with their categories. */
  readonly actions?: ActionRegistry | undefined;
  /** Secrets that are masked wherever they stand. */
  readonly knownSecrets?: readonly string[] | undefined;
}

/** Which records, and which page of them. */
export interface AuditQueryOptions extends Omit<AuditFilter, 'actions'> {
  /** 1 to 1,000; 50 by default. */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  /** The `cursor` of the page before. */
  readonly cursor?: string | undefined;
}

export interface AuditVerifyOptions {
  /** Checks the store's indexes, too. */
  readonly indexes?: boolean | undefined;
  /** A note that was kept elsewhere: the trail must only have grown since. */
  readonly since?: string | undefined;
  /** Verifier keys that count beside this person's own. */
  readonly trusted?: readonly string[] | undefined;
}

/** An export as pieces of text. It is read once. */
export interface AuditExport extends AsyncIterable<string> {
  /**
   * What belongs beside the text: filter, count, range, SHA-256, a checkpoint and a verification of the trail.
   * @throws TypeError before the text was read to its end
   */
  manifest(): Promise<Manifest>;
}

/** The trail as one person may use it. Each call that the role forbids rejects with `audit-denied`, and is recorded. */
export interface AuditView {
  /**
   * Resolves with the record's id once it is synced. The same record with the same id counts once.
   * @throws Failure `audit-invalid`, `audit-conflict`, `not-managed`, those of the store
   */
  append(record: AuditRecord): Promise<string>;
  /** @throws Failure `cursor-invalid` */
  query(options?: AuditQueryOptions): Promise<AuditPage>;
  verify(options?: AuditVerifyOptions): Promise<Verification>;
  /** @throws Failure `audit-no-record` */
  prove(id: string, options?: { readonly since?: string | undefined }): Promise<Proof>;
  /** The records that fit, in the order of the trail. */
  export(format: ExportFormat, filter?: Omit<AuditFilter, 'actions'>): AuditExport;
  /** Another name of `append`. */
  createLog(record: AuditRecord): Promise<string>;
  /** Another name of `query`. */
  getLogs(options?: AuditQueryOptions): Promise<AuditPage>;
}

export interface Audit extends AuditView {
  /** The trail as a person of the backend may use it. */
  as(person: AuditPerson): AuditView;
  /** Writes what waits, signs a checkpoint, and closes the trail. */
  close(): Promise<void>;
}
