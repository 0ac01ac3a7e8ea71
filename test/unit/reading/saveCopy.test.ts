import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { AppReport } from '../../../src/workspace/workspace.ts';
import type { SaveCopyInput, SavedCopy } from '../../../src/reading/saveCopy.ts';
import { forgetKnown, usePasswords } from '../../../src/sessions/passwordRing.ts';
import { zipArchives } from '../../../src/archive/zip/zipArchives.ts';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import type { LogFile } from '../../../src/files/logFile.ts';
import { cancelledAt } from '../cancelledAt.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk, sha256 } from '../onDisk.ts';
import { bytesOf, sessionZip } from '../sessions/sessionSamples.ts';
import { seenLog, swaps } from './swappedLogs.ts';

const TEXT = 'one\ntwo\n';
const ZIP = 'api.2026-01-01.log.zip';

describe('saving a copy', () => {
  const folders = freshFolders();
  const app = inlineApp(folders.environment);
  const reports: AppReport[] = [];
  const target = (name = 'copy.log'): string => join(folders.state, name);
  const put = (name: string, text: string | Uint8Array = TEXT): LogFile => {
    writeFileSync(join(folders.logs, name), text);
    return seenLog(folders.logs, name);
  };
  async function zip(name = ZIP, text = TEXT): Promise<LogFile> {
    const source = folders.put('source', text);
    const options = { name: 'x.log', comment: '', modified: 0, bytes: text.length };
    await zipArchives.write(source, join(folders.logs, name), options);
    return seenLog(folders.logs, name);
  }
  const copy = (
    file: LogFile,
    input: Partial<SaveCopyInput> = {},
    signal = new AbortController().signal,
  ): Promise<SavedCopy> =>
    app.run(
      'saveCopy',
      { root: folders.root, file, unzipped: false, target: target(), ...input },
      // Progress reports depend on time: only a copy that takes long sends them.
      { signal, onReport: (report) => report.kind === 'action' && reports.push(report) },
    );
  /** The files beside the copy: no temporary file may stay. */
  const beside = (): string[] => readdirSync(folders.state).sort();

  beforeEach(() => {
    reports.length = 0;
  });

  it('is byte for byte the file, with its permissions, and is told', async () => {
    const bytes = Buffer.alloc(1_000_000, 'line without end ');
    const file = put('api.1.log', bytes);
    chmodSync(join(folders.logs, 'api.1.log'), 0o640);
    assert.deepEqual(await copy(file), { bytes: bytes.length, record: '' });
    assert.equal(sha256(readFileSync(target())), sha256(bytes));
    assert.equal(statSync(target()).mode & 0o777, 0o640);
    assert.deepEqual(beside(), ['copy.log']);
    assert.deepEqual(
      reports.map((report) => report.kind === 'action' && report.event.action),
      [{ kind: 'copied', name: 'api.1.log', target: target() }],
    );
  });

  it('of nothing is nothing', async () => {
    assert.deepEqual(await copy(put('api.log', '')), { bytes: 0, record: '' });
    assert.equal(readFileSync(target(), 'utf8'), '');
  });

  it('of an archive is the archive, or the text inside', async () => {
    const file = await zip();
    await copy(file);
    assert.deepEqual(readFileSync(target()), readFileSync(join(folders.logs, ZIP)));
    await copy(file, { unzipped: true, target: target('text.log') });
    assert.equal(readFileSync(target('text.log'), 'utf8'), TEXT);
    assert.deepEqual(beside(), ['copy.log', 'text.log']);
  });

  it('of the text of a damaged file is what is shown of it, and says why it ends', async () => {
    const text = Array.from({ length: 1000 }, () => randomUUID()).join('\n');
    const file = put('server.log.2.gz', gzipSync(text).subarray(0, -1000));
    const { bytes, damage } = await copy(file, { unzipped: true });
    assert.deepEqual(damage, { code: 'archive-damaged', data: { name: 'server.log.2.gz', check: 'cut' } });
    assert.ok(bytes > text.length / 2 && bytes < text.length, String(bytes));
    assert.equal(readFileSync(target(), 'utf8'), text.slice(0, bytes));
    assert.deepEqual(beside(), ['copy.log']);

    const other = { unzipped: true, target: target('other') };
    await assert.rejects(copy(put('server.log.3.gz', gzipSync('').subarray(0, -5)), other), {
      code: 'archive-damaged',
    });
    const zipped = await zip(ZIP, text);
    const path = join(folders.logs, ZIP);
    const changed = readFileSync(path);
    const crc = changed.indexOf('PK\x01\x02', 0, 'latin1') + 16;
    changed.writeUInt8(changed.readUInt8(crc) ^ 1, crc);
    writeFileSync(path, changed);
    await assert.rejects(copy({ ...zipped, ...seenLog(folders.logs, ZIP) }, other), {
      code: 'archive-damaged',
    });
    assert.deepEqual(beside(), ['copy.log']);
  });

  describe('of a session archive', () => {
    const FOLDER = 'session_logs/u/c';
    const archive = (): LogFile => {
      folders.put(`${FOLDER}/m.zip`, sessionZip({ password: 'right', bound: true }));
      chmodSync(join(folders.root, FOLDER, 'm.zip'), 0o644);
      return { ...seenLog(join(folders.root, FOLDER), 'm.zip'), folder: FOLDER };
    };
    beforeEach(() => {
      usePasswords({ passwords: [bytesOf('right')] });
    });
    afterEach(() => {
      forgetKnown();
    });

    it('is the archive, still encrypted, or one of its files', async () => {
      const file = archive();
      await copy(file);
      assert.deepEqual(readFileSync(target()), readFileSync(join(folders.root, FOLDER, 'm.zip')));
      assert.equal(statSync(target()).mode & 0o777, 0o644);
      const [report] = reports;
      assert.ok(report?.kind === 'action' && report.event.action.kind === 'copied');
      assert.equal(report.event.action.name, `${FOLDER}/m.zip`);
      await copy(file, { unzipped: true, member: 'logs.jsonl', target: target('text') });
      assert.equal(readFileSync(target('text'), 'utf8'), 'log\n');
      assert.deepEqual(beside(), ['copy.log', 'text']);
    });

    it('is nobody else’s to read once it is decrypted', async () => {
      await copy(archive(), { unzipped: true, member: 'logs.jsonl' });
      assert.equal(statSync(target()).mode & 0o777, 0o600);
    });

    it('needs a password for what is inside', async () => {
      forgetKnown();
      const file = archive();
      await copy(file);
      const input = { unzipped: true, member: 'logs.jsonl', target: target('text') };
      await assert.rejects(copy(file, input), { code: 'password-needed' });
      usePasswords({ passwords: [bytesOf('wrong')] });
      await assert.rejects(copy(file, input), { code: 'password-wrong' });
      assert.deepEqual(beside(), ['copy.log']);
    });

    for (const [what, happens, code] of swaps)
      it(`is refused where the archive ${what}`, async () => {
        const file = archive();
        happens(join(folders.root, FOLDER, 'm.zip'));
        for (const unzipped of [false, true])
          await assert.rejects(copy(file, { unzipped, member: 'logs.jsonl' }), { code });
        assert.deepEqual(beside(), []);
      });

    it('is not made among session archives of a managed workspace', async () => {
      const file = archive();
      folders.policy({ sessions: { dir: 'my/sessions' } });
      mkdirSync(join(folders.root, 'my/sessions/u'), { recursive: true });
      for (const place of ['my/sessions', 'my/sessions/u', 'my/../my/sessions/u/.'])
        await assert.rejects(copy(put('api.1.log'), { target: `${folders.root}/${place}/m.zip` }), {
          code: 'target-among-logs',
        });
      // Session archives are elsewhere, so this folder is like any other.
      await copy(put('api.1.log'), { target: join(folders.root, 'my/copy.log') });
      await copy(put('api.1.log'), { target: join(folders.root, 'session_logs/copy.log') });
      folders.put('.workspace-logs.json', '{');
      await assert.rejects(copy(file, { target: join(folders.root, 'session_logs/copy.zip') }), {
        code: 'target-among-logs',
      });
    });
  });

  it('is made in a workspace without a policy, too, and leaves it as it was', async () => {
    const file = put('server.log');
    const before = onDisk(folders.root);
    await copy(file);
    assert.deepEqual(onDisk(folders.root), before);
  });

  describe('of a log that grows', () => {
    it('is made though the person saw a shorter one', async () => {
      const file = put('api.log');
      appendFileSync(join(folders.logs, 'api.log'), 'three\n');
      assert.deepEqual(await copy(file), { bytes: TEXT.length + 6, record: '' });
    });

    /** Appends `more` after the copy has begun. */
    async function whileGrowing(begin: string, more: string): Promise<string> {
      const file = put('api.log', begin);
      const path = join(folders.logs, 'api.log');
      const copying = copy(file);
      // The copy looks at the file before its first await, and reads it later.
      await waitFor(() => beside().length > 0);
      appendFileSync(path, more);
      await copying;
      return readFileSync(target(), 'utf8');
    }

    it('holds what was there at the start', async () => {
      const begin = `${'x'.repeat(99)}\n`.repeat(50_000);
      assert.equal(sha256(await whileGrowing(begin, 'late\n')), sha256(begin));
    });

    it('leaves out the line that was not finished then', async () => {
      const lines = `${'x'.repeat(99)}\n`.repeat(50_000);
      assert.equal(sha256(await whileGrowing(`${lines}begun`, ' and ended\n')), sha256(lines));
    });

    it('keeps an unfinished last line where nobody goes on with it', async () => {
      await copy(put('api.log', 'one\nbegun'));
      assert.equal(readFileSync(target(), 'utf8'), 'one\nbegun');
    });
  });

  const rewritten: (typeof swaps)[number] = [
    'was written anew in its place',
    (path) => {
      const { size } = statSync(path);
      writeFileSync(path, 'y'.repeat(size));
      utimesSync(path, new Date(), new Date(Date.now() + 5000));
    },
    'source-changing',
  ];
  for (const [what, happens, code] of [...swaps, rewritten])
    for (const unzipped of [false, true])
      it(`is refused where the ${unzipped ? 'archive' : 'log'} ${what}`, async () => {
        const file = unzipped ? await zip() : put('api.1.log');
        happens(join(folders.logs, file.name));
        await assert.rejects(copy(file, { unzipped }), { code });
        assert.deepEqual([beside(), reports], [[], []]);
      });

  it('of an archive is refused where that grew', async () => {
    const file = await zip();
    appendFileSync(join(folders.logs, ZIP), 'x');
    for (const unzipped of [false, true])
      await assert.rejects(copy(file, { unzipped }), { code: 'source-changing' });
    assert.deepEqual(beside(), []);
  });

  it('of an archive that is swapped while it is read leaves nothing', async () => {
    const file = await zip(ZIP, `${'x'.repeat(99)}\n`.repeat(100_000));
    const copying = assert.rejects(copy(file, { unzipped: true }), { code: 'source-changing' });
    await waitFor(() => beside().length > 0);
    const path = join(folders.logs, ZIP);
    writeFileSync(`${path}.new`, 'PK');
    renameSync(`${path}.new`, path);
    await copying;
    assert.deepEqual(beside(), []);
  });

  const changes: [name: string, what: string, happens: (path: string) => void][] = [
    [
      'api.1.log',
      'is cut',
      (path) => {
        truncateSync(path, 3);
      },
    ],
    [
      'api.1.log',
      'is written anew',
      (path) => {
        writeFileSync(path, 'y'.repeat(5_000_000));
      },
    ],
    [
      ZIP,
      'grows',
      (path) => {
        appendFileSync(path, 'x');
      },
    ],
  ];
  for (const [name, what, happens] of changes)
    it(`of ${name} is refused where it ${what} while it is read, and leaves nothing`, async () => {
      const copying = assert.rejects(copy(put(name, 'x'.repeat(5_000_000))), { code: 'source-changing' });
      await waitFor(() => beside().length > 0);
      happens(join(folders.logs, name));
      await copying;
      assert.deepEqual(beside(), []);
    });

  it('of a damaged archive leaves nothing', async () => {
    const file = put(ZIP, 'PK and no more');
    await assert.rejects(copy(file, { unzipped: true }), { code: 'archive-damaged' });
    assert.deepEqual(beside(), []);
  });

  for (const name of ['.lock', '.maintenance', '.lock-journal', '../secret', 'a/b', '..', '', 'a\0b'])
    it(`of ${JSON.stringify(name)} is refused`, async () => {
      const file = { ...put('api.1.log'), name };
      for (const unzipped of [false, true])
        await assert.rejects(copy(file, { unzipped }), { code: 'not-a-log-name' });
    });

  it('is refused where logs is a link', async () => {
    const file = put('api.log');
    renameSync(folders.logs, join(folders.state, 'moved'));
    symlinkSync(join(folders.state, 'moved'), join(folders.root, 'logs'));
    await assert.rejects(copy(file), { code: 'logs-not-a-folder' });
  });

  describe('among the logs', () => {
    const places: [what: string, make: () => string][] = [
      ['in logs', () => folders.logs],
      [
        'in a folder of logs',
        () => {
          mkdirSync(join(folders.logs, 'deep/deeper'), { recursive: true });
          return join(folders.logs, 'deep/deeper');
        },
      ],
      [
        'through a link to logs',
        () => {
          symlinkSync(folders.logs, join(folders.state, 'link'));
          return join(folders.state, 'link');
        },
      ],
      ['by a roundabout path', () => `${folders.root}/../root/./logs`],
      [
        'in the logs of another managed workspace',
        () => {
          folders.put('sub/.workspace-logs.json', '{"version":1}');
          mkdirSync(join(folders.root, 'sub/logs'));
          return join(folders.root, 'sub/logs');
        },
      ],
    ];
    for (const [what, make] of places)
      it(`is refused ${what}`, async () => {
        const file = put('server.log');
        const path = `${make()}/copy.log`;
        const before = onDisk(folders.root);
        await assert.rejects(copy(file, { target: path }), { code: 'target-among-logs' });
        assert.deepEqual(onDisk(folders.root), before);
      });

    it('is allowed in other folders called logs', async () => {
      mkdirSync(join(folders.root, 'sub/logs'), { recursive: true });
      await copy(put('server.log'), { target: join(folders.root, 'sub/logs/copy.log') });
    });

    it('is not made where the folder becomes a link to logs meanwhile', async () => {
      const file = put('api.1.log', 'x'.repeat(5_000_000));
      const folder = join(folders.state, 'sub');
      mkdirSync(folder);
      const copying = assert.rejects(copy(file, { target: join(folder, 'copy.log') }), {
        code: 'target-among-logs',
      });
      await waitFor(() => readdirSync(folder).length > 0);
      renameSync(folder, join(folders.state, 'moved'));
      symlinkSync(folders.logs, folder);
      await copying;
      assert.deepEqual(readdirSync(folders.logs), ['api.1.log']);
    });
  });

  describe('where something is already', () => {
    const at = async (path: string): Promise<LogFile | undefined> =>
      (await app.run('filesAt', { paths: [path] }))[0];

    it('is refused unless somebody agreed to replace it', async () => {
      const file = put('api.log');
      writeFileSync(target(), 'precious');
      await assert.rejects(copy(file), { code: 'target-exists' });
      assert.equal(readFileSync(target(), 'utf8'), 'precious');
      await copy(file, { replaces: await at(target()) });
      assert.equal(readFileSync(target(), 'utf8'), TEXT);
      assert.deepEqual(beside(), ['copy.log']);
    });

    it('is refused where that is another file by now', async () => {
      const file = put('api.log');
      writeFileSync(target(), 'agreed');
      const replaces = await at(target());
      unlinkSync(target());
      writeFileSync(target(), 'new and precious');
      await assert.rejects(copy(file, { replaces }), { code: 'source-changing' });
      assert.equal(readFileSync(target(), 'utf8'), 'new and precious');
      assert.deepEqual(beside(), ['copy.log']);
    });

    it('is refused where something came up meanwhile', async () => {
      const file = put('api.1.log', 'x'.repeat(5_000_000));
      const copying = assert.rejects(copy(file), { code: 'target-exists' });
      await waitFor(() => beside().length > 0);
      writeFileSync(target(), 'precious');
      await copying;
      assert.equal(readFileSync(target(), 'utf8'), 'precious');
      assert.deepEqual(beside(), ['copy.log']);
    });

    it('is refused through a link, whatever it leads to', async () => {
      const file = put('api.log');
      writeFileSync(target('precious'), 'precious');
      for (const to of [target('precious'), target('nothing'), join(folders.logs, 'api.log')]) {
        symlinkSync(to, target());
        await assert.rejects(copy(file), { code: 'not-a-regular-file' });
        await assert.rejects(copy(file, { replaces: seenLog(folders.logs, 'api.log') }), {
          code: 'not-a-regular-file',
        });
        unlinkSync(target());
      }
      assert.deepEqual(beside(), ['precious']);
      assert.equal(readFileSync(target('precious'), 'utf8'), 'precious');
      assert.equal(readFileSync(join(folders.logs, 'api.log'), 'utf8'), TEXT);
    });

    it('is refused where it is a folder', async () => {
      mkdirSync(target());
      await assert.rejects(copy(put('api.log')), { code: 'not-a-regular-file' });
      assert.equal(await at(target()), undefined);
    });
  });

  it('into a folder that is not there names the folder', async () => {
    const path = join(folders.state, 'none', 'copy.log');
    await assert.rejects(copy(put('api.log'), { target: path }), {
      code: 'file-missing',
      data: { path: dirname(path) },
    });
  });

  it('can be called off, and then leaves nothing', async () => {
    // Pieces of 256 KB: the third is in its middle.
    const file = put('api.1.log', 'x'.repeat(2_000_000));
    const { signal, asked } = cancelledAt(3);
    await assert.rejects(copy(file, {}, signal), { code: 'cancelled' });
    assert.deepEqual([asked(), beside(), reports], [3, [], []]);
  });
});

/** Looks once in each turn of the event loop: a copy takes many, so what stands there in its middle is seen. */
async function waitFor(happened: () => boolean): Promise<void> {
  while (!happened()) await turn();
}
