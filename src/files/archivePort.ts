/** What maintenance needs of zip archives; `src/archive/` provides it, so neither room knows the other. */
export interface Archives {
  /**
   * Zips `source` into a new file `target`, synced.
   * @returns size and CRC-32 of what was read
   */
  write(source: string, target: string, options: ArchiveOptions): Promise<Content>;
  /** Size, CRC-32 and comment of the log inside; undefined where there is not exactly one. */
  inspect(path: string): Promise<(Content & { readonly comment: string }) | undefined>;
  /** Reads an archive to its end; fails unless it holds this content. */
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
