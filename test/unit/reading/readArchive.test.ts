import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp, type AppJobs } from '../../../src/jobs/jobs.ts';
import { streamLog } from '../../../src/reading/readLog.ts';
import { describe as inWords } from '../../../src/words/failures.ts';
import { fromUnknown, hasCode } from '../../../src/base/failure.ts';
import { parseFileName } from '../../../src/files/fileName.ts';
import { aesZip } from '../archive/aesZip.ts';
import { freshFolders } from '../freshFolders.ts';
import { bytesOf, digested, sessionZip, type SampleSession } from '../sessions/sessionSamples.ts';

const FOLDER = 'session_logs/u/c';

/** A log that 7-Zip has encrypted in the old way. */
function zipCrypto(path: string, password: string): Buffer {
  const words = ['a', '-tzip', '-mem=ZipCrypto', `-p${password}`, '-silogs.txt', path];
  execFileSync('7zz', words, { input: 'log\n', stdio: ['pipe', 'ignore', 'inherit'] });
  return readFileSync(path);
}

/** Inside of the encryption: in the extra fields of the local header and of the directory. */
function withMethod(zip: Buffer, method: number): Buffer {
  const changed = Buffer.from(zip);
  const field = Buffer.from([0x01, 0x99, 7, 0]);
  for (let at = changed.indexOf(field); at !== -1; at = changed.indexOf(field, at + 1))
    changed.writeUInt16LE(method, at + 9);
  return changed;
}

interface Place {
  readonly name: string;
  readonly folder?: string;
}

describe('reading an archive', () => {
  const folders = freshFolders();
  const app = inlineApp(folders.environment);
  const place = (): Place & { root: string } => ({ root: folders.root, folder: FOLDER, name: 'm.zip' });
  const put = (zip: Buffer, path = `${FOLDER}/m.zip`): string => folders.put(path, zip);
  const know = (...passwords: string[]): Promise<void> =>
    app.run('usePasswords', { passwords: passwords.map(bytesOf) });
  const part = async (member: string, other: Partial<Place> = {}): Promise<string> => {
    const input = { ...place(), ...other, member, part: 0 };
    return Buffer.from((await app.run('readLogPart', input)).bytes).toString();
  };

  afterEach(() => app.run('forgetPasswords', {}));

  it('shows its files, by a known password alone', async () => {
    put(sessionZip({ password: 'right' }));
    for (const job of ['measureLog', 'readLogPart'] as const) {
      const read = (): Promise<unknown> => app.run(job, { ...place(), member: 'logs.jsonl', part: 0 });
      await assert.rejects(read(), { code: 'password-needed', data: { name: 'm.zip' } });
      await know('wrong', 'u\u0308');
      await assert.rejects(read(), { code: 'password-wrong', data: { name: 'm.zip', tried: 2 } });
      await app.run('forgetPasswords', {});
    }
    await know('wrong', 'right');
    assert.equal((await app.run('measureLog', { ...place(), member: 'logs.jsonl' })).textBytes, 4);
    assert.equal(await part('logs.jsonl'), 'log\n');
    assert.match(await part('meta.json'), /"log_format":"jsonl"/);
    let text = '';
    await streamLog({ ...place(), member: 'logs.jsonl' }, (piece) => {
      text += piece.toString();
      return Promise.resolve();
    });
    assert.equal(text, 'log\n');
  });

  it('tells what is inside without a password', async () => {
    put(sessionZip({ password: 'right' }));
    const members = await app.run('archiveMembers', place());
    assert.deepEqual(
      members.map(({ name, encrypted }) => [name, encrypted]),
      [
        ['meta.json', true],
        ['logs.jsonl', true],
      ],
    );
    assert.equal(members[1]?.bytes, 4);
  });

  it('lists no folder, and nothing that macOS or Windows adds', async () => {
    const names = ['d/', 'd/x.log', '__MACOSX/d/._x.log', 'd/.DS_Store', 'Thumbs.db'];
    put(
      aesZip(
        names.map((name) => ({ name, text: '' })),
        { password: 'right' },
      ),
    );
    const members = await app.run('archiveMembers', place());
    assert.deepEqual(
      members.map(({ name }) => name),
      ['d/x.log'],
    );
  });

  it('asks which file is meant', async () => {
    put(sessionZip({ password: 'right' }));
    await know('right');
    await assert.rejects(app.run('measureLog', place()), { code: 'member-needed' });
    await assert.rejects(app.run('measureLog', { ...place(), member: 'x' }), { code: 'no-such-member' });
  });

  it('tells damage from a wrong password where another file proves the password', async () => {
    const members = [
      { name: 'logs.jsonl', text: 'a log\n'.repeat(10) },
      { name: 'meta.json', text: '{}' },
    ];
    const zip = aesZip(members, { password: 'right' });
    const next = zip.indexOf('PK', 4, 'latin1');
    // The last byte of the first file's data, in front of its HMAC.
    zip.writeUInt8(zip.readUInt8(next - 11) ^ 1, next - 11);
    put(zip);
    const measure = (): Promise<unknown> => app.run('measureLog', { ...place(), member: 'logs.jsonl' });
    await know('wrong');
    await assert.rejects(measure(), { code: 'password-wrong' });
    await know('right');
    const data = { name: 'm.zip', member: 'logs.jsonl', check: 'hmac' };
    await assert.rejects(measure(), { code: 'archive-damaged', data });
  });

  const log = { name: 'logs.jsonl', text: 'log\n' };
  const restore = 'Restore the archive from a copy if there is one.';
  const unsupported = 'which is not supported here. Open it with 7-Zip.';
  const bad: [what: string, member: string, make: () => Buffer, sentence: string][] = [
    [
      'of the old encryption',
      'logs.txt',
      () => zipCrypto(join(folders.root, 'old.zip'), 'right'),
      `In the archive “m.zip”, “logs.txt” uses the old encryption of zips (ZipCrypto), ${unsupported}`,
    ],
    [
      'of an unknown method',
      'logs.jsonl',
      () => withMethod(aesZip([log], { password: 'right' }), 93),
      `In the archive “m.zip”, “logs.jsonl” uses an unknown compression method, ${unsupported}`,
    ],
    [
      'with a name that leads out',
      '../../evil.jsonl',
      () => aesZip([log, { ...log, name: '../../evil.jsonl' }], { password: 'right' }),
      `In the archive “m.zip”, “../../evil.jsonl” is damaged: its name is not allowed in an archive. ${restore}`,
    ],
    [
      'with two files of one name',
      'logs.jsonl',
      () => aesZip([log, { ...log, text: '{}\n' }], { password: 'right' }),
      `In the archive “m.zip”, “logs.jsonl” is damaged: there are several files of this name. ${restore}`,
    ],
    [
      'that is no zip',
      'logs.jsonl',
      () => Buffer.from('no zip'),
      'The archive “m.zip” is damaged: it does not end as a zip does. Restore it from a copy if there is one.',
    ],
  ];
  for (const [what, member, make, sentence] of bad)
    it(`refuses one ${what} in one sentence, whoever looks into it`, async () => {
      put(make());
      await know('right');
      for (const job of ['measureLog', 'readLogPart'] as const)
        await assert.rejects(
          app.run(job, { ...place(), member, part: 0 }),
          (error) => inWords(fromUnknown(error)) === sentence,
        );
    });

  describe('that lists the digests of its files', () => {
    const refused: [what: string, sample: Omit<SampleSession, 'password'>, member: string][] = [
      [
        'another text',
        { listed: Object.fromEntries([digested({ name: 'logs.jsonl', text: 'LOG\n' })]) },
        'logs.jsonl',
      ],
      [
        'another size',
        { listed: Object.fromEntries([digested({ name: 'logs.jsonl', text: 'longer\n' })]) },
        'logs.jsonl',
      ],
      [
        'another method',
        {
          listed: Object.fromEntries([digested({ name: 'logs.jsonl', text: 'log\n', method: 'stored' })]),
        },
        'logs.jsonl',
      ],
      ['nothing of it', { listed: {} }, 'logs.jsonl'],
      ['a name of every object', { listed: {}, more: [{ name: 'constructor', text: 'x' }] }, 'constructor'],
    ];
    for (const [what, sample, member] of refused)
      it(`refuses one of which it tells ${what}`, async () => {
        put(sessionZip({ password: 'right', ...sample }));
        await know('right');
        const failure = { code: 'archive-damaged', data: { name: 'm.zip', member, check: 'digest' } };
        await assert.rejects(part(member), failure);
        // A text of the same length is found out by reading it.
        if (what !== 'another text')
          await assert.rejects(app.run('measureLog', { ...place(), member }), failure);
        assert.match(await part('meta.json'), /"member_digests"/);
      });

    it('shows those that are as it says', async () => {
      put(sessionZip({ password: 'right', bound: true }));
      await know('right');
      assert.equal(await part('logs.jsonl'), 'log\n');
    });

    it('refuses one that was taken from another archive of the same password', async () => {
      const zip = sessionZip({ password: 'right', bound: true, log: 'one\n' });
      const other = sessionZip({ password: 'right', bound: true, log: 'two\n' });
      assert.equal(zip.length, other.length);
      // Both hold the same bytes up to where the log's entry begins.
      const at = zip.lastIndexOf('PK\x03\x04');
      put(Buffer.concat([zip.subarray(0, at), other.subarray(at)]));
      await know('right');
      await assert.rejects(part('logs.jsonl'), {
        code: 'archive-damaged',
        data: { name: 'm.zip', member: 'logs.jsonl', check: 'digest' },
      });
    });

    for (const isListed of [false, true])
      it(`refuses one that is not encrypted, ${isListed ? '' : 'not '}listed`, async () => {
        const added = digested({ name: 'added.txt', text: 'added', method: 'stored' });
        const log = digested({ name: 'logs.jsonl', text: 'log\n' });
        const listed = Object.fromEntries(isListed ? [log, added] : [log]);
        const zip = put(sessionZip({ password: 'right', listed }));
        execFileSync('7zz', ['a', '-tzip', zip, folders.put('added.txt', 'added')], { stdio: 'ignore' });
        await know('right');
        await assert.rejects(part('added.txt'), {
          code: 'archive-damaged',
          data: { name: 'm.zip', member: 'added.txt', check: 'digest' },
        });
        assert.equal(await part('logs.jsonl'), 'log\n');
      });

    it('shows nothing where the list itself is damaged', async () => {
      const zip = sessionZip({ password: 'right', bound: true });
      const at = 30 + 'meta.json'.length + 11 + 16 + 2;
      zip[at] = (zip[at] ?? 0) ^ 1;
      put(zip);
      await know('right');
      await assert.rejects(part('logs.jsonl'), { code: 'archive-damaged' });
    });

    it('takes no list that is too long to be one', async () => {
      put(sessionZip({ password: 'right', ids: { chat_id: 'x'.repeat(1_100_000) } }));
      await know('right');
      await assert.rejects(part('logs.jsonl'), {
        code: 'archive-unsupported',
        data: { name: 'm.zip', member: 'meta.json', what: 'meta-size' },
      });
    });
  });

  describe('in its place', () => {
    const places: [what: string, path: string, place: Place][] = [
      ['in the sessions folder', 'session_logs/m.zip', { folder: 'session_logs', name: 'm.zip' }],
      ['deep below it', 'session_logs/a/b/c/M.ZIP', { folder: 'session_logs/a/b/c', name: 'M.ZIP' }],
      ['below logs', 'logs/sub/m.zip', { folder: 'logs/sub', name: 'm.zip' }],
      ['in logs', 'logs/m.zip', { folder: 'logs', name: 'm.zip' }],
      ['in logs, as logs are named', 'logs/m.zip', { name: 'm.zip' }],
      ['in logs, written large', 'logs/M.ZIP', { name: 'M.ZIP' }],
    ];
    for (const [what, path, { name, folder }] of places)
      it(`${what} is read`, async () => {
        put(sessionZip({ password: 'right' }), path);
        await know('right');
        const input = { root: folders.root, name, folder, member: 'logs.jsonl', part: 0 };
        const { bytes } = await app.run('readLogPart', input);
        assert.equal(Buffer.from(bytes).toString(), 'log\n');
        const [file] = await app.run('requireLogs', { root: folders.root, names: [name], folder });
        assert.deepEqual([file?.name, file?.folder], [name, folder === 'logs' ? undefined : folder]);
        assert.deepEqual(await app.run('findLogs', { root: folders.root, names: [name, name], folder }), [
          file,
        ]);
      });

    it('is where the policy says', async () => {
      folders.policy({ sessions: { dir: './my//sessions/' } });
      put(sessionZip({ password: 'right' }), 'my/sessions/u/m.zip');
      await know('right');
      assert.equal(await part('logs.jsonl', { folder: 'my/sessions/u' }), 'log\n');
      await assert.rejects(part('logs.jsonl'), { code: 'not-an-archive-place' });
      folders.put('.workspace-logs.json', '{');
      put(sessionZip({ password: 'right' }));
      assert.equal(await part('logs.jsonl'), 'log\n');
    });

    const bad: [folder: string, name: string, code: string][] = [
      ['', 'm.zip', 'not-an-archive-place'],
      ['.', 'm.zip', 'not-an-archive-place'],
      ['..', 'm.zip', 'not-an-archive-place'],
      ['src', 'm.zip', 'not-an-archive-place'],
      ['session_logs2', 'm.zip', 'not-an-archive-place'],
      ['session_logs/../secret', 'm.zip', 'not-an-archive-place'],
      ['session_logs/./u/c', 'm.zip', 'not-an-archive-place'],
      ['session_logs//u/c', 'm.zip', 'not-an-archive-place'],
      ['session_logs/u/c/', 'm.zip', 'not-an-archive-place'],
      ['/session_logs/u/c', 'm.zip', 'not-an-archive-place'],
      ['session_logs\0', 'm.zip', 'not-an-archive-place'],
      ['session_logs/u\0', 'm.zip', 'not-an-archive-place'],
      [FOLDER, '../c/m.zip', 'not-an-archive-place'],
      [FOLDER, 'm.zip\0', 'not-an-archive-place'],
      [FOLDER, '\0.zip', 'not-an-archive-place'],
      [FOLDER, 'm.log', 'not-an-archive-place'],
      [FOLDER, '', 'not-an-archive-place'],
      [FOLDER, '..', 'not-an-archive-place'],
      [FOLDER, 'none.zip', 'file-missing'],
      [`${FOLDER}/none`, 'm.zip', 'file-missing'],
      [`${FOLDER}/m.zip`, 'm.zip', 'logs-not-a-folder'],
      ['session_logs/link', 'm.zip', 'logs-not-a-folder'],
      ['session_logs/up/session_logs/u/c', 'm.zip', 'logs-not-a-folder'],
      [FOLDER, 'link.zip', 'not-a-regular-file'],
      [FOLDER, 'folder.zip', 'not-a-regular-file'],
      [FOLDER, 'pipe.zip', 'not-a-regular-file'],
      [FOLDER, `${'x'.repeat(300)}.zip`, 'machine-error'],
      [`session_logs/${'x'.repeat(300)}`, 'm.zip', 'machine-error'],
    ];
    for (const [folder, name, code] of bad)
      it(`${JSON.stringify(`${folder} | ${name}`).slice(0, 60)} is refused by every job: ${code}`, async () => {
        put(sessionZip({ password: 'right' }));
        put(sessionZip({ password: 'right' }), 'secret/m.zip');
        folders.policy({});
        await know('right');
        const at = (path: string): string => join(folders.root, 'session_logs', path);
        symlinkSync('../secret', at('link'));
        symlinkSync('..', at('up'));
        symlinkSync('m.zip', at('u/c/link.zip'));
        mkdirSync(at('u/c/folder.zip'));
        execFileSync('mkfifo', [at('u/c/pipe.zip')]);
        const input = { root: folders.root, folder, name, member: 'logs.jsonl', part: 0 };
        const stats = { parts: parseFileName(name), bytes: 1, modified: 1, inode: 1 };
        const file = { name, folder, ...stats };
        const target = join(folders.state, 'copy');
        const inputs = {
          measureLog: input,
          readLogPart: input,
          archiveMembers: input,
          tryPassword: { ...input, password: bytesOf('right') },
          requireLogs: { ...input, names: [name] },
          saveCopy: { root: folders.root, file, unzipped: true, member: 'logs.jsonl', target },
        } satisfies { [K in keyof AppJobs]?: Parameters<AppJobs[K]>[0] };
        for (const [job, given] of Object.entries(inputs) as [keyof typeof inputs, never][])
          await assert.rejects(app.run(job, given), (error) => hasCode(error) && error.code === code, job);
        const deletion = { root: folders.root, files: [file], alsoWritten: true };
        for (const job of ['considerDeletion', 'deleteLogs'] as const)
          assert.deepEqual(
            (await app.run(job, deletion)).refused.map(({ failure }) => failure.code),
            [code],
            job,
          );
        if (code !== 'machine-error')
          assert.deepEqual(await app.run('findLogs', { ...input, names: [name] }), []);
      });

    it('may go away before it is read', async () => {
      put(sessionZip({ password: 'right' }));
      await know('right');
      rmSync(join(folders.root, FOLDER), { recursive: true });
      await assert.rejects(part('logs.jsonl'), { code: 'file-missing' });
    });
  });

  it('of other programs in logs takes the same way', async () => {
    put(aesZip([{ name: 'x.log', text: 'text\n' }], { password: 'right' }), 'logs/server.log.1.zip');
    await assert.rejects(part('x.log', { folder: 'logs', name: 'server.log.1.zip' }), {
      code: 'password-needed',
    });
    const input = { root: folders.root, name: 'server.log.1.zip' };
    await assert.rejects(app.run('measureLog', input), { code: 'password-needed' });
    await know('wrong');
    await assert.rejects(app.run('measureLog', input), {
      code: 'password-wrong',
      data: { name: 'server.log.1.zip', tried: 1 },
    });
    await know('right');
    assert.equal((await app.run('measureLog', input)).textBytes, 5);
    assert.equal(await part('x.log', { folder: 'logs', name: 'server.log.1.zip' }), 'text\n');
  });

  it('can be called off', async () => {
    put(sessionZip({ password: 'right' }));
    await know('right');
    const signal = AbortSignal.abort();
    const input = { ...place(), member: 'logs.jsonl', part: 0 };
    await assert.rejects(app.run('readLogPart', input, { signal }), { code: 'cancelled' });
  });
});
