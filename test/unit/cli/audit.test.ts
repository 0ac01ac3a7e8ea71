import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { commandLine } from '../commandLine.ts';
import { commandLineHere } from '../commandLineHere.ts';
import { freshFolders } from '../freshFolders.ts';

const fixture = (name: string): string => join(import.meta.dirname, '../../fixtures/audit', name);

describe('audit', () => {
  const folders = freshFolders();

  const run = (...words: string[]): ReturnType<typeof commandLineHere> =>
    commandLineHere(['audit', ...words], { cwd: folders.root });
  const imported = async (...names: string[]): Promise<void> => {
    folders.policy({});
    for (const name of names) assert.equal((await run('import', fixture(name))).code, 0);
  };
  const json = async (...words: string[]): Promise<{ code: number | null; answer: unknown }> => {
    const { code, stdout } = await run(...words, '--json');
    return { code, answer: JSON.parse(stdout) as unknown };
  };

  it('gives the records of other programs back byte for byte, but for a secret', async () => {
    const names = ['samples.jsonl', 'billing_audit_log.jsonl', 'audit.log'];
    await imported(...names);
    const given = names.map((name) => readFileSync(fixture(name), 'utf8')).join('');
    const { stdout } = await run('export', '--format', 'jsonl');
    assert.equal(stdout, given.replace('demo-LEAK-not-redacted-upstream', '********'));
    assert.match(given, /demo-LEAK/);
    const all = JSON.parse((await run('export')).stdout) as { action: string }[];
    assert.deepEqual([all.length, all.at(-1)?.action], [14, 'audit_exported']);
    assert.deepEqual(await json('import', fixture('samples.jsonl')), {
      code: 0,
      answer: { appended: 0, duplicates: 4, conflicts: 0, invalid: 0 },
    });
  });

  it('imports a rotated log as other programs compress it', async () => {
    folders.policy({});
    const appended = [];
    for (const path of [
      fixture('audit.2026-01-01_00-00-00_000000.log.zip'),
      folders.put('audit.1.log.gz', gzipSync(readFileSync(fixture('audit.log')))),
    ]) {
      const { code, answer } = await json('import', path);
      assert.equal(code, 0, path);
      appended.push((answer as { appended: number }).appended);
    }
    assert.deepEqual(appended, [3, 2]);
  });

  it('imports nothing of a damaged log, even if it is found at its end', async () => {
    folders.policy({});
    const line = { user_id: 'u', action: 'x', entity_type: 't', entity_id: '', created_at: 1_738_368_000 };
    // More than are written at once.
    const lines = Array.from({ length: 1001 }, (_, id) => `${JSON.stringify({ id: String(id), ...line })}\n`);
    const text = lines.join('');
    const gz = gzipSync(text);
    gz[gz.length - 8]! ^= 1;
    const zip = readFileSync(fixture('audit.2026-01-01_00-00-00_000000.log.zip'));
    zip[zip.indexOf('PK\x01\x02') + 16]! ^= 1;
    for (const [name, bytes] of Object.entries({ 'audit.1.log.gz': gz, 'audit.1.log.zip': zip }))
      assert.equal((await run('import', folders.put(name, bytes))).code, 1, name);
    assert.equal((await run('export', '--format', 'jsonl')).stdout, '');
  });

  it('counts what it reads, and names what it refuses', async () => {
    folders.policy({});
    const line = {
      id: 'a',
      user_id: 'u',
      action: 'x',
      entity_type: 't',
      entity_id: '',
      created_at: 1_738_368_000,
    };
    const input = [
      line,
      line,
      { ...line, user_id: 'v' },
      { ...line, action: 5 },
      { ...line, id: undefined, created_at: 'now' },
    ]
      .map((record) => JSON.stringify(record))
      .join('\n');
    const { code, stdout, stderr } = await commandLineHere(['audit', 'append', '--json'], {
      cwd: folders.root,
      input: `${input}\nhello\n`,
    });
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(stdout), { appended: 2, duplicates: 1, conflicts: 1, invalid: 2 });
    for (const sentence of [/Line 3: .*another record with the id “a”/, /Line 4: /, /Line 6: /])
      assert.match(stderr, sentence);
  });

  it('copies new records to audit.log, and rotates and zips it where it is', async () => {
    folders.policy({ audit: { file: true } });
    const line = (id: string): string =>
      JSON.stringify({ id, user_id: 'u', action: 'x', entity_type: 't', entity_id: '' });
    const append = (ids: string, env = {}): ReturnType<typeof commandLineHere> =>
      commandLineHere(['audit', 'append', '--json'], {
        cwd: folders.root,
        input: ids.split(' ').map(line).join('\n'),
        env,
      });
    await append('a b');
    await append('b a');
    const copied = readFileSync(join(folders.logs, 'audit.log'), 'utf8');
    const trail = (await run('export', '--format', 'jsonl')).stdout;
    assert.equal(copied, trail);
    await append('c', { AUDIT_LOG_FILE_ROTATION_SIZE: '100' });
    await append('d', { AUDIT_LOG_FILE_ROTATION_SIZE: '1', AUDIT_LOGS_FILE_PATH: 'copies/a.log' });
    await append('e', { AUDIT_LOG_FILE_ROTATION_SIZE: '1', AUDIT_LOGS_FILE_PATH: 'copies/a.log' });
    const names = (folder: string): string[] => readdirSync(folder).filter((name) => name.includes('.log'));
    assert.match(names(folders.logs).join(), /^audit\.\d{4}-\d\d-\d\d\.log\.zip$/);
    assert.match(
      names(join(folders.root, 'copies')).join(),
      /^a\.\d{4}-\d\d-\d\d\.2\.log\.zip,a\.\d{4}-\d\d-\d\d\.log\.zip$/,
    );
    const refused = await append('f', { AUDIT_LOG_FILE_ROTATION_SIZE: 'big' });
    assert.match(refused.stderr, /AUDIT_LOG_FILE_ROTATION_SIZE must be/);
    assert.notEqual(refused.code, 0);
  });

  it('prints records of audit.console on standard error, beside its answer', async () => {
    folders.policy({ audit: { console: true } });
    const record = { id: 'a', user_id: 'u', action: 'x', entity_type: 't', entity_id: '', created_at: 1e9 };
    const input = JSON.stringify(record);
    const { stdout, stderr } = await commandLine(['audit', 'append', '--json'], { cwd: folders.root, input });
    assert.equal(stderr, `${input}\n`);
    assert.deepEqual(JSON.parse(stdout), { appended: 1, duplicates: 0, conflicts: 0, invalid: 0 });
  });

  it('queries, newest first', async () => {
    await imported('samples.jsonl', 'audit.log');
    const { answer } = await json('query', '--user', 'admin123', '--from', '2025-02-02', '--limit', '2');
    const { total, totalIsExact, records, cursor } = answer as {
      total: number;
      totalIsExact: boolean;
      records: { created_at: number }[];
      cursor: string;
    };
    assert.deepEqual([total, totalIsExact], [3, true]);
    assert.deepEqual(
      records.map(({ created_at }) => created_at),
      [1_738_627_200, 1_738_540_800],
    );
    const next = await json('query', '--user', 'admin123', '--from', '2025-02-02', '--cursor', cursor);
    assert.partialDeepStrictEqual(next.answer, {
      total: 3,
      records: [{ created_at: 1_738_454_400 }],
      cursor: null,
    });
    assert.equal((await run('query', '--user', 'other', '--cursor', cursor)).code, 1);
    for (const words of [
      ['--limit', '0'],
      ['--limit', '1001'],
      ['--from', 'soon'],
      ['--offset', '-1'],
      ['--indexes'],
    ])
      assert.equal((await run('query', ...words)).code, 2, words.join(' '));
    assert.match(
      (await run('query', '--action', 'request', '--limit', '1')).stdout,
      /^2026-01-01T06:44:55Z {2}u-7f3c {2}request/,
    );
  });

  it('defuses formulas, and writes RFC 5424', async () => {
    folders.policy({});
    const record = {
      id: '=1',
      user_id: '-u"',
      action: '@x',
      entity_type: '\tt',
      entity_id: '+',
      created_at: 1_738_368_000,
    };
    await commandLineHere(['audit', 'append'], { cwd: folders.root, input: JSON.stringify(record) });
    const { stdout } = await run('export', '--format', 'csv');
    assert.match(stdout, /^id,user_id,.*\r\n'=1,"'-u""",'@x,'\tt,'\+,,,,1738368000,,,,,,,\r\n$/);
    assert.equal(
      (await run('export', '--format', 'syslog', '--action', '@x')).stdout,
      `<109>1 2025-02-01T00:00:00Z - workspace-logs - @x - ${JSON.stringify(record)}\n`,
    );
  });

  it('writes a manifest beside an export', async () => {
    await imported('samples.jsonl');
    const path = join(folders.root, 'manifest.json');
    const exported = async (...words: string[]): Promise<{ text: string; manifest: object }> => {
      const { stdout: text } = await run('export', '--format', 'jsonl', '--manifest', path, ...words);
      return { text, manifest: JSON.parse(readFileSync(path, 'utf8')) as object };
    };
    const { text, manifest } = await exported('--action', 'plan_updated', '--from', '2025-01-01');
    const checkpoint = (await run('checkpoint')).stdout;
    // The export itself is a record behind those that it holds.
    assert.match(checkpoint, /\n5\n/);
    assert.deepEqual(manifest, {
      format: 'jsonl',
      filter: { action: 'plan_updated', from: Date.UTC(2025, 0) / 1000 },
      count: 2,
      range: { first: 1, last: 3 },
      records: 4,
      bytes: Buffer.byteLength(text),
      sha256: hash('sha256', text),
      checkpoint,
      verification: (await json('verify')).answer,
    });
    assert.partialDeepStrictEqual((await exported('--user', 'x')).manifest, {
      count: 0,
      range: null,
      bytes: 0,
    });
    const database = new DatabaseSync(join(folders.logs, 'audit.db'));
    database.exec('DROP TRIGGER record_no_update; UPDATE record SET leaf = zeroblob(32) WHERE seq = 2');
    database.close();
    assert.partialDeepStrictEqual((await exported()).manifest, {
      count: 6,
      verification: { state: 'tampered', first: { kind: 'altered', seq: 2 } },
    });
  });

  it('verifies, and names what was altered', async () => {
    assert.deepEqual(await json('verify'), { code: 0, answer: { state: 'sound', records: 0, sealed: 0 } });
    await imported('samples.jsonl');
    const { code, answer } = await json('verify', '--indexes');
    assert.equal(code, 0);
    assert.partialDeepStrictEqual(answer, { state: 'sound', records: 4, sealed: 4, checkpoint: { size: 4 } });
    const database = new DatabaseSync(join(folders.logs, 'audit.db'));
    database.exec(
      `DROP TRIGGER record_no_update; UPDATE record SET entry = replace(entry, '1490', '1491') WHERE seq = 0`,
    );
    database.close();
    const tampered = await json('verify');
    assert.equal(tampered.code, 1);
    assert.partialDeepStrictEqual(tampered.answer, {
      state: 'tampered',
      first: { kind: 'altered', seq: 0, id: 'a1b2c3d4-e5f6-7890-g1h2-i3j4k5l6m7n8' },
    });
    assert.match((await run('verify')).stderr, /record 0 \(a1b2c3d4-.*\) was altered\./);
  });

  it('records the deeds of the command line; without a record they exit 3, and nothing is done', async () => {
    await imported('samples.jsonl');
    const audit = join(folders.logs, 'audit.db');
    const deeds = [
      ['policy', '--set', 'rotation.maxFileMB=5'],
      ['policy', '--accept'],
      ['audit', 'export'],
    ];
    const policy = (): string => readFileSync(join(folders.root, '.workspace-logs.json'), 'utf8');
    const before = policy();
    chmodSync(audit, 0o444);
    for (const words of deeds) {
      const { code, stdout, stderr } = await commandLineHere(words, { cwd: folders.root });
      assert.deepEqual([code, stdout, policy()], [3, '', before], words.join(' '));
      assert.match(stderr, /^workspace-logs: Nothing was done, because it cannot be recorded/);
    }
    chmodSync(audit, 0o600);
    for (const words of deeds)
      assert.equal((await commandLineHere(words, { cwd: folders.root })).code, 0, words.join(' '));
    const { answer } = await json('query', '--limit', '3');
    assert.partialDeepStrictEqual(answer, {
      records: [
        { action: 'audit_exported', entity_type: 'trail' },
        { action: 'policy_accepted' },
        { action: 'policy_changed', changes: { 'rotation.maxFileMB': { old: 20, new: 5 } } },
      ],
    });
  });

  it('exits 3 once the key is lost, and 0 with the verifier key', async () => {
    await imported('samples.jsonl');
    const key = (await run('key')).stdout.trim();
    rmSync(folders.state, { recursive: true });
    assert.deepEqual((await run('verify')).code, 3);
    assert.equal((await run('verify', '--key', key)).code, 0);
    assert.equal((await run('verify', '--key', 'x')).code, 1);
  });

  it('stays unknown when a new key has signed, until the old one is given or the trail accepted', async () => {
    await imported('samples.jsonl');
    const key = (await run('key')).stdout.trim();
    rmSync(folders.state, { recursive: true });
    await imported('audit.log');
    const unknown = await run('verify');
    assert.equal(unknown.code, 3);
    assert.match(unknown.stderr, /--key, or say --accept/);
    assert.equal((await run('verify', '--key', key)).code, 0);
    assert.equal((await run('verify')).code, 3);
    assert.partialDeepStrictEqual(await json('verify', '--accept'), { code: 0, answer: { state: 'sound' } });
    await imported('billing_audit_log.jsonl');
    assert.equal((await run('verify')).code, 0);
  });

  it('accepts no trail that was altered', async () => {
    await imported('samples.jsonl');
    rmSync(folders.state, { recursive: true });
    const database = new DatabaseSync(join(folders.logs, 'audit.db'));
    database.exec(`DROP TRIGGER record_no_update; UPDATE record SET user_id = 'x' WHERE seq = 0`);
    database.close();
    assert.equal((await run('verify', '--accept')).code, 1);
    assert.equal((await run('verify')).code, 1);
  });

  it('notices that the whole trail is gone, or another one', async () => {
    await imported('samples.jsonl');
    for (const name of ['audit.db', 'audit.db-wal', 'audit.db-shm'])
      rmSync(join(folders.logs, name), { force: true });
    assert.equal((await run('verify')).code, 1);
    await imported('samples.jsonl');
    assert.partialDeepStrictEqual((await json('verify')).answer, {
      state: 'tampered',
      first: { kind: 'rolled-back' },
    });
  });

  it('proves that it only grew since a checkpoint', async () => {
    await imported('samples.jsonl');
    const note = folders.put('note', (await run('checkpoint')).stdout);
    await imported('audit.log');
    assert.equal((await run('verify', '--since', note)).code, 0);
    assert.equal((await run('verify', '--since', fixture('audit.log'))).code, 1);
  });

  it('proves a record, offline, and refuses any byte changed', async () => {
    await imported('samples.jsonl');
    const note = folders.put('note', (await run('checkpoint')).stdout);
    await imported('audit.log');
    const { code, stdout } = await run('prove', 'b2c3d4e5-f6g7-8901-h2i3-j4k5l6m7n8o9', '--since', note);
    assert.equal(code, 0);
    assert.partialDeepStrictEqual(JSON.parse(stdout), {
      leaf: 1,
      consistency: { note: readFileSync(note, 'utf8') },
    });
    const proof = folders.put('proof', stdout);
    const key = (await run('key')).stdout.trim();
    rmSync(join(folders.root, 'logs'), { recursive: true });
    assert.deepEqual(await json('check', proof), { code: 0, answer: { state: 'sound' } });
    for (let at = 0; at < stdout.length; at += 29) {
      const changed = Buffer.from(stdout);
      changed[at]! ^= 1;
      writeFileSync(proof, changed);
      assert.equal((await run('check', proof)).code, 1, `byte ${String(at)}`);
    }
    writeFileSync(proof, stdout);
    rmSync(folders.state, { recursive: true });
    assert.equal((await run('check', proof)).code, 3);
    assert.equal((await run('check', proof, '--key', key)).code, 0);
  });

  it('changes nothing without a policy', async () => {
    for (const words of [['append'], ['import', fixture('samples.jsonl')], ['checkpoint'], ['key']])
      assert.equal((await run(...words)).code, 1, words.join(' '));
    assert.deepEqual(await json('query'), {
      code: 0,
      answer: { total: 0, totalIsExact: true, records: [], cursor: null },
    });
  });

  it('knows no record with an unknown id', async () => {
    await imported('samples.jsonl');
    assert.equal((await run('prove', 'x')).code, 1);
    assert.equal((await run('prove')).code, 2);
    assert.equal((await run('burn')).code, 2);
  });
});
