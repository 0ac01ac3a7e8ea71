import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { measureLog, readLogPart } from '../../../src/app/readLog.ts';
import { describe as sentence } from '../../../src/app/words.ts';
import { Failure, isFailure } from '../../../src/base/failure.ts';
import { logOf } from '../entryLines.ts';
import { freshFolders } from '../freshFolders.ts';
import { sha256 } from '../onDisk.ts';
import { wholeLog } from './wholeLog.ts';

const MB = 1_048_576;
const tools = { gz: 'gzip', zst: 'zstd', bz2: 'bzip2', xz: 'xz' } as const;
const extensions = Object.keys(tools) as (keyof typeof tools)[];

describe('reading a compressed log', function () {
  this.timeout(300_000);
  const folders = freshFolders();

  function put(
    extension: keyof typeof tools,
    text: Uint8Array | string,
    name = `server.log.2.${extension}`,
  ): string {
    const options = { input: text, maxBuffer: 1 << 30 };
    folders.put(`logs/${name}`, execFileSync(tools[extension], ['-c', '-1'], options));
    return name;
  }
  const whole = (name: string, member?: string): Promise<Buffer> => wholeLog(folders.root, name, member);
  const damaged = (check: string) => (error: unknown) =>
    isFailure(error, 'archive-damaged') && error.data.check === check;

  const log = logOf(23 * MB, '2026-01-01T00:00:00Z');
  for (const extension of extensions)
    it(`.${extension}: whole, and in parts`, async () => {
      const name = put(extension, log);
      assert.equal(sha256(await whole(name)), sha256(log));
      const { parts, textBytes } = await measureLog({ root: folders.root, name });
      assert.deepEqual([textBytes, parts], [log.length, 5]);
      const read: Uint8Array[] = [];
      for (let part = 0; part < parts; part += 1)
        read.push((await readLogPart({ root: folders.root, name, part })).bytes);
      assert.equal(sha256(Buffer.concat(read)), sha256(log));
    });

  it('the content decides about the compression, not the name', async () => {
    for (const extension of extensions)
      for (const name of ['server.log.gz', 'server.log.xz', 'server.log.3'])
        assert.equal((await whole(put(extension, 'the text', name))).toString(), 'the text');
  });

  it('a plain or empty file with a name of a compressed one is damaged', async () => {
    for (const extension of extensions) {
      folders.put(`logs/plain.log.${extension}`, 'plain text of a log\n');
      await assert.rejects(whole(`plain.log.${extension}`), damaged('beginning'));
      folders.put(`logs/empty.log.${extension}`, '');
      await assert.rejects(
        measureLog({ root: folders.root, name: `empty.log.${extension}` }),
        damaged('empty'),
      );
    }
    const failure = new Failure('archive-damaged', { name: 'x.gz', check: 'beginning' });
    assert.match(sentence(failure), /“x\.gz” is damaged: it is not compressed as its name says/);
  });

  it('logs of ours are taken as they are', async () => {
    const bytes = gzipSync('the text');
    folders.put('logs/api.log', bytes);
    assert.deepEqual(await whole('api.log'), bytes);
  });

  it('a member is asked for of zips only', async () => {
    folders.put('logs/server.log', 'text');
    for (const name of [put('gz', 'text'), put('bz2', 'text'), 'server.log'])
      await assert.rejects(whole(name, 'x.log'), (error) => isFailure(error, 'usage'));
  });

  it('measuring stops when it is called off', async () => {
    for (const extension of extensions) {
      const name = put(extension, Buffer.alloc(200 * MB));
      const cancel = new AbortController();
      setTimeout(() => {
        cancel.abort();
      }, 5);
      await assert.rejects(measureLog({ root: folders.root, name }, { signal: cancel.signal }), (error) =>
        isFailure(error, 'cancelled'),
      );
    }
  });

  const bombs = [
    ['gz', 1000],
    ['zst', 2000],
    ['bz2', 200],
    ['xz', 500],
  ] as const;
  for (const [extension, size] of bombs)
    it(`.${extension}: a small file that becomes ${String(size)} MB takes little memory`, () => {
      const path = join(folders.logs, `bomb.${extension}`);
      execFileSync('sh', [
        '-c',
        `head -c ${String(size * MB)} /dev/zero | ${tools[extension]} -c -1 > "$1"`,
        'sh',
        path,
      ]);
      const program = join(import.meta.dirname, 'measureBomb.ts');
      const told = execFileSync(process.execPath, [program, folders.root, `bomb.${extension}`], {
        encoding: 'utf8',
      });
      const { textBytes, parts, peak } = JSON.parse(told) as Record<'textBytes' | 'parts' | 'peak', number>;
      assert.deepEqual([textBytes, parts], [size * MB, size / 5]);
      assert.ok(peak < 150 * MB, `${String(Math.round(peak / MB))} MB`);
    });
});
