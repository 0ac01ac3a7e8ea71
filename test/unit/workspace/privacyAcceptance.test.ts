import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { policySchema, type Policy } from '../../../src/policy/policy.ts';
import {
  acceptPrivacy,
  acceptPrivacyKeys,
  privacyAcceptanceOf,
} from '../../../src/workspace/privacyAcceptance.ts';
import { openStateFolder, stateBase, type StateFolder } from '../../../src/workspace/stateFolder.ts';
import { freshFolders } from '../freshFolders.ts';

const policyWith = (forwarding: object): Policy => policySchema.parse({ version: 1, forwarding });
const content = policyWith({ usage: true, redactContent: false });

describe('privacyAcceptanceOf', () => {
  const folders = freshFolders();
  let state: StateFolder;
  beforeEach(() => {
    state = openStateFolder(folders.root, 'a', stateBase(folders.environment));
  });
  const pendingKeys = (policy: Policy): readonly string[] => {
    const acceptance = privacyAcceptanceOf(policy, state);
    return acceptance.kind === 'pending' ? acceptance.keys : [];
  };

  it('accepts a policy that sends nothing', () => {
    assert.deepEqual(pendingKeys(policyWith({ redactContent: false, userHash: 'sha256' })), []);
  });

  it('waits for each kind and each weaker key of a policy from elsewhere, the first one too', () => {
    assert.deepEqual(pendingKeys(content), ['forwarding.usage', 'forwarding.redactContent']);
    acceptPrivacy(policyWith({ usage: true }), state);
    assert.deepEqual(pendingKeys(policyWith({ usage: true })), []);
    assert.deepEqual(pendingKeys(content), ['forwarding.redactContent']);
    assert.deepEqual(pendingKeys(policyWith({ entries: true, usage: true })), ['forwarding.entries']);
  });

  it('accepts what was accepted, and what is stricter', () => {
    acceptPrivacy(content, state);
    assert.deepEqual(pendingKeys(content), []);
    assert.deepEqual(pendingKeys(policyWith({ usage: true })), []);
    acceptPrivacy(policyWith({ usage: true }), state);
    assert.deepEqual(pendingKeys(content), ['forwarding.redactContent']);
  });

  it('accepts the keys that were edited here, and no others', () => {
    acceptPrivacyKeys(content, ['retention.hold'], state);
    assert.deepEqual(pendingKeys(content), ['forwarding.usage', 'forwarding.redactContent']);
    acceptPrivacyKeys(content, ['forwarding.usage'], state);
    assert.deepEqual(pendingKeys(content), ['forwarding.redactContent']);
    acceptPrivacyKeys(content, ['forwarding'], state);
    assert.deepEqual(pendingKeys(content), []);
  });

  it('does not believe a record that was changed by hand', () => {
    acceptPrivacy(policyWith({ usage: true }), state);
    const path = join(state.path, 'accepted-privacy.json');
    const changed = readFileSync(path, 'utf8').replace(
      '"forwarding.redactContent":true',
      '"forwarding.redactContent":false',
    );
    writeFileSync(path, changed);
    assert.deepEqual(pendingKeys(content), ['forwarding.usage', 'forwarding.redactContent']);
  });
});
