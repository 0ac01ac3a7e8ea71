import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipArchives } from '../../../src/archive/zip/zipArchives.ts';
import { recordSteps } from '../../../src/maintenance/recordSteps.ts';
import type { DeedRecord } from '../../../src/workspace/deeds.ts';
import type { Step } from '../../../src/workspace/maintenance.ts';
import { commandLineHere } from '../commandLineHere.ts';
import { freshFolders } from '../freshFolders.ts';

describe('the records of maintenance', () => {
  const folders = freshFolders();

  it('name 1,000 files at most, but each archive', async () => {
    folders.policy({});
    const records: DeedRecord[] = [];
    const trail = {
      append: (_: string, record: DeedRecord): Promise<string> =>
        Promise.resolve(String(records.push(record))),
    };
    const archive = { sha256: 'x', lines: 1 };
    const steps = Array.from({ length: 2001 }, (_, index): Step[] => [
      {
        kind: 'zip',
        name: `api.${String(index)}.log`,
        to: `${String(index)}.zip`,
        bytes: 1,
        reason: 'plain',
        archive,
      },
      { kind: 'delete', name: `old.${String(index)}.zip`, bytes: 1, reason: 'age' },
    ]).flat();
    assert.equal(folders.logs.endsWith('logs'), true);
    await recordSteps({ environment: folders.environment, door: 'cli', trail }, folders.root, steps);
    const metadata = records.map(
      ({ action, audit_metadata }) =>
        [action, audit_metadata as { count: number; files: { to?: string; archive?: object }[] }] as const,
    );
    assert.deepEqual(
      metadata.map(([action, { count, files }]) => [action, count, files.length]),
      [
        ['log_zipped', 1000, 1000],
        ['log_zipped', 1000, 1000],
        ['log_zipped', 1, 1],
        ['log_expired', 2001, 1000],
      ],
    );
    const zipped = metadata.flatMap(([, { files }]) => files.filter((file) => file.archive !== undefined));
    assert.equal(new Set(zipped.map(({ to }) => to)).size, 2001);
  });

  it('say what an archive is known by, also where a killed run had written it', async () => {
    folders.policy({ rotation: { keepPlain: 1 } });
    folders.put('logs/api.log', '{}\n');
    const source = folders.put('logs/api.1.log', 'one\ntwo\nthree');
    const day = new Date().toISOString().slice(0, 10);
    const name = `api.${day}.log.zip`;
    const twin = join(folders.logs, name);
    const options = { name: `api.${day}.log`, comment: '', modified: Date.now(), bytes: 13 };
    await zipArchives.write(source, twin, options);
    const { stdout } = await commandLineHere(['maintain', '--json'], { cwd: folders.root });
    const archive = { lines: 3, sha256: hash('sha256', readFileSync(twin)) };
    assert.partialDeepStrictEqual(JSON.parse(stdout), { steps: [{ to: name, archive }] });
    const { stdout: text } = await commandLineHere(['audit', 'query', '--json'], { cwd: folders.root });
    const { records } = JSON.parse(text) as { records: object[] };
    assert.partialDeepStrictEqual(records, [
      { action: 'log_zipped', audit_metadata: { files: [{ to: `logs/${name}`, archive }] } },
    ]);
  });
});
