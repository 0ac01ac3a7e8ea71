/**
 * The functions for zip archives that maintenance needs. `src/archive/` provides them, so maintenance need not know it.
 */
export interface Archives {
  /**
   * Zips `source` into a new file `target` and syncs it.
   * @returns the size and the CRC-32 of the source, and the SHA-256 of the zip in hexadecimal
   */
  write(
    source: string,
    target: string,
    options: ArchiveOptions,
  ): Promise<Content & { readonly sha256: string }>;
  /** Size, CRC-32 and comment of the log inside; undefined unless there is exactly one. */
  inspect(path: string): Promise<(Content & { readonly comment: string }) | undefined>;
  /** Reads an archive to its end; throws unless it holds this content. */
  verify(path: string, content: Content): Promise<void>;
  /** Whether an archive's log is byte for byte the file at `source`. */
  holds(path: string, source: string): Promise<boolean>;
}

interface Content {
  readonly bytes: number;
  readonly crc32: number;
}

interface ArchiveOptions {
  readonly name: string;
  readonly comment: string;
  /** ms since 1970 */
  readonly modified: number;
  readonly bytes: number;
  readonly signal?: AbortSignal | undefined;
}
