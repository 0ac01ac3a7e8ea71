import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import type { AppReport } from '../../../src/workspace/workspace.ts';
import {
  knowPassword,
  forgetKnown,
  knownPasswords,
  usePasswords,
} from '../../../src/sessions/passwordRing.ts';
import { openArchive } from '../../../src/sessions/openArchive.ts';
import {
  considerRekeying,
  rekeySessions,
  type RekeyInput,
  type RekeyReport,
} from '../../../src/sessions/rekeySessions.ts';
import { MAINTENANCE_LOCK, openFolderLock } from '../../../src/files/folderLock.ts';
import { zipOf } from '../../e2e/zipOf.ts';
import { cancelledAt } from '../cancelledAt.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';
import { unrecorded } from '../recording.ts';
import { bytesOf, sessionZip, type SampleSession } from './sessionSamples.ts';

const CHAT = 'session_logs/u/c';

describe('rekeySessions', function () {
  this.timeout(120_000);
  const folders = freshFolders();
  const put = (name: string, sample: Partial<SampleSession> = {}): string =>
    folders.put(name, sessionZip({ password: 'old', bound: true, ids: { user_id: name }, ...sample }));
  const codesOf = ({ skipped }: RekeyReport): (readonly [string, string])[] =>
    skipped.map(({ path, failure }) => [path, failure.code] as const);

  const countsOf = ({ change: _change, ...counts }: RekeyReport): Omit<RekeyReport, 'change'> => counts;

  async function rekey(
    input: Partial<RekeyInput> = {},
    { signal = new AbortController().signal, report = (_report: AppReport): void => undefined } = {},
  ): Promise<RekeyReport> {
    return rekeySessions(
      { root: folders.root, password: bytesOf('new'), ...input },
      {
        signal,
        report,
        environment: folders.environment,
        ...unrecorded,
      },
    );
  }

  /** The log that this password, and no other, opens. */
  async function logUnder(password: string, path: string): Promise<string | undefined> {
    const before = [...knownPasswords.candidates()].map((form) => Uint8Array.from(form));
    forgetKnown();
    knowPassword(bytesOf(password));
    try {
      const { members, bound } = await openArchive({ path: join(folders.root, path) }, {});
      return bound === true ? members['logs.jsonl'] : undefined;
    } finally {
      forgetKnown();
      usePasswords({ passwords: before });
    }
  }

  beforeEach(() => {
    forgetKnown();
    folders.policy({});
    mkdirSync(folders.logs, { recursive: true });
    usePasswords({ passwords: ['old', 'older'].map(bytesOf) });
  });
  after(() => {
    forgetKnown();
  });

  it('gives all archives that a known password opens the new one, and keeps what is in them', async () => {
    put(`${CHAT}/one.zip`, { log: 'first\n' });
    put(`${CHAT}/two.zip`, { log: 'second\n', password: 'older' });
    put('session_logs/u2/c/deep/er/three.zip', { log: 'third\n' });
    put('logs/elsewhere.zip');
    const elsewhere = readFileSync(join(folders.root, 'logs/elsewhere.zip'));
    assert.deepEqual(countsOf(await rekey()), { rekeyed: 3, already: 0, skipped: [], cancelled: false });
    assert.equal(await logUnder('new', `${CHAT}/one.zip`), 'first\n');
    assert.equal(await logUnder('new', `${CHAT}/two.zip`), 'second\n');
    assert.equal(await logUnder('new', 'session_logs/u2/c/deep/er/three.zip'), 'third\n');
    assert.equal(await logUnder('old', `${CHAT}/one.zip`), undefined);
    assert.deepEqual(readFileSync(join(folders.root, 'logs/elsewhere.zip')), elsewhere);
    assert.deepEqual(countsOf(await rekey()), { rekeyed: 0, already: 3, skipped: [], cancelled: false });
  });

  it('keeps time and permissions: by the time archives expire', async () => {
    const path = put(`${CHAT}/one.zip`);
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    const before = statSync(path);
    await rekey();
    const after = statSync(path);
    assert.notEqual(after.ino, before.ino);
    assert.deepEqual([after.mtimeMs, after.mode, after.uid], [before.mtimeMs, before.mode, before.uid]);
    assert.deepEqual(readdirSync(join(folders.root, CHAT)), ['one.zip']);
  });

  it('leaves what it cannot open, and what is no session archive, as it is and tells so', async () => {
    put(`${CHAT}/a-locked.zip`, { password: 'stranger' });
    folders.put(`${CHAT}/b-plain.zip`, await zipOf('meta.json', '{}'));
    folders.put(`${CHAT}/c-none.zip`, 'no zip');
    const damaged = sessionZip({ password: 'old' });
    damaged[90] = (damaged[90] ?? 0) ^ 1;
    folders.put(`${CHAT}/d-damaged.zip`, damaged);
    put(`${CHAT}/e-fine.zip`);
    const before = onDisk(folders.root);
    const report = await rekey();
    assert.deepEqual(codesOf(report), [
      [`${CHAT}/a-locked.zip`, 'password-wrong'],
      [`${CHAT}/b-plain.zip`, 'not-a-session-archive'],
      [`${CHAT}/c-none.zip`, 'not-a-session-archive'],
      [`${CHAT}/d-damaged.zip`, 'archive-damaged'],
    ]);
    assert.equal(report.rekeyed, 1);
    // By its path: others may bear its name.
    assert.deepEqual(report.skipped[1]?.failure.data, { name: `${CHAT}/b-plain.zip` });
    const after = onDisk(folders.root);
    for (const name of ['a-locked', 'b-plain', 'c-none', 'd-damaged'])
      assert.deepEqual(after[`${CHAT}/${name}.zip`], before[`${CHAT}/${name}.zip`]);
  });

  it('follows no link', async () => {
    const outside = join(folders.state, 'u/c');
    mkdirSync(outside, { recursive: true });
    const target = join(outside, 'm.zip');
    writeFileSync(target, sessionZip({ password: 'old' }));
    mkdirSync(join(folders.root, 'session_logs'));
    symlinkSync(join(folders.state, 'u'), join(folders.root, 'session_logs/u'));
    symlinkSync(target, join(folders.root, 'session_logs/m.zip'));
    const before = readFileSync(target);
    assert.deepEqual(countsOf(await rekey()), { rekeyed: 0, already: 0, skipped: [], cancelled: false });
    const named = await rekey({
      files: [
        { name: 'm.zip', folder: 'session_logs' },
        { name: 'm.zip', folder: 'session_logs/u/c' },
      ],
    });
    assert.deepEqual(codesOf(named), [
      ['session_logs/m.zip', 'not-a-regular-file'],
      ['session_logs/u/c/m.zip', 'logs-not-a-folder'],
    ]);
    assert.deepEqual(codesOf(await rekey({ folders: ['session_logs/u'] })), []);
    assert.deepEqual(readFileSync(target), before);
  });

  it('leaves an archive whose folder becomes a link meanwhile', async () => {
    put('session_logs/a/c/one.zip');
    const path = put('session_logs/b/c/two.zip');
    const outside = join(folders.state, 'c');
    const report = await rekey(
      {},
      {
        report({ kind }) {
          // Another report comes if the first archive takes long.
          if (kind !== 'progress' || existsSync(outside)) return;
          renameSync(dirname(path), outside);
          symlinkSync(outside, dirname(path));
        },
      },
    );
    assert.deepEqual(codesOf(report), [['session_logs/b/c/two.zip', 'file-missing']]);
    assert.equal(report.rekeyed, 1);
  });

  it('takes files and folders by their paths, each archive once', async () => {
    for (const name of ['u/c/one', 'u/c/two', 'u/d/three', 'v/c/four']) put(`session_logs/${name}.zip`);
    put('logs/copy.zip');
    const scope = {
      root: folders.root,
      folders: ['session_logs/u/c'],
      files: [
        { name: 'one.zip', folder: CHAT },
        { name: 'copy.zip', folder: 'logs' },
        { name: 'four.zip', folder: 'session_logs/v/c' },
      ],
    };
    assert.deepEqual(considerRekeying(scope, folders), { count: 4 });
    assert.deepEqual(considerRekeying({ root: folders.root }, folders), { count: 4 });
    assert.equal((await rekey(scope)).rekeyed, 4);
    assert.equal(await logUnder('old', 'session_logs/u/d/three.zip'), 'log\n');
    assert.equal(await logUnder('new', 'logs/copy.zip'), 'log\n');
    for (const folder of ['logs', 'session_logs/..', 'session_logs2', '../root'])
      assert.throws(() => considerRekeying({ root: folders.root, folders: [folder] }, folders), {
        code: 'not-an-archive-place',
      });
  });

  it('goes where SESSION_LOG_DIR says', async () => {
    const path = join(folders.state, 'else');
    put('../state/else/u/c/m.zip');
    put(`${CHAT}/one.zip`);
    assert.equal((await rekey({ fromEnvironment: { dir: path } })).rekeyed, 1);
    assert.equal(await logUnder('new', '../state/else/u/c/m.zip'), 'log\n');
    assert.equal(await logUnder('old', `${CHAT}/one.zip`), 'log\n');
  });

  it('makes the new password known before it touches an archive, and wipes what it was given', async () => {
    put(`${CHAT}/one.zip`);
    const password = bytesOf('new');
    const known: string[] = [];
    await rekey(
      { password },
      {
        report(report) {
          if (report.kind === 'progress') known.push(Buffer.from(knownPasswords.candidates()[0]!).toString());
        },
      },
    );
    assert.deepEqual(known, ['new']);
    assert.deepEqual(password, new Uint8Array(3));
  });

  it('goes on under the password of an earlier run where none is given, unless there was another change', async () => {
    put(`${CHAT}/one.zip`);
    put(`${CHAT}/two.zip`, { password: 'stranger' });
    const { skipped, change } = await rekey();
    assert.equal(skipped.length, 1);
    knowPassword(bytesOf('stranger'));
    const files = [{ name: 'two.zip', folder: CHAT }];
    const goOn = { password: undefined, files, change };
    const another = (await rekey({ password: bytesOf('third'), files: [] })).change;
    await assert.rejects(rekey(goOn), { code: 'password-needed' });
    assert.notEqual(another, change);
    const again = (await rekey({ files: [] })).change;
    assert.equal((await rekey({ ...goOn, change: again })).rekeyed, 1);
    assert.equal(await logUnder('new', `${CHAT}/two.zip`), 'log\n');
    forgetKnown();
    knowPassword(bytesOf('stranger'));
    await assert.rejects(rekey({ ...goOn, change: again }), { code: 'password-needed' });
  });

  it('stops between two archives when it is cancelled, and tells progress and what it did', async () => {
    for (let index = 0; index < 10; index += 1) put(`${CHAT}/${String(index)}.zip`);
    // Rewriting one asks some forty times.
    const { signal } = cancelledAt(100);
    const reports: AppReport[] = [];
    const report = await rekey(
      {},
      {
        signal,
        report(each) {
          reports.push(each);
        },
      },
    );
    assert.equal(report.cancelled, true);
    assert.ok(report.rekeyed > 0 && report.rekeyed < 10, String(report.rekeyed));
    let count = 0;
    for (let index = 0; index < 10; index += 1)
      if ((await logUnder('new', `${CHAT}/${String(index)}.zip`)) === 'log\n') count += 1;
      else assert.equal(await logUnder('old', `${CHAT}/${String(index)}.zip`), 'log\n');
    assert.equal(count, report.rekeyed);
    assert.deepEqual(readdirSync(join(folders.root, CHAT)).length, 10);
    const [first] = reports;
    assert.deepEqual(first, { kind: 'progress', progress: { done: 0, total: 10, name: '0.zip' } });
  });

  it('looks at no further archive once it is cancelled', async () => {
    for (const name of ['a', 'b']) folders.put(`${CHAT}/${name}.zip`, 'no zip');
    const controller = new AbortController();
    const report = (): void => {
      controller.abort();
    };
    const { skipped, cancelled } = await rekey({}, { signal: controller.signal, report });
    assert.deepEqual([skipped.length, cancelled], [1, true]);
  });

  it('leaves an archive that another program changes meanwhile', async () => {
    const path = put(`${CHAT}/one.zip`);
    const other = sessionZip({ password: 'old', log: 'written meanwhile\n' });
    const beside = join(folders.state, 'beside.zip');
    writeFileSync(beside, other);
    const report = (): void => {
      setImmediate(() => {
        if (existsSync(beside)) renameSync(beside, path);
      });
    };
    assert.deepEqual(codesOf(await rekey({}, { report })), [[`${CHAT}/one.zip`, 'source-changing']]);
    assert.deepEqual(readFileSync(path), other);
    assert.deepEqual(readdirSync(dirname(path)), ['one.zip']);
  });

  it('proves what it made before it takes the old one away', async () => {
    const path = put(`${CHAT}/one.zip`);
    const before = readFileSync(path);
    const { createHmac } = crypto;
    let made = 0;
    // Those of two members that are opened; the next one is of what is written anew.
    const isBroken = (): boolean => ++made === 3;
    crypto.createHmac = (...words) => createHmac(words[0], isBroken() ? 'another key' : words[1]);
    syncBuiltinESMExports();
    try {
      assert.deepEqual(codesOf(await rekey()), [[`${CHAT}/one.zip`, 'unexpected']]);
    } finally {
      crypto.createHmac = createHmac;
      syncBuiltinESMExports();
    }
    assert.deepEqual(readFileSync(path), before);
    assert.deepEqual(readdirSync(dirname(path)), ['one.zip']);
  });

  it('removes what a killed run left, and nothing else', async () => {
    const path = put(`${CHAT}/one.zip`, { password: 'stranger' });
    put(`${CHAT}/two.zip`, { password: 'new' });
    const lefts = [path, join(dirname(path), 'two.zip')].map((each) => `${each}.tmp-0123456789abcdef`);
    for (const left of lefts) writeFileSync(left, 'half');
    const others = ['three.zip.tmp-0123456789abcdef', 'one.zip.tmp', 'one.zip.tmp-x'];
    for (const other of others) folders.put(`${CHAT}/${other}`, 'theirs');
    assert.deepEqual([(await rekey()).already, lefts.some((left) => existsSync(left))], [1, false]);
    assert.deepEqual(readdirSync(dirname(path)).sort(), ['one.zip', 'two.zip', ...others].sort());
  });

  it('does nothing where somebody else’s run holds the lock, or there is no policy', async () => {
    put(`${CHAT}/one.zip`);
    const lock = await openFolderLock(folders.logs, MAINTENANCE_LOCK, {});
    const held = await lock.hold({});
    await assert.rejects(rekey(), { code: 'maintenance-busy' });
    held.release();
    lock.close();
    folders.put('.workspace-logs.json', '{');
    await assert.rejects(rekey(), { code: 'policy-damaged' });
    const other = { root: folders.state };
    mkdirSync(join(folders.state, 'logs'));
    assert.throws(() => considerRekeying(other, folders), { code: 'not-managed' });
    await assert.rejects(rekey(other), { code: 'not-managed' });
    assert.equal(await logUnder('old', `${CHAT}/one.zip`), 'log\n');
  });
});
