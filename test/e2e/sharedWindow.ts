import { OpenVscode, type FreshOptions } from './openVscode.ts';

/** The window of this process: the files of tests that a worker runs one after the other use the same one. */
let open: OpenVscode | undefined;

/**
 * The one window that all tests of a process share, brought to these files and to how it was opened. A failed test throws
 * it away. What needs another environment, Restricted Mode or reloads, and what is accepted on
 * this machine, opens an `OpenVscode` of its own.
 */
export const SharedWindow = {
  async fresh(options: FreshOptions = {}): Promise<OpenVscode> {
    if (open?.hasFailed === true) await throwAway();
    open ??= await OpenVscode.open();
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
