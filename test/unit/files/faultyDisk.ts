import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemAppendPort, type AppendPort } from '../../../src/files/append.ts';

/** What the disk does with a write: takes all of it, takes so many bytes, or fails with an error's code. */
export type Answer = 'all' | { readonly takes: number } | { readonly fails: string };

/** A real disk that refuses the calls that a test chooses. */
export class FaultyDisk implements AppendPort {
  /** Asked before each write, with the bytes that it is for. */
  onWrite: (bytes: Uint8Array) => Answer | Promise<Answer> = () => 'all';
  /** Asked before each sync; the code of the error that it fails with. */
  onSync: () => string | undefined = () => undefined;
  /** Called after a write, before its writer goes on. */
  afterWrite: (descriptor: number) => void = () => undefined;
  /** The descriptors that were written to and synced, call by call. */
  readonly writes: number[] = [];
  readonly syncs: number[] = [];

  async write(descriptor: number, bytes: Uint8Array): Promise<number> {
    this.writes.push(descriptor);
    const answer = await this.onWrite(bytes);
    if (answer === 'all') {
      const taken = await systemAppendPort.write(descriptor, bytes);
      this.afterWrite(descriptor);
      return taken;
    }
    if ('fails' in answer) throw errorOf(answer.fails, 'write');
    if (answer.takes > 0) writeSync(descriptor, bytes, 0, Math.min(answer.takes, bytes.length));
    this.afterWrite(descriptor);
    return Math.min(answer.takes, bytes.length);
  }

  async sync(descriptor: number): Promise<void> {
    this.syncs.push(descriptor);
    const code = this.onSync();
    if (code !== undefined) throw errorOf(code, 'fdatasync');
    await systemAppendPort.sync(descriptor);
  }

  writeNow(descriptor: number, bytes: Uint8Array): number {
    this.writes.push(descriptor);
    return systemAppendPort.writeNow(descriptor, bytes);
  }

  syncNow(descriptor: number): void {
    this.syncs.push(descriptor);
    systemAppendPort.syncNow(descriptor);
  }
}

function errorOf(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: ${syscall}`), { code, syscall });
}

/** Resolves once `holds` returns true. The test's own time limit ends a wait that never succeeds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(2);
}
