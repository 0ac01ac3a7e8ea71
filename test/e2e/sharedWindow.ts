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
    if (open !== undefined) {
      try {
        await open.refill(options);
        return open;
      } catch (error) {
        // What cannot be brought back is of no use to any test.
        console.log(`A window could not be used again, so another one is opened: ${String(error)}`);
        console.log(`It shows ${await open.page.shown().catch(String)}`);
        await throwAway();
      }
    }
    open = await OpenVscode.open();
    await open.refill(options);
    return open;
  },
};

async function throwAway(): Promise<void> {
  const thrown = open;
  open = undefined;
  await thrown?.close();
}
