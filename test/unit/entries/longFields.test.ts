import assert from 'node:assert/strict';
import { createIntake, TAKEN } from '../../../src/entries/line.ts';
import { LineBuffer } from '../../../src/masking/lineBuffer.ts';
import { createMasker } from '../../../src/masking/masker.ts';
import { defaultPolicy } from '../../../src/policy/policy.ts';

const LIMIT = 8192;
const secret = 'velvet orbit cactus lantern mosaic';

/** The user that the line of an entry tells. */
function recordedUser(user: string): string {
  const masker = createMasker({ knownSecrets: [secret] });
  const intake = createIntake({ recording: defaultPolicy.recording, workspaceId: 'w1', masker });
  const out = new LineBuffer(16);
  assert.equal(intake.append({ method: 'GET', path: '/a', status: 200, user }, 0, out), TAKEN);
  out.finish();
  return (JSON.parse(Buffer.from(out.take()).toString()) as { user: string }).user;
}

describe('a text that is cut', () => {
  for (const before of [0, 1, 10, secret.length - 1, secret.length])
    it(`shows nothing of a secret of which ${String(before)} characters lie before the cut`, () => {
      const start = 'x'.repeat(LIMIT - before);
      assert.equal(recordedUser(`${start}${secret} and more`), `${start}******** and more`.slice(0, LIMIT));
    });
});
