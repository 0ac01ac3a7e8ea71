import { fdatasync, fdatasyncSync, write, writeSync } from 'node:fs';

/** The two calls of an append that a disk can refuse, apart so that tests can refuse them at a chosen byte. */
export interface AppendPort {
  /** Writes once, at the end of the file. @returns how many bytes were taken, which a full disk makes fewer */
  write(descriptor: number, bytes: Uint8Array): Promise<number>;
  /** Makes what was written survive a power loss. */
  sync(descriptor: number): Promise<void>;
  /** The same two for a process that is about to end and waits for nothing. */
  writeNow(descriptor: number, bytes: Uint8Array): number;
  syncNow(descriptor: number): void;
}

export const systemAppendPort: AppendPort = {
  write: (descriptor, bytes) =>
    new Promise((resolve, reject) => {
      write(descriptor, bytes, 0, bytes.length, null, (error, written) => {
        if (error === null) resolve(written);
        else reject(error);
      });
    }),
  sync: (descriptor) =>
    new Promise((resolve, reject) => {
      fdatasync(descriptor, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    }),
  writeNow: (descriptor, bytes) => writeSync(descriptor, bytes, 0, bytes.length, null),
  syncNow: fdatasyncSync,
};
