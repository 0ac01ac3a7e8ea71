import { randomBytes } from 'node:crypto';
import { OpenVscode, type FreshOptions } from './openVscode.ts';

/** What a server's programs take from their environment, and the extension does not: nobody could see where from. */
export const NOT_FOR_VSCODE = {
  SESSION_LOG_DIR: 'elsewhere',
  SESSION_LOG_ZIP_PASSWORD: randomBytes(12).toString('hex'),
};

/** The window of this process: the files of tests that a worker runs one after the other use the same one. */
let open: OpenVscode | undefined;

/**
 * The one window that all tests of a process share, brought to these files and to how it was opened. A failed test throws
 * it away. What needs another environment or Restricted Mode opens an `OpenVscode` of its own.
 */
export const SharedWindow = {
  async fresh(options: FreshOptions = {}): Promise<OpenVscode> {
    if (open?.hasFailed === true) await throwAway();
    open ??= await OpenVscode.open({ keepsSecrets: true, environment: NOT_FOR_VSCODE });
    try {
      await open.refill(options);
    } catch (error) {
      // What cannot be brought back is of no use to the next test.
      await throwAway();
      throw error;
    }
    return open;
  },
};

async function throwAway(): Promise<void> {
  const thrown = open;
  open = undefined;
  await thrown?.close();
}
