import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { outputSettings, type OutputSettings } from '../../../../src/audit/outputs/auditFile.ts';
import { TrailOutputs, type TrailReport } from '../../../../src/audit/outputs/outputs.ts';
import { trailJobs, type Trail, type TrailJobs } from '../../../../src/audit/trail.ts';
import { inlineRunner, type Door } from '../../../../src/base/job.ts';
import { handDown, type AuditEnvironment } from '../../../../src/policy/auditEnvironment.ts';
import { inlineApp, jobs, type AppJobs } from '../../../../src/jobs/jobs.ts';
import { policySchema } from '../../../../src/policy/policy.ts';
import type { AppReport } from '../../../../src/workspace/workspace.ts';
import { freshFolders } from '../../freshFolders.ts';

describe('outputSettings', () => {
  const settings = (audit: object, environment: AuditEnvironment = {}): OutputSettings =>
    outputSettings('/w', policySchema.parse({ version: 1, audit }), environment);
  const MB = 1_048_576;
  const own = { folder: '/w/logs', name: 'audit.log', isOwn: true, limitBytes: 10 * MB, keepPlain: 1 };

  const rows: [audit: object, environment: AuditEnvironment, file: object | undefined, console: boolean][] = [
    [{}, {}, undefined, false],
    [{ console: true }, {}, undefined, true],
    [{ file: true }, {}, own, false],
    [{ file: true, fileMB: 2, keepPlain: 3 }, {}, { ...own, limitBytes: 2 * MB, keepPlain: 3 }, false],
    [{ file: true, fileMB: 2 }, { fileBytes: 10_000_000 }, { ...own, limitBytes: 10_000_000 }, false],
    [{}, { path: 'logs/audit.log' }, own, false],
    [{}, { path: '/w/logs/./audit.log' }, own, false],
    [{}, { path: '/var/x.log' }, { ...own, folder: '/var', name: 'x.log', isOwn: false }, false],
    [{}, { path: 'audit.log' }, { ...own, folder: '/w', isOwn: false }, false],
    [{}, { path: 'logs/mine.log' }, { ...own, name: 'mine.log', isOwn: false }, false],
  ];
  for (const [audit, environment, file, console] of rows)
    it(`${JSON.stringify(audit)} with ${JSON.stringify(environment)}`, () => {
      assert.deepEqual(settings(audit, environment), { file, console });
    });

  for (const name of ['api.log', 'api.1.log', 'audit.7.log', 'audit.db', 'audit.db-wal', '.lock'])
    it(`refuses this program’s own ${name}`, () => {
      assert.throws(() => settings({}, { path: `logs/${name}` }), { code: 'environment-invalid' });
    });
});

describe('TrailOutputs', () => {
  const folders = freshFolders();
  const fileIn = (folder: string, limitBytes = 1000): OutputSettings['file'] => ({
    ...{ folder, name: 'audit.log', isOwn: true, limitBytes, keepPlain: 1 },
  });

  it('writes each line once to each output, in the order of the calls', async () => {
    const console = folders.put('console', '');
    const descriptor = openSync(console, 'w');
    const outputs = new TrailOutputs(descriptor);
    const both = { file: fileIn(folders.logs, 40), console: true };
    const reports = await Promise.all(
      [both, both, { ...both, console: false }, { file: undefined, console: true }].map((settings, index) =>
        outputs.write([`{"a":${String(index)}}`, `{"b":${String(index)}}`], settings),
      ),
    );
    await outputs.close();
    closeSync(descriptor);
    const lines = (...numbers: number[]): string =>
      numbers.map((number) => `{"a":${String(number)}}\n{"b":${String(number)}}\n`).join('');
    assert.equal(readFileSync(join(folders.logs, 'audit.log'), 'utf8'), lines(0, 1, 2));
    assert.equal(readFileSync(console, 'utf8'), lines(0, 1, 3));
    assert.deepEqual(
      reports.map((each) => each.map(({ kind }) => kind)),
      [[], [], ['file-full'], []],
    );
  });

  it('writes a line longer than an append, and many lines, whole', async () => {
    const outputs = new TrailOutputs();
    const entries = ['a'.repeat(1_500_000), ...Array.from({ length: 30 }, () => 'b'.repeat(100_000)), 'c'];
    const [report] = await outputs.write(entries, { file: fileIn(folders.logs), console: false });
    await outputs.close();
    assert.equal(report?.kind, 'file-full');
    assert.equal(readFileSync(join(folders.logs, 'audit.log'), 'utf8'), `${entries.join('\n')}\n`);
  });

  it('reports how many records an output lacks, and goes on with the other and the next', async () => {
    mkdirSync(join(folders.logs, 'audit.log'));
    const full = openSync('/dev/full', 'w');
    const outputs = new TrailOutputs(full);
    const settings = { file: fileIn(folders.logs), console: true };
    const reports = await outputs.write(['1', '2', '3'], settings);
    assert.deepEqual(
      reports.map((report) => (report.kind === 'output-failed' ? [report.failure.code, report.records] : [])),
      [
        ['not-a-regular-file', 3],
        ['disk-full', 3],
      ],
    );
    const elsewhere = { file: fileIn(join(folders.root, 'elsewhere')), console: false };
    assert.deepEqual(await outputs.write(['4'], elsewhere), []);
    await outputs.close();
    closeSync(full);
  });
});

describe('the outputs of a trail', () => {
  const folders = freshFolders();
  const entry = (id: string): { entry: string; filled: [] } => ({
    entry: JSON.stringify({
      ...{ id, user_id: 'u', action: 'x', entity_type: 't', entity_id: '', created_at: 1_738_368_000 },
    }),
    filled: [],
  });

  it('get each new record once, not those that the trail has or refuses, and follow the policy', async () => {
    folders.policy({ audit: { file: true } });
    const reports: TrailReport[] = [];
    const trailAt = (path?: string, door: Door = 'cli'): Trail =>
      inlineRunner<TrailJobs, TrailReport>(
        trailJobs,
        handDown(folders.environment, path === undefined ? {} : { path }),
        door,
      );
    const append = (ids: string[], trail = trailAt()): Promise<unknown> =>
      trail.run(
        'appendToTrail',
        { root: folders.root, entries: ids.map(entry) },
        { onReport: (report) => reports.push(report) },
      );
    await append(['a', 'b', 'a']);
    await Promise.all([append(['b', 'c']), append(['d', 'a'])]);
    await append(['e'], trailAt('logs/audit.db'));
    await append(['f'], trailAt('elsewhere/copy.log'));
    // VS Code has the environment of some shell.
    await append(['g'], trailAt('elsewhere/copy.log', 'vscode'));
    await trailAt().run('closeTrail', { root: folders.root });
    const lines = (ids: string): string =>
      ids
        .split(' ')
        .map((id) => `${entry(id).entry}\n`)
        .join('');
    assert.equal(readFileSync(join(folders.logs, 'audit.log'), 'utf8'), lines('a b c d g'));
    assert.equal(readFileSync(join(folders.root, 'elsewhere/copy.log'), 'utf8'), lines('f'));
    assert.deepEqual(
      reports.map((report) => (report.kind === 'output-failed' ? report.failure.code : report.kind)),
      ['environment-invalid'],
    );
  });

  for (const [mode, expected] of [
    [0o755, 0o600],
    [0o775, 0o660],
  ] as const)
    it(`are read by the owner alone, and by the group where it may write (0${mode.toString(8)})`, async () => {
      folders.policy({ audit: { file: true, fileMB: 1 } });
      chmodSync(folders.logs, mode);
      const trail: Trail = inlineRunner<TrailJobs, TrailReport>(trailJobs, folders.environment);
      await trail.run('appendToTrail', { root: folders.root, entries: ['a'].map(entry) });
      truncateSync(join(folders.logs, 'audit.log'), 2_000_000);
      await inlineApp(folders.environment).run('runMaintenance', { root: folders.root });
      await trail.run('appendToTrail', { root: folders.root, entries: ['b'].map(entry) });
      await inlineApp(folders.environment).run('runMaintenance', { root: folders.root });
      const copies = readdirSync(folders.logs).filter((name) => /^audit\..*(log|zip)$/.test(name));
      assert.equal(copies.length, 2, copies.join());
      assert.deepEqual(
        copies.map((name) => statSync(join(folders.logs, name)).mode & 0o777),
        [expected, expected],
      );
    });

  it('get the deeds of a backend where the environment says, and are rotated there', async () => {
    folders.policy({});
    const environment = handDown(folders.environment, { path: 'elsewhere/copy.log', fileBytes: 100 });
    const save = async (maxFileMB: number, door: Door): Promise<void> => {
      const edits = [{ key: 'rotation.maxFileMB', value: maxFileMB }];
      const app = inlineRunner<AppJobs, AppReport>(jobs, environment, door);
      await app.run('savePolicy', { root: folders.root, edits, mustExist: true, fromEnvironment: {} });
    };
    const files = (): string[] =>
      readdirSync(join(folders.root, 'elsewhere')).filter((name) => name.startsWith('copy.'));
    await save(5, 'library');
    const [first = ''] = files();
    assert.match(first, /^copy\.\d{4}-\d{2}-\d{2}\.log\.zip$/);
    await save(6, 'vscode');
    assert.deepEqual(files(), [first]);
    await save(7, 'cli');
    assert.deepEqual(files(), [first.replace('.log', '.2.log'), first]);
  });
});
