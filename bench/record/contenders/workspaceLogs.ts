import { loadLibrary } from '../builtLibrary.ts';
import type { Contender } from './contender.ts';

/** A caller that watches `queuedBytes` waits at this size, half of the queue's limit. */
const HIGH_WATER_BYTES = 4 * 1_048_576;

/** This product with filter, masking and rotation on, as in the policy in `folder`. */
export async function openWorkspaceLogs(folder: string): Promise<Contender> {
  const { createRecorder } = await loadLibrary();
  const recorder = await createRecorder({ workspace: folder, acceptPolicy: true });
  return {
    take: (entry) => {
      recorder.record(entry);
    },
    pause: () => (recorder.queuedBytes > HIGH_WATER_BYTES ? recorder.flush() : undefined),
    end: () => recorder.close(),
    dropped: () => {
      const { dropped, filtered } = recorder.stats();
      return dropped + filtered;
    },
  };
}
