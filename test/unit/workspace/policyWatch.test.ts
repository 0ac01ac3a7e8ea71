import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mock } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '../../../src/base/failure.ts';
import { watchPolicy, type PolicyWatch } from '../../../src/workspace/policyWatch.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { freshFolders } from '../freshFolders.ts';
import { until } from '../files/faultyDisk.ts';
import { entryAt, openRecorder, recordedIn } from '../recorder/recordedLines.ts';

const POLICY = '.workspace-logs.json';

describe('policyWatch', () => {
  const folders = freshFolders();
  let told: (number | undefined)[];
  let failures: Failure['code'][];
  let watch: PolicyWatch;

  beforeEach(async () => {
    told = [];
    failures = [];
    folders.policy({ rotation: { maxFileMB: 1 } });
    // A look of its own would count, too, where a test takes long.
    mock.timers.enable({ apis: ['setInterval'] });
    watch = watchPolicy(folders.root, {
      onPolicy: (policy: Policy | undefined) => {
        told.push(policy?.rotation.maxFileMB);
      },
      onFailure: ({ code }) => {
        failures.push(code);
      },
    });
    await watch.look();
    told = [];
  });

  afterEach(() => {
    watch.close();
    mock.timers.reset();
  });

  const path = (): string => join(folders.root, POLICY);
  const save = (maxFileMB: number): void => {
    folders.policy({ rotation: { maxFileMB } });
  };

  it('tells a change once', async () => {
    await watch.look();
    save(2);
    await watch.look();
    await watch.look();
    assert.deepEqual(told, [2]);
  });

  it('looks by itself', async () => {
    save(3);
    mock.timers.tick(400);
    await until(() => told.length === 1);
    assert.deepEqual(told, [3]);
  });

  it('sees a file of the same length and time', async () => {
    const { atime, mtime } = statSync(path());
    save(2);
    utimesSync(path(), atime, mtime);
    await watch.look();
    assert.deepEqual(told, [2]);
  });

  it('a file that is gone counts once it stays so', async () => {
    unlinkSync(path());
    await watch.look();
    assert.deepEqual(told, []);
    await watch.look();
    await watch.look();
    assert.deepEqual(told, [undefined]);
    save(5);
    await watch.look();
    assert.deepEqual(told, [undefined, 5]);
  });

  it('a file that is gone for a moment, as while an editor saves it, is no change', async () => {
    renameSync(path(), `${path()}~`);
    await watch.look();
    save(6);
    await watch.look();
    await watch.look();
    assert.deepEqual([told, failures], [[6], []]);
  });

  const unusable: [name: string, code: string, place: () => void][] = [
    ['empty', 'policy-damaged', () => folders.put(POLICY, '')],
    ['half', 'policy-damaged', () => folders.put(POLICY, '{ "version": 1, "rot')],
    ['of a newer version', 'policy-newer', () => folders.put(POLICY, '{ "version": 2 }')],
    [
      'a link',
      'policy-not-a-file',
      () => {
        unlinkSync(path());
        symlinkSync('/dev/null', path());
      },
    ],
    [
      'a folder',
      'policy-not-a-file',
      () => {
        unlinkSync(path());
        mkdirSync(path());
      },
    ],
  ];
  for (const [name, code, place] of unusable)
    it(`a file that is ${name} is told once it stays so, and once; the policy told last stays`, async () => {
      place();
      await watch.look();
      assert.deepEqual(failures, []);
      for (let looks = 0; looks < 3; looks += 1) await watch.look();
      assert.deepEqual([told, failures], [[], [code]]);
      rmSync(path(), { recursive: true });
      save(7);
      await watch.look();
      assert.deepEqual(told, [7]);
    });

  it('looks that overlap are one look', async () => {
    unlinkSync(path());
    await Promise.all([watch.look(), watch.look(), watch.look()]);
    assert.deepEqual(told, []);
    await watch.look();
    assert.deepEqual(told, [undefined]);
  });

  it('tells nothing once it is closed', async () => {
    save(8);
    const looking = watch.look();
    watch.close();
    watch.close();
    await looking;
    await watch.look();
    assert.deepEqual(told, []);
  });
});

describe('a recorder’s policyWatch', () => {
  const folders = freshFolders();

  it('an entry is written by one policy, though the policy changes under the traffic', async () => {
    folders.policy({});
    const recorder = await openRecorder(folders.root);
    const levels = ['METADATA', 'REQUEST_RESPONSE'];
    const entry = entryAt('a?b=c', { request_object: 'x', response_object: 'y' });
    let changes = 0;
    for (let last = ''; changes < 3;) {
      await sleep(1);
      recorder.record(entry);
      const level = recorder.recording!.level;
      if (level !== last) {
        changes += 1;
        last = level;
        const next = levels[changes % 2];
        folders.policy({ workspaceId: `w${String(changes)}`, recording: { level: next } });
      }
    }
    await recorder.close();
    const kinds = new Set(
      recordedIn(folders.logs).map((line) => {
        assert.ok(typeof line !== 'string');
        const id = line.workspace_id === 'test' ? 0 : Number(line.workspace_id!.slice(1));
        return JSON.stringify([id % 2, line.path, 'request_object' in line, 'response_object' in line]);
      }),
    );
    assert.deepEqual([...kinds].sort(), ['[0,"/a",false,false]', '[1,"/a?b=c",true,true]']);
  }).timeout(120_000);
});
