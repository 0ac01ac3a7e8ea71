import type { ExportFormat } from '../exportFormats.ts';
import type { AuditFilter } from '../store.ts';
import type { Verification } from '../verify.ts';

export interface ExportRequest {
  readonly root: string;
  readonly format: ExportFormat;
  readonly filter: AuditFilter;
  /** Who exports, where that is not the person of this process. */
  readonly user?: string | undefined;
}

/** What an export holds. */
export interface Exported {
  /** How many records fit. */
  readonly count: number;
  /** The numbers in the trail, from 0, of the first and the last of them; null for none. */
  readonly range: { readonly first: number; readonly last: number } | null;
  /** How many records the trail had when the export began. */
  readonly records: number;
  /** Of the whole text in UTF-8; with it, a reader of the file sees whether it is whole. */
  readonly bytes: number;
  /** The SHA-256 of those bytes, in hexadecimal. */
  readonly sha256: string;
}

/** What lies beside an export: what was asked for, what it holds, and how the trail was found. */
export interface Manifest extends Exported {
  readonly format: ExportFormat;
  /** What the records fit; times in seconds since 1970. */
  readonly filter: AuditFilter;
  /** The signed note of all records; null where it cannot be signed. */
  readonly checkpoint: string | null;
  /** Of the whole trail, after the export. */
  readonly verification: Verification;
}
