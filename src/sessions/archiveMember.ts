/** Whether a known password opens an archive; `none` where it needs none, `unknown` until somebody has tried. */
export type LockState = 'unknown' | 'locked' | 'open' | 'none';

/** A file inside an archive, as its central directory tells. */
export interface ArchiveMember {
  readonly name: string;
  readonly bytes: number;
  readonly encrypted: boolean;
}
