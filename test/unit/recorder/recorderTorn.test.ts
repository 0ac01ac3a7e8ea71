import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recorder } from '../../../src/recorder/recorder.ts';
import { freshFolders } from '../freshFolders.ts';
import { FaultyDisk, type Answer } from '../files/faultyDisk.ts';
import { entryAt, notedIn, openRecorder, pathsIn, recordedIn } from './recordedLines.ts';

const names = ['a', 'b', 'ç'];

/** How a disk runs full: in the middle of one write, and what the writes after it say. */
const courses: [name: string, step: number, then: Answer[]][] = [
  ['every byte, and takes the next write', 1, []],
  ['every 7th byte, and is full once', 7, [{ fails: 'ENOSPC' }]],
  ['every 7th byte, and stays full', 7, Array.from({ length: 3 }, () => ({ fails: 'ENOSPC' }))],
  ['every 7th byte, and takes 7 bytes next time', 7, [{ takes: 7 }]],
];

describe('recorder, on a disk that takes a part', function () {
  this.timeout(180_000);
  this.slow(10_000);
  const folders = freshFolders();
  let disk: FaultyDisk;
  let recorder: Recorder;
  let cases = 0;

  beforeEach(async () => {
    folders.policy({});
    disk = new FaultyDisk();
    recorder = await openRecorder(folders.root, {}, { port: disk });
    recorder.on('error', () => undefined);
  });

  afterEach(async () => {
    await recorder.close();
  });

  after(() => {
    console.log(`      ${String(cases)} torn writes`);
  });

  /** Writes a note and some entries, of which the disk first takes so many bytes. @returns the length of that write */
  async function tear(taken: number, then: readonly Answer[], foreign = ''): Promise<number> {
    const answers: Answer[] = [{ takes: taken }, ...then];
    let length = 0;
    disk.onWrite = (bytes) => {
      length ||= bytes.length;
      return answers.shift() ?? 'all';
    };
    disk.afterWrite = () => {
      disk.afterWrite = () => undefined;
      if (foreign !== '') appendFileSync(join(folders.logs, 'api.log'), foreign);
    };
    recorder.record({} as never);
    for (const name of names) recorder.record(entryAt(`${String(taken)}-${name}`));
    const flush = (): Promise<boolean> =>
      recorder.flush().then(
        () => true,
        () => false,
      );
    let failed = 0;
    while (!(await flush())) failed += 1;
    // Where a line lacks only its end, it is in the log.
    if (taken < length - 1) assert.equal(failed, 1 + then.length, `torn at ${String(taken)}`);
    disk.onWrite = () => 'all';
    recorder.record(entryAt(`${String(taken)}-after`));
    await recorder.flush();
    cases += 1;
    return length;
  }

  async function sweep(step: number, then: readonly Answer[], foreign?: string): Promise<void> {
    const wanted: string[] = [];
    for (let taken = 0, length = 1; taken <= length; taken += step) {
      length = await tear(taken, then, foreign);
      wanted.push(...[...names, 'after'].map((name) => `${String(taken)}-${name}`));
    }
    const found = pathsIn(folders.logs).filter((path) => path !== 'foreign');
    assert.deepEqual(found, wanted);
    const count = wanted.length / 4;
    assert.ok(count > 500 / step);
    assert.equal(notedIn(folders.logs), count);
    const { accepted, dropped, written } = recorder.stats();
    assert.deepEqual([accepted, dropped, written], [count * 4, count, count * 4]);
  }

  for (const [name, step, then] of courses)
    it(`at ${name}: each entry once, in its order, and no piece stays`, async () => {
      await sweep(step, then);
      assert.deepEqual(
        recordedIn(folders.logs).filter((line) => typeof line === 'string'),
        [],
      );
    });

  it('at every byte, and another program writes behind: each entry once, a piece stays on its own', async () => {
    // As a writer of ours does where the file ends torn.
    await sweep(1, [], `\n${JSON.stringify(entryAt('foreign'))}\n`);
    const pieces = recordedIn(folders.logs).filter((line) => typeof line === 'string');
    assert.ok(pieces.length > 300);
    for (const piece of pieces) assert.match(piece, /^\{/);
  });
});
