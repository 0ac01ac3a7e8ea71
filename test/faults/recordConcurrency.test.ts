import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { inlineApp } from '../../src/jobs/jobs.ts';
import type { RecorderStats } from '../../src/recorder/recorderTypes.ts';
import { randomOf, size } from '../chance.ts';
import { commandLine, requireTools } from './commandLine.ts';
import { fillWorkspace, folderForTests, leftoversIn } from './workspaceFolder.ts';

const WRITERS = 4;
const ENTRIES_EACH = 250_000;
const PIPED_EACH = size(40_000, 100_000);
const SHORT_STOP_MS = 30;
/** One of many stops outlasts a rotation, a zip and the removal of the file together. */
const LONG_STOP_MS = 1000;
const LONG_STOPS = 0.15;
const policy = { rotation: { maxFileMB: 1, keepPlain: 1 } };

const numberOf = /"path":"\/api\/items\/([^/"]+)\/(\d+)"/;

describe('many programs record in one workspace', () => {
  const base = folderForTests('recording-crowd');
  const children: ChildProcess[] = [];

  before(() => {
    requireTools('unzip');
  });

  after(() => {
    // A writer that is stopped, or whose test failed, would live on.
    for (const child of children) child.kill('SIGKILL');
  });

  function run(words: readonly string[]): {
    child: ChildProcess;
    stdout: Promise<string>;
    stderr: Promise<string>;
  } {
    const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'pipe'] });
    children.push(child);
    return { child, stdout: text(child.stdout), stderr: text(child.stderr) };
  }

  it(`${String(WRITERS)} writers, stopped and continued at random: each of ${String(WRITERS * ENTRIES_EACH)} lines once`, async () => {
    const root = join(base, 'writers');
    fillWorkspace(root, { policy, logs: { 'api.log': '' } });
    const script = join(import.meta.dirname, 'recordingWriter.ts');
    const writers = Array.from({ length: WRITERS }, (_, index) =>
      run([script, root, `w${String(index)}`, String(ENTRIES_EACH)]),
    );
    const [said, runs] = await Promise.all([
      Promise.all(writers.map(({ stdout }) => stdout)),
      maintainMeanwhile(root, writers[0]!.child),
      ...writers.map(({ child }, index) => stopAndContinue(child, `stops of w${String(index)}`)),
    ]);
    assert.deepEqual(
      await Promise.all(writers.map(({ stderr }) => stderr)),
      writers.map(() => ''),
    );
    let rotations = 0;
    for (const line of said) {
      const stats = JSON.parse(line) as RecorderStats & { rotations: number };
      rotations += stats.rotations;
      assert.deepEqual([stats.accepted, stats.written, stats.dropped], [ENTRIES_EACH, ENTRIES_EACH, 0]);
    }
    await assertExact(
      root,
      writers.map((_, index) => `w${String(index)}`),
      ENTRIES_EACH,
    );
    console.log(`      ${String(rotations)} rotations, ${String(runs)} runs of the command line`);
    assert.ok(rotations >= 10);
  });

  for (const count of [1, WRITERS])
    it(`${String(count)} × ${String(PIPED_EACH)} lines piped into the command line`, async () => {
      const root = join(base, `piped-${String(count)}`);
      fillWorkspace(root, { policy });
      const names = Array.from({ length: count }, (_, index) => `p${String(index)}`);
      const said = await Promise.all(
        names.map(async (name) => {
          const { child, stdout, stderr } = run([commandLine, 'record', '--json', '--workspace', root]);
          await pour(child, name);
          return [await stderr, await stdout];
        }),
      );
      const counts = { written: PIPED_EACH, filtered: 0, dropped: 0, invalid: 0 };
      for (const [stderr, stdout] of said) assert.deepEqual([stderr, JSON.parse(stdout!)], ['', counts]);
      await assertExact(root, names, PIPED_EACH);
    });

  async function stopAndContinue(child: ChildProcess, name: string): Promise<void> {
    const random = randomOf(name);
    while (child.exitCode === null && child.signalCode === null) {
      await sleep(random() * 50);
      child.kill('SIGSTOP');
      await sleep(random() * (random() < LONG_STOPS ? LONG_STOP_MS : SHORT_STOP_MS));
      child.kill('SIGCONT');
    }
  }

  /** @returns how many runs there were */
  async function maintainMeanwhile(root: string, writer: ChildProcess): Promise<number> {
    let runs = 0;
    while (writer.exitCode === null) {
      await sleep(300);
      const { child, stderr } = run([commandLine, 'maintain', '--workspace', root]);
      if (child.exitCode === null) await once(child, 'exit');
      // Another program's run may be under way, or its rotation.
      assert.match(
        await stderr,
        /^(workspace-logs: ([^\n]*already running[^\n]*|api\.log: left alone: it changed meanwhile)\n)?$/,
      );
      runs += 1;
    }
    return runs;
  }

  async function pour({ stdin }: ChildProcess, name: string): Promise<void> {
    for (let number = 1; number <= PIPED_EACH;) {
      let piece = '';
      for (const end = Math.min(PIPED_EACH, number + 999); number <= end; number += 1)
        piece += `${JSON.stringify({ method: 'GET', path: `/api/items/${name}/${String(number)}`, status: 200 })}\n`;
      if (!stdin!.write(piece)) await once(stdin!, 'drain');
    }
    stdin!.end();
  }
});

/** After a last run: each line of each writer is there once, and no other line, not even an empty one. */
async function assertExact(root: string, names: readonly string[], each: number): Promise<void> {
  const { failed, skipped } = await inlineApp().run('runMaintenance', { root });
  assert.deepEqual([failed, skipped, leftoversIn(root)], [[], [], []]);
  const seen = new Map(names.map((name) => [name, new Uint8Array(each + 1)]));
  const files = readdirSync(join(root, 'logs')).filter((name) => /\.(log|zip)$/.test(name));
  let lines = 0;
  for (const file of files) {
    for await (const line of createInterface(linesOf(join(root, 'logs', file)))) {
      lines += 1;
      const [, name = '', number = ''] = numberOf.exec(line) ?? [];
      const numbers = seen.get(name);
      assert.ok(
        numbers !== undefined && line.startsWith('{"timestamp"') && line.endsWith('}'),
        `torn in ${file}: “${line}”`,
      );
      numbers[Number(number)] = (numbers[Number(number)] ?? 0) + 1;
    }
  }
  assert.equal(lines, names.length * each);
  for (const [name, numbers] of seen)
    assert.equal(
      numbers.subarray(1).findIndex((count) => count !== 1),
      -1,
      name,
    );
  const archives = files.filter((file) => file.endsWith('.zip')).length;
  console.log(
    `      ${String(lines)} lines in ${String(archives)} archives and ${String(files.length - archives)} plain files`,
  );
  assert.ok(archives >= 2);
}

function linesOf(path: string): NodeJS.ReadableStream {
  if (path.endsWith('.log')) return createReadStream(path);
  return spawn('unzip', ['-p', path], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout;
}
