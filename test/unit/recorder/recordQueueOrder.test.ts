import assert from 'node:assert/strict';
import { RecordQueue, type Batch } from '../../../src/recorder/recordQueue.ts';

const MB = 1_048_576;
const COUNT = 3000;

/** A queue with three megabytes of lines, which are numbered. */
function fullQueue(): RecordQueue {
  const queue = new RecordQueue(20 * MB);
  for (let number = 0; number < COUNT; number += 1) {
    queue.line.text(`${String(number).padEnd(999, '.')}\n`);
    assert.ok(queue.add());
  }
  return queue;
}

function takeAll(queue: RecordQueue): Batch[] {
  const batches: Batch[] = [];
  for (let batch = queue.take(); batch !== undefined; batch = queue.take()) batches.push(batch);
  return batches;
}

function numbersIn(batches: readonly Batch[]): number[] {
  return batches
    .flatMap(({ lines }) => lines.toString().split('\n').slice(0, -1))
    .map((line) => parseInt(line, 10));
}

const allNumbers = Array.from({ length: COUNT }, (_, number) => number);

describe('recordQueue, where more waits than one append takes', () => {
  it('gives out no more than 1 MB at once', () => {
    const batches = takeAll(fullQueue());
    assert.deepEqual(
      batches.map(({ lines }) => lines.length).filter((length) => length > MB),
      [],
    );
    assert.deepEqual(numbersIn(batches), allNumbers);
  });

  it('gives out what was not written before what came behind it', () => {
    const queue = fullQueue();
    const batch = queue.take();
    assert.ok(batch !== undefined);
    queue.done(batch, { lines: batch.lines.subarray(1000), count: batch.count - 1 });
    assert.deepEqual(numbersIn(takeAll(queue)), allNumbers.slice(1));
  });
});
