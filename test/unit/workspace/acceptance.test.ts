import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  accept,
  acceptedRules,
  acceptKeys,
  acceptanceOf,
  type AtStake,
} from '../../../src/workspace/acceptance.ts';
import { openStateFolder, stateBase, type StateFolder } from '../../../src/workspace/stateFolder.ts';
import { policySchema, type Policy } from '../../../src/policy/policy.ts';
import { freshFolders } from '../freshFolders.ts';

function policy(retention: object = {}, others: object = {}): Policy {
  return policySchema.parse({ version: 1, retention, ...others });
}

const defaults = policy();
const harsh = policy({ maxAge: { days: 1 } });
const mild = policy({ maxAge: { months: 12 } });

const stake = (hasFiles: boolean): AtStake => ({ logs: () => hasFiles, sessions: () => hasFiles });

describe('judge', () => {
  const folders = freshFolders();
  let state: StateFolder;
  beforeEach(() => {
    state = openStateFolder(folders.root, 'a', stateBase(folders.environment));
  });
  const pendingKeys = (judged: Policy, hasFiles = true, chosen: string[] = []): readonly string[] => {
    const acceptance = acceptanceOf(judged, state, stake(hasFiles), chosen);
    return acceptance.kind === 'pending' ? acceptance.keys : [];
  };

  const firstSeen: [what: string, seen: Policy, hasFiles: boolean, keys: string[]][] = [
    ['the defaults', defaults, true, []],
    ['a milder one', mild, true, []],
    ['a harsher one where there is nothing to lose', harsh, false, []],
    ['a harsher one where there are files', harsh, true, ['retention.maxAge']],
    [
      'one that deletes other programs’ logs',
      policy({ alsoFamilies: ['*'] }),
      true,
      ['retention.alsoFamilies'],
    ],
    ['one with a smaller cap', policy({ maxFolderMB: 1023 }), true, ['retention.maxFolderMB']],
    [
      'one with other session rules',
      policy({}, { sessions: { dir: 'elsewhere', retentionDays: 1 } }),
      true,
      ['sessions.dir', 'sessions.retentionDays'],
    ],
    [
      'one that forgets the trail',
      policy({}, { audit: { maxAge: { months: 120 } } }),
      true,
      ['audit.maxAge'],
    ],
  ];
  for (const [what, seen, hasFiles, keys] of firstSeen)
    it(`the first policy seen, ${what}: ${keys.length === 0 ? 'accepted' : 'pending'}`, () => {
      assert.deepEqual(pendingKeys(seen, hasFiles), keys);
    });

  describe('the first policy seen, where only some of it can be lost', () => {
    const harshToBoth = policy({ maxAge: { days: 1 } }, { sessions: { retentionDays: 1 } });
    const keysWith = (atStake: AtStake): readonly string[] => {
      const acceptance = acceptanceOf(harshToBoth, state, atStake);
      return acceptance.kind === 'pending' ? acceptance.keys : [];
    };
    const [yes, no] = [() => true, () => false];

    it('waits for what concerns it', () => {
      assert.deepEqual(keysWith({ logs: no, sessions: yes }), ['sessions.retentionDays']);
      assert.deepEqual(keysWith({ logs: yes, sessions: no }), ['retention.maxAge']);
      assert.deepEqual(keysWith({ logs: no, sessions: no }), []);
    });

    it('does not look for what it does not need', () => {
      const never = (): boolean => assert.fail('looked');
      assert.equal(acceptanceOf(defaults, state, { logs: never, sessions: never }).kind, 'accepted');
      assert.equal(acceptanceOf(harsh, state, { logs: no, sessions: never }).kind, 'accepted');
      accept(mild, state);
      assert.equal(acceptanceOf(harsh, state, { logs: never, sessions: never }).kind, 'pending');
    });
  });

  const later: [accepted: Policy, now: Policy, keys: string[]][] = [
    [harsh, harsh, []],
    [harsh, policy({ maxAge: { days: 2 } }), []],
    [mild, defaults, ['retention.maxAge']],
    [defaults, harsh, ['retention.maxAge']],
    [policy({ hold: true }), defaults, ['retention.hold']],
    [policy({ alsoFamilies: ['a'] }), policy({ alsoFamilies: ['a', 'b'] }), ['retention.alsoFamilies']],
  ];
  for (const [before, now, keys] of later)
    it(`after ${JSON.stringify(before.retention)}, ${JSON.stringify(now.retention)}: ${keys.length === 0 ? 'accepted' : 'pending'}`, () => {
      accept(before, state);
      assert.deepEqual(pendingKeys(now), keys);
      // Once something was accepted, an empty folder changes nothing about it.
      assert.deepEqual(pendingKeys(now, false), keys);
      accept(now, state);
      assert.deepEqual(pendingKeys(now), []);
    });

  it('a change of the workspace id by a pull does not forget what was accepted', () => {
    accept(policy({ hold: true, maxAge: { months: 12 } }), state);
    state = openStateFolder(folders.root, 'renamed', stateBase(folders.environment));
    assert.deepEqual(pendingKeys(defaults, false), ['retention.maxAge', 'retention.hold']);
  });

  it('keys that a person is choosing need no acceptance, others do', () => {
    const both = policy({ maxAge: { days: 1 }, maxFolderMB: 1 });
    assert.deepEqual(pendingKeys(both, true, ['retention.maxAge']), ['retention.maxFolderMB']);
    assert.deepEqual(pendingKeys(both, true, ['retention.maxAge.days', 'retention.maxFolderMB']), []);
    assert.deepEqual(pendingKeys(both, true, ['retention']), []);
    assert.deepEqual(pendingKeys(both, true, ['rotation.maxFileMB', 'retention.max']), [
      'retention.maxAge',
      'retention.maxFolderMB',
    ]);
    assert.equal(acceptedRules(state), undefined, 'choosing is not yet accepting');
  });

  const tampered: [what: string, change: (record: string) => string][] = [
    ['other rules under the old hash', (record) => record.replace('"months":12', '"days":1')],
    ['another hash', (record) => record.replace(/"hash":"./, '"hash":"x')],
    ['a key more', (record) => record.replace('{', '{"more":1,')],
    ['no JSON', () => '{'],
    ['nothing', () => ''],
    ['a number', () => '7'],
  ];
  for (const [what, change] of tampered)
    it(`a record with ${what} counts as none`, () => {
      accept(mild, state);
      const path = join(state.path, 'accepted.json');
      writeFileSync(path, change(readFileSync(path, 'utf8')));
      assert.equal(acceptedRules(state), undefined);
      assert.deepEqual(pendingKeys(harsh), ['retention.maxAge']);
    });
});

describe('acceptKeys', () => {
  const folders = freshFolders();
  let state: StateFolder;
  beforeEach(() => {
    state = openStateFolder(folders.root, 'a', stateBase(folders.environment));
  });
  const pulled = policy({ maxAge: { days: 1 }, maxFolderMB: 5 });

  const edits: [keys: string[], stillPending: string[]][] = [
    [['rotation.keepPlain'], ['retention.maxAge', 'retention.maxFolderMB']],
    [['retention.maxFolderMB'], ['retention.maxAge']],
    [['retention.maxAge'], ['retention.maxFolderMB']],
    [['retention.maxAge.days'], ['retention.maxFolderMB']],
    [['retention'], []],
    [['retention.maxAge', 'retention.maxFolderMB'], []],
  ];
  for (const [keys, stillPending] of edits)
    it(`an edit of ${keys.join(' and ')} leaves waiting: ${stillPending.join(' and ') || 'nothing'}`, () => {
      accept(defaults, state);
      acceptKeys(pulled, keys, state);
      const acceptance = acceptanceOf(pulled, state, stake(true));
      assert.deepEqual(acceptance.kind === 'pending' ? acceptance.keys : [], stillPending);
    });

  it('counts from the defaults where nothing was accepted before', () => {
    acceptKeys(pulled, ['retention.maxFolderMB'], state);
    const acceptance = acceptanceOf(pulled, state, stake(true));
    assert.deepEqual(acceptance.kind === 'pending' ? acceptance.keys : [], ['retention.maxAge']);
  });
});

describe('accept', () => {
  const folders = freshFolders();
  it('returns the same hash for the same rules, and another for others', () => {
    const state = openStateFolder(folders.root, 'a', stateBase(folders.environment));
    const hash = accept(defaults, state);
    assert.match(hash, /^[0-9a-f]{64}$/);
    assert.equal(accept(policy({}, { rotation: { keepPlain: 1 } }), state), hash);
    assert.notEqual(accept(harsh, state), hash);
  });
});
