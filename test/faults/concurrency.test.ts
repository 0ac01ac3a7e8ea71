import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { workerRunner } from '../../src/base/job.ts';
import type { AppJobs } from '../../src/jobs/jobs.ts';
import type { AppReport } from '../../src/workspace/workspace.ts';
import { bundledProgram } from '../bundledProgram.ts';
import { seed, size } from '../chance.ts';
import { commandLine, requireTools, worker } from './commandLine.ts';
import { countLines, logTexts } from './logText.ts';
import { continueStopped } from './stoppedWriters.ts';
import { fillWorkspace, folderForTests, leftoversIn } from './workspaceFolder.ts';

/** It goes on until so much was zipped. */
const ARCHIVES_AT_LEAST = size(8, 40);
const STOPS_AT_LEAST = 12;
/**
 * A pause, because the process that has just finished would otherwise be first again until the others' patience ends.
 */
const PAUSE_MS = 50;
const WRITERS = 4;

describe('two command lines and a worker maintain a folder while four writers append to it', () => {
  const root = folderForTests('crowd');
  const logs = join(root, 'logs');
  const writers: Writer[] = [];

  after(() => {
    // A writer that is stopped, or whose test failed, would live on.
    for (const writer of writers) writer.process.kill('SIGKILL');
  });

  before(() => {
    requireTools('unzip');
  });

  it('each line is there exactly once', async () => {
    const policy = { rotation: { maxFileMB: 1, keepPlain: 1 } };
    fillWorkspace(root, { policy, logs: { 'api.log': '' } });
    const isEnough = (): boolean => archivesIn(logs).length >= ARCHIVES_AT_LEAST;
    for (let index = 0; index < WRITERS; index += 1) writers.push(startWriter(logs, `w${String(index)}`));
    const continued = writers.map((writer, index) =>
      continueStopped(writer.process, `pauses of appending w${String(index)}`),
    );
    const [runs] = await Promise.all([
      Promise.all([maintainRepeatedly(root, isEnough), maintainRepeatedly(root, isEnough)]),
      maintainInWorker(root, isEnough),
    ]);
    const counts = await Promise.all(writers.map(finish));
    await Promise.all(continued);
    const written = counts.map((count) => count.written);
    const stops = counts.reduce((sum, count) => sum + count.stops, 0);
    await maintain(root);

    const found = countLines(logTexts(root).values());
    const wanted = written.reduce((sum, count) => sum + count, 0);
    console.log(
      `      ${String(wanted)} lines, ${String(logTexts(root).size)} files, ${String(stops)} stops, runs: ${runs.join(' + ')}`,
    );
    assert.equal([...found.values()].filter((count) => count !== 1).length, 0, 'a line stands twice');
    assert.equal(found.size, wanted, 'lines are missing, or torn');
    for (const [index, count] of written.entries())
      assert.equal(numbersOf(found.keys(), `w${String(index)}`).size, count);
    assert.deepEqual(leftoversIn(root), []);
    assert.ok(archivesIn(logs).length >= ARCHIVES_AT_LEAST && stops >= STOPS_AT_LEAST);
  });
});

describe('programs that replace one file at the same time', () => {
  const base = folderForTests('replacing');
  const WRITES = 150;

  it('all succeed, though each sweeps what looks like left by a killed one', async () => {
    const path = join(base, 'remembered.json');
    const chance = join(import.meta.dirname, '../chance.ts');
    const module = join(import.meta.dirname, '../../src/files/durable.ts');
    const program = `import { setTimeout as sleep } from 'node:timers/promises';
      import { randomOf } from ${JSON.stringify(chance)};
      import { replaceFile } from ${JSON.stringify(module)};
      const random = randomOf(process.argv[1]);
      for (let turn = 0; turn < ${String(WRITES)}; turn += 1) {
        replaceFile(${JSON.stringify(path)}, JSON.stringify({ turn }).padEnd(5000), 0o600);
        await sleep(random() * 3);
      }`;
    const programs = ['one', 'other'].map((name) =>
      spawn(process.execPath, ['--input-type=module', '-e', program, `replacing ${name}`], {
        env: { ...process.env, SEED: String(seed) },
        stdio: ['ignore', 'ignore', 'pipe'],
      }),
    );
    assert.deepEqual(await Promise.all(programs.map((child) => text(child.stderr))), ['', '']);
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), { turn: WRITES - 1 });
    assert.deepEqual(leftoversIn(base), []);
  });
});

/** The report of a writer at its end. */
interface Counts {
  readonly written: number;
  readonly stops: number;
}

interface Writer {
  readonly process: ChildProcess;
  readonly count: Promise<string>;
}

function startWriter(folder: string, name: string): Writer {
  const program = bundledProgram(join(import.meta.dirname, 'appendingWriter.ts'));
  const child = spawn(process.execPath, [program, folder, name], {
    env: { ...process.env, SEED: String(seed) },
    stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
  });
  return { process: child, count: text(child.stdout!) };
}

async function finish({ process: child, count }: Writer): Promise<Counts> {
  child.stdin?.end();
  return JSON.parse(await count) as Counts;
}

function archivesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.zip'));
}

async function maintain(root: string): Promise<void> {
  const child = spawn(process.execPath, [commandLine, 'maintain', '--workspace', root], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = await text(child.stderr);
  if (child.exitCode === null) await once(child, 'exit');
  assert.deepEqual([child.exitCode, said], [0, '']);
}

/** @returns how many runs there were */
async function maintainRepeatedly(root: string, isEnough: () => boolean): Promise<number> {
  let runs = 0;
  for (; !isEnough(); runs += 1) await maintain(root);
  return runs;
}

async function maintainInWorker(root: string, isEnough: () => boolean): Promise<void> {
  const app = workerRunner<AppJobs, AppReport>(worker);
  let zipped = 0;
  try {
    // The writers go on meanwhile, so there is something to zip in the end.
    while (!isEnough() || zipped === 0) {
      const { steps, failed } = await app.run('runMaintenance', { root, patience: 60_000 });
      assert.deepEqual(failed, []);
      zipped += steps.filter(({ kind }) => kind === 'zip').length;
      await sleep(PAUSE_MS);
    }
  } finally {
    app.dispose();
  }
}

function numbersOf(lines: Iterable<string>, writer: string): Set<number> {
  const numbers = new Set<number>();
  for (const line of lines) {
    const entry = JSON.parse(line) as { writer: string; number: number };
    if (entry.writer === writer) numbers.add(entry.number);
  }
  return numbers;
}
