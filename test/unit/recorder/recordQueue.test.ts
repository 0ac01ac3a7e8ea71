import assert from 'node:assert/strict';
import { RecordQueue, type Batch, type Waiter } from '../../../src/recorder/recordQueue.ts';

const KB = 1024;
const MB = 1024 * KB;
const silent: Waiter = { resolve: () => undefined, reject: () => undefined };
const line = (text: string, length = 0): string => `${text.padEnd(length, '.')}\n`;
const linesOf = (batch: Batch | undefined): string[] =>
  batch?.lines.toString().split('\n').slice(0, -1) ?? [];

const add = (queue: RecordQueue, text: string): boolean => {
  queue.line.text(text);
  return queue.add();
};
const addDurable = (queue: RecordQueue, text: string): boolean => {
  queue.line.text(text);
  return queue.addDurable(silent);
};

function drained(queue: RecordQueue): string[] {
  const lines: string[] = [];
  for (let batch = queue.take(); batch !== undefined; batch = queue.take()) {
    lines.push(...linesOf(batch));
    queue.done(batch);
  }
  return lines;
}

describe('recordQueue', () => {
  it('gives lines back in the order in which they came, in one batch', () => {
    const queue = new RecordQueue(MB);
    for (let number = 0; number < 10; number += 1) assert.ok(add(queue, line(String(number))));
    const batch = queue.take();
    assert.deepEqual(linesOf(batch), ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    assert.equal(batch?.count, 10);
    assert.equal(queue.take(), undefined);
  });

  it('takes no more than its limit, and counts what is being written', () => {
    const queue = new RecordQueue(100);
    assert.ok(add(queue, line('', 59)));
    assert.ok(add(queue, line('', 39)));
    assert.equal(queue.bytes, 100);
    assert.equal(add(queue, '\n'), false);
    assert.equal(addDurable(queue, '\n'), false);
    const batch = queue.take()!;
    assert.equal(queue.bytes, 100);
    assert.equal(add(queue, '\n'), false);
    queue.done(batch);
    assert.equal(queue.bytes, 0);
    assert.ok(add(queue, '\n'));
  });

  it('has nothing urgent before a whole batch waits', () => {
    const queue = new RecordQueue(MB);
    add(queue, line('', 32 * KB));
    assert.deepEqual([queue.isUrgent, queue.isEmpty], [false, false]);
    add(queue, line('', 32 * KB));
    assert.equal(queue.isUrgent, true);
    drained(queue);
    addDurable(queue, line('awaited'));
    assert.deepEqual([queue.isUrgent, queue.isEmpty], [true, false]);
    drained(queue);
    assert.deepEqual([queue.isUrgent, queue.isEmpty], [false, true]);
  });

  it('takes at most 1 MB at once of many lines, and a longer line with few others', () => {
    const queue = new RecordQueue(20 * MB);
    const count = 3000;
    for (let number = 0; number < count; number += 1) add(queue, line(String(number), 1000));
    add(queue, line('long', 3 * MB));
    for (let number = 0; number < count; number += 1) addDurable(queue, line(String(number), 1000));
    addDurable(queue, line('long', 3 * MB));
    const batches: Batch[] = [];
    for (let batch = queue.take(); batch !== undefined; batch = queue.take()) batches.push(batch);
    const lines = { plain: 0, durable: 0 };
    for (const batch of batches) {
      assert.ok(batch.lines.length <= MB || batch.lines.includes('long'));
      lines[batch.waiters.length > 0 ? 'durable' : 'plain'] += batch.count;
    }
    assert.deepEqual(lines, { plain: count + 1, durable: count + 1 });
  });

  it('lines that are waited for go first, and then by turns, so that neither kind waits for ever', () => {
    const queue = new RecordQueue(MB);
    add(queue, line('plain'));
    for (const wanted of [['awaited'], ['plain'], ['awaited']]) {
      addDurable(queue, line('awaited'));
      const batch = queue.take()!;
      assert.deepEqual([...new Set(linesOf(batch))], wanted);
      queue.done(batch);
    }
  });

  it('what was not written is the first again, and counts once', () => {
    const queue = new RecordQueue(MB);
    for (const text of ['a', 'b', 'c']) add(queue, line(text));
    const batch = queue.take()!;
    add(queue, line('d'));
    queue.done(batch, { lines: batch.lines.subarray(2), count: 2 });
    assert.equal(queue.bytes, 6);
    assert.deepEqual(drained(queue), ['b', 'c', 'd']);
    assert.deepEqual([queue.bytes, queue.isEmpty], [0, true]);
  });

  it('a mark holds once all that was queued before it is done with, and not sooner', () => {
    const queue = new RecordQueue(MB);
    assert.ok(queue.mark()());
    add(queue, line('a'));
    addDurable(queue, line('b'));
    const isDone = queue.mark();
    const durable = queue.take()!;
    queue.done(durable);
    assert.equal(isDone(), false);
    add(queue, line('later'));
    const plain = queue.take()!;
    queue.done(plain, { lines: plain.lines, count: plain.count });
    assert.equal(isDone(), false);
    const again = queue.take()!;
    queue.done(again, { lines: Buffer.from('later\n'), count: 1 });
    assert.equal(isDone(), true);
    assert.equal(queue.isEmpty, false);
  });
});
