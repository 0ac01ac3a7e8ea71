import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LogsApi } from '../../../src/http/apiTypes.ts';
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
    for (let at = from; at < to; at += 1) appendFileSync(join(folders.logs, 'api.log'), `${line(at)}\n`);
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

  it('delivers each entry once and in order, through rotations and two reconnects', async () => {
    write(0, 5);
    let stream = await open();
    const [ready] = await take(stream, 1);
    assert.equal(ready!.kind, 'ready');
    const seen: string[] = [];
    let last = ready!.id;
    for (let part = 0; part < 20; part += 1) {
      write(5 + part * 50, 5 + part * 50 + 50);
      if (part % 3 === 1)
        renameSync(join(folders.logs, 'api.log'), join(folders.logs, `api.${String(part + 1)}.log`));
      if (part === 7 || part === 13) stream = await open(last);
      if (part % 2 === 1) {
        const taken = await take(stream, 100);
        seen.push(...taken.map(({ data }) => data));
        last = taken.at(-1)!.id;
      }
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 1000 }, (_, at) => line(5 + at)),
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
