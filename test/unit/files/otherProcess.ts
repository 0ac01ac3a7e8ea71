import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { APPEND_LOCK } from '../../../src/files/folderLock.ts';

export type Mode = 'shared' | 'exclusive' | 'hold' | 'hold-and-move';

/** Another process that wants the lock. */
export class Holder {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;

  constructor(folder: string, mode: Mode, patience = 10_000) {
    const script = join(import.meta.dirname, 'lockHolder.ts');
    this.#child = spawn(process.execPath, [script, folder, APPEND_LOCK, mode, String(patience)]);
    this.#lines = createInterface(this.#child.stdout);
  }

  /** The next line that it prints. */
  async says(): Promise<string> {
    const [line] = (await once(this.#lines, 'line')) as [string];
    return line;
  }

  async release(): Promise<void> {
    this.#child.stdin.end();
    assert.equal(await this.says(), 'released');
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
