/** Whether a known password opens an archive; `none` if it needs no password, `unknown` until one was tried. */
export type LockState = 'unknown' | 'locked' | 'open' | 'none';

/** A file inside an archive, as the central directory lists it. */
export interface ArchiveMember {
  readonly name: string;
  readonly bytes: number;
  readonly encrypted: boolean;
}
