import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openNote } from '../../../src/audit/checkpoint.ts';
import { seal } from '../../../src/audit/seal.ts';
import { openSqliteStore } from '../../../src/audit/sqliteStore.ts';
import type { AuditStore } from '../../../src/audit/store.ts';
import { openTrailKeys, type TrailKeys } from '../../../src/audit/trailKeys.ts';
import { freshFolders } from '../freshFolders.ts';
import { entriesOf, entryOf, meanwhile, sealAndRemember, verifyWith } from './sampleTrail.ts';

describe('seal', () => {
  const folders = freshFolders();
  let store: AuditStore;
  let keys: TrailKeys;

  beforeEach(() => {
    keys = openTrailKeys(folders.environment);
    store = openSqliteStore(join(folders.logs, 'audit.db'));
  });
  afterEach(() => {
    store.close();
  });

  it('signs nothing for an empty trail', async () => {
    assert.equal(await seal(store, keys), undefined);
  });

  it('gives the same note again while there is no news', async () => {
    await store.append(entriesOf(0, 300));
    const note = await seal(store, keys);
    assert.equal(await seal(store, keys), note);
    assert.equal(openNote(note ?? '', [])?.checkpoint.size, 300);
  });

  it('gives a note by one’s own key where another person signed the same records', async () => {
    const other = openTrailKeys({ XDG_STATE_HOME: join(folders.state, 'other') });
    await store.append(entriesOf(0, 10));
    const first = await sealAndRemember(store, other);
    assert.notEqual(await sealAndRemember(store, keys), first);
    // The other person signed before.
    assert.equal((await verifyWith(store, keys)).state, 'unknown');
    assert.equal((await verifyWith(store, other)).state, 'sound');
  });

  it('is not disturbed by another process that appends and signs meanwhile', async () => {
    await store.append(entriesOf(0, 10));
    const other = async (): Promise<void> => {
      await store.append([entryOf(10)]);
      await sealAndRemember(store, keys);
    };
    await seal(meanwhile(store, 'size', other), keys);
    assert.partialDeepStrictEqual(await verifyWith(store, keys), { state: 'sound', sealed: 11 });
  });
});
