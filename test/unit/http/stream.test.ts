import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { LogsApi } from '../../../src/http/apiTypes.ts';
import { size } from '../../chance.ts';
import { freshFolders } from '../freshFolders.ts';
import { apiOf } from './apiServer.ts';

interface Event {
  readonly id: string;
  readonly kind: string;
  readonly data: string;
}

describe('the stream of new entries', () => {
  const folders = freshFolders();
  let api: LogsApi;
  const opened: ReadableStreamDefaultReader<Uint8Array>[] = [];
  beforeEach(() => {
    folders.policy({});
    mkdirSync(folders.logs, { recursive: true });
    api = apiOf({ test: folders.root });
  });
  afterEach(async () => {
    for (const reader of opened.splice(0)) await reader.cancel();
  });

  const line = (number: number): string => `{"timestamp":"2026-01-01T00:00:00Z","path":"/${String(number)}"}`;
  const write = (from: number, to: number): void => {
    const lines = Array.from({ length: to - from }, (_, at) => `${line(from + at)}\n`);
    appendFileSync(join(folders.logs, 'api.log'), lines.join(''));
  };

  /** Opens the stream. The events come one by one. */
  async function open(since?: string): Promise<AsyncGenerator<Event>> {
    const response = await api.fetch(
      new Request('http://localhost/api/workspaces/test/logs/stream', {
        headers: { 'x-caller': 'user:ada:test', ...(since !== undefined && { 'last-event-id': since }) },
      }),
    );
    assert.equal(response.status, 200);
    const reader = response.body!.getReader();
    opened.push(reader);
    return events(reader);
  }
  async function* events(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Event> {
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const fields = new Map(
          text
            .slice(0, end)
            .split('\n')
            .map((one) => [one.slice(0, one.indexOf(':')), one.slice(one.indexOf(': ') + 2)]),
        );
        text = text.slice(end + 2);
        const [id = '', kind = 'message', data] = [fields.get('id'), fields.get('event'), fields.get('data')];
        if (data !== undefined) yield { id, kind, data };
      }
    }
  }
  async function take(stream: AsyncGenerator<Event>, count: number): Promise<Event[]> {
    const taken: Event[] = [];
    while (taken.length < count) {
      const next = await stream.next();
      if (next.done === true) break;
      taken.push(next.value);
    }
    return taken;
  }

  it('delivers each entry once and in order, through twenty rotations and two reconnects', async function () {
    this.timeout(120_000);
    const entries = size(20_000, 100_000);
    const parts = 21;
    write(0, 5);
    let stream = await open();
    const [ready] = await take(stream, 1);
    assert.equal(ready!.kind, 'ready');
    const seen: string[] = [];
    let last = ready!.id;
    let written = 0;
    for (let part = 1; part <= parts; part += 1) {
      const until = Math.floor((entries * part) / parts);
      write(5 + written, 5 + until);
      written = until;
      if (part < parts)
        renameSync(join(folders.logs, 'api.log'), join(folders.logs, `api.${String(part)}.log`));
      if (part === 8 || part === 14) stream = await open(last);
      // Up to three rotations lie between what is read.
      if (part % 3 > 0) continue;
      const taken = await take(stream, written - seen.length);
      for (const { data } of taken) seen.push(data);
      last = taken.at(-1)!.id;
    }
    assert.equal(seen.length, entries);
    assert.equal(
      seen.findIndex((data, at) => data !== line(5 + at)),
      -1,
    );
  });

  it('says that there is a gap where the file of the last entry is gone', async () => {
    write(0, 3);
    const stream = await open();
    const [ready] = await take(stream, 1);
    write(3, 6);
    await take(stream, 3);
    rmSync(join(folders.logs, 'api.log'));
    write(6, 8);
    const [gap, ...entries] = await take(await open(ready!.id), 3);
    assert.equal(gap!.kind, 'gap');
    assert.deepEqual(
      entries.map(({ data }) => data),
      [line(6), line(7)],
    );
  });

  it('sends a line only when it is whole', async () => {
    write(0, 1);
    const stream = await open();
    await take(stream, 1);
    appendFileSync(join(folders.logs, 'api.log'), line(1).slice(0, 20));
    const next = take(stream, 1);
    appendFileSync(join(folders.logs, 'api.log'), `${line(1).slice(20)}\n`);
    assert.equal((await next)[0]!.data, line(1));
  });

  it('cuts off a reader who lets 1 MiB wait, and it resumes by its id', async () => {
    write(0, 1);
    const stream = await open();
    const [ready] = await take(stream, 1);
    let written = 1;
    // What is appended in one turn is seen in the next one.
    while (written < 60_000) {
      write(written, written + 1000);
      written += 1000;
      await turn();
    }
    const early = await take(stream, written - 1);
    assert.ok(early.length < written - 1, String(early.length));
    const late = await take(await open(early.at(-1)?.id ?? ready!.id), written - 1 - early.length);
    assert.equal(
      [...early, ...late].findIndex(({ data }, at) => data !== line(1 + at)),
      -1,
    );
    assert.equal(early.length + late.length, written - 1);
  });

  it('ends with an event without an id when the server ends, and the entries behind it come later', async () => {
    write(0, 1);
    const [stream, behind] = [await open(), await open()];
    const [ready] = await take(stream, 1);
    write(1, 3);
    const [, last] = await take(stream, 2);
    const rest = take(stream, 2);
    await api.close();
    assert.deepEqual(await rest, [{ id: '', kind: 'end', data: '{}' }]);
    // This reader has not taken anything yet.
    const kinds = (await take(behind, 9)).map(({ kind }) => kind);
    assert.equal(kinds.at(-1), 'end');
    await assert.rejects(open(), /503/);
    write(3, 5);
    api = apiOf({ test: folders.root });
    const entries = await take(await open(last!.id), 2);
    assert.deepEqual(
      entries.map(({ data }) => data),
      [line(3), line(4)],
    );
    assert.notEqual(last!.id, ready!.id);
  });

  it('refuses a position that is none, and more than 32 streams', async () => {
    write(0, 1);
    const status = async (headers: Record<string, string>): Promise<number> => {
      const url = 'http://localhost/api/workspaces/test/logs/stream';
      const response = await api.fetch(
        new Request(url, { headers: { 'x-caller': 'user:ada:test', ...headers } }),
      );
      await response.body?.cancel();
      return response.status;
    };
    for (const id of ['x', '-:-1', `${'a'.repeat(22)}:1e3`, '../../etc:0'])
      assert.equal(await status({ 'last-event-id': id }), 400);
    for (let at = 0; at < 32; at += 1) await open();
    assert.equal(await status({}), 429);
    await opened.pop()!.cancel();
    assert.equal(await status({}), 200);
  });
});
