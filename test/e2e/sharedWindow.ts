import { OpenVscode, type FreshOptions } from './openVscode.ts';

/** The window of this process: the files of tests that a worker runs one after the other use the same one. */
let open: OpenVscode | undefined;

/**
 * The one window that all tests of a process share, reset to these files and to its first state. A failed test closes
 * it. Tests that need another environment, Restricted Mode or reloads, or that accept a policy on this machine, open an
 * `OpenVscode` of their own.
 */
export const SharedWindow = {
  async fresh(options: FreshOptions = {}): Promise<OpenVscode> {
    if (open?.hasFailed === true) await throwAway();
    if (open !== undefined) {
      try {
        await open.refill(options);
        return open;
      } catch (error) {
        // A window that cannot be reset is of no use to any test.
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
