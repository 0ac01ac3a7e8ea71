import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Recorder } from '../../../src/recorder/recorder.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';
import { until } from '../files/faultyDisk.ts';
import { entryAt, openRecorder, pathsIn } from './recordedLines.ts';

const POLICY = '.workspace-logs.json';

describe('recorder, when its files are moved under its hands', function () {
  this.timeout(180_000);
  this.slow(3000);
  const folders = freshFolders();
  let recorder: Recorder;
  let failures: string[];

  beforeEach(async () => {
    folders.policy({});
    mkdirSync(outside());
    writeFileSync(join(outside(), 'kept.log'), 'kept\n');
    recorder = await openRecorder(folders.root);
    failures = [];
    recorder.on('error', ({ code }) => failures.push(code));
    recorder.record(entryAt('before'));
    await recorder.flush();
  });

  afterEach(async () => {
    await recorder.close().catch(() => undefined);
  });

  const root = (name: string): string => join(folders.root, name);
  const outside = (): string => join(folders.state, 'outside');
  const log = (): string => root('logs/api.log');
  const written = (folder = root('logs')): string[] => pathsIn(folder);

  const harmless: [name: string, change: () => void][] = [
    [
      'logs/ is deleted',
      () => {
        rmSync(root('logs'), { recursive: true });
      },
    ],
    [
      'logs/ is moved away',
      () => {
        renameSync(root('logs'), root('aside'));
      },
    ],
    [
      'logs/ is moved out of the workspace',
      () => {
        renameSync(root('logs'), join(folders.state, 'aside'));
      },
    ],
    [
      'api.log is deleted',
      () => {
        unlinkSync(log());
      },
    ],
    [
      'api.log is renamed',
      () => {
        renameSync(log(), root('logs/mine.txt'));
      },
    ],
    [
      'the lock is deleted',
      () => {
        unlinkSync(log());
        unlinkSync(root('logs/.lock'));
      },
    ],
  ];
  for (const [name, change] of harmless)
    it(`${name}: recording goes on in a new file`, async () => {
      change();
      recorder.record(entryAt('after'));
      await recorder.flush();
      assert.deepEqual([written(), failures], [['after'], []]);
      if (existsSync(join(folders.state, 'aside')))
        assert.deepEqual(written(join(folders.state, 'aside')), ['before']);
    });

  const obstacles: [name: string, path: string, code: string, place: (path: string) => void][] = [
    [
      'logs/ is a link to a folder outside',
      'logs',
      'logs-not-a-folder',
      (path) => {
        symlinkSync(outside(), path);
      },
    ],
    [
      'logs/ is a dangling link',
      'logs',
      'logs-not-a-folder',
      (path) => {
        symlinkSync(join(outside(), 'new'), path);
      },
    ],
    [
      'logs/ is a file',
      'logs',
      'logs-not-a-folder',
      (path) => {
        writeFileSync(path, '');
      },
    ],
    [
      'api.log is a link to a file outside',
      'logs/api.log',
      'not-a-regular-file',
      (path) => {
        symlinkSync(join(outside(), 'kept.log'), path);
      },
    ],
    [
      'api.log is a dangling link',
      'logs/api.log',
      'not-a-regular-file',
      (path) => {
        symlinkSync(join(outside(), 'new'), path);
      },
    ],
    [
      'api.log is a FIFO',
      'logs/api.log',
      'not-a-regular-file',
      (path) => {
        execFileSync('mkfifo', [path]);
      },
    ],
    [
      'api.log is a folder',
      'logs/api.log',
      'not-a-regular-file',
      (path) => {
        mkdirSync(path);
      },
    ],
    [
      'the lock is a link',
      'logs/.lock',
      'lock-damaged',
      (path) => {
        symlinkSync(join(outside(), 'new'), path);
      },
    ],
    [
      'the lock is no lock',
      'logs/.lock',
      'lock-damaged',
      (path) => {
        writeFileSync(path, 'x'.repeat(5000));
      },
    ],
  ];
  for (const [name, path, code, place] of obstacles)
    it(`${name}: nothing is written anywhere, and it goes on when that is gone`, async () => {
      renameSync(root(path), root('aside'));
      place(root(path));
      const before = [onDisk(outside()), onDisk(folders.root)];
      for (const number of [1, 2]) {
        assert.ok(recorder.record(entryAt(`waits-${String(number)}`)));
        await assert.rejects(recorder.flush(), { code });
      }
      assert.deepEqual([onDisk(outside()), onDisk(folders.root)], before);
      await until(() => failures.length > 0);
      rmSync(root(path), { recursive: true });
      renameSync(root('aside'), root(path));
      await until(() => recorder.stats().written === 3);
      assert.deepEqual(written(), ['before', 'waits-1', 'waits-2']);
      assert.deepEqual(failures, [code]);
    });

  it('a hard link to the log is one like others, and the log itself', async () => {
    linkSync(log(), root('logs/other.log'));
    recorder.record(entryAt('after'));
    await recorder.flush();
    assert.equal(lstatSync(log()).size, lstatSync(root('logs/other.log')).size);
  });

  it('no policy, nothing recorded; a new one counts', async () => {
    unlinkSync(root(POLICY));
    await until(() => recorder.recording === undefined);
    assert.equal(recorder.record(entryAt('unmanaged')), false);
    await recorder.recordDurably(entryAt('unmanaged'));
    assert.deepEqual(recorder.stats(), { accepted: 1, filtered: 2, dropped: 0, written: 1 });
    rmSync(root('logs'), { recursive: true });
    await recorder.flush();
    assert.equal(existsSync(root('logs')), false);
    folders.policy({ workspaceId: 'second' });
    await until(() => recorder.recording !== undefined);
    recorder.record(entryAt('again'));
    await recorder.flush();
    assert.deepEqual([written(), failures], [['again'], []]);
  });

  for (const [name, code, content] of [
    ['damaged', 'policy-damaged', '{ "version": 1, "recording": 5 }'],
    ['of a newer version', 'policy-newer', '{ "version": 2 }'],
  ] as const)
    it(`a policy that is ${name}: told once, and the one before stays in force until there is another`, async () => {
      folders.put(POLICY, content);
      await until(() => failures.length > 0);
      assert.ok(recorder.record(entryAt('old')));
      folders.policy({ recording: { log: ['writes'] } });
      await until(() => recorder.recording?.log[0] === 'writes');
      assert.equal(recorder.record(entryAt('filtered')), false);
      await recorder.flush();
      assert.deepEqual([written(), failures], [['before', 'old'], [code]]);
    });

  it('rotation follows the limit that the policy has now', async () => {
    const large = entryAt('large', { note: 'x'.repeat(1_100_000) });
    recorder.record(large);
    await recorder.flush();
    await recorder.rotationSettled();
    assert.ok(!existsSync(root('logs/api.1.log')));
    folders.policy({ rotation: { maxFileMB: 1 } });
    const rotated = new Promise<object>((resolve) => recorder.once('rotated', resolve));
    const timer = setInterval(() => recorder.record(entryAt('more')), 50);
    assert.deepEqual(await rotated, { from: 'api.log', to: 'api.1.log' });
    clearInterval(timer);
  });
});
