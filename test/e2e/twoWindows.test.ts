import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { size } from '../chance.ts';
import { commandLine, requireTools } from '../faults/commandLine.ts';
import { countLines, logTexts } from '../faults/logText.ts';
import { leftoversIn } from '../faults/workspaceFolder.ts';
import { OpenVscode } from './openVscode.ts';
import { waitUntil } from './waitUntil.ts';

/** What shows that all were at it; a soak run lasts about a minute. */
const LEAST = { seen: size(10, 100), runs: size(10, 60), zipped: size(20, 100) };
const EVERY_MS = 1000;
/** Many times what it takes: a machine may be busy with other tests. */
const LONGEST_MS = 500_000;
const BACKLOG_LINES = 3000;

const policy = JSON.stringify({
  version: 1,
  workspaceId: 'billing',
  rotation: { maxFileMB: 1, keepPlain: 1 },
});

describe('two windows, a command line and a recorder maintain one folder every second', () => {
  let vscode: OpenVscode;
  let root: string;
  before(async () => {
    requireTools('unzip');
    vscode = await OpenVscode.open();
    await vscode.refill({
      files: { 'logs/api.log': '', '.workspace-logs.json': policy },
      maintainedEvery: 1 / 60,
    });
    root = vscode.workspace.folder;
  });
  after(() => vscode.close());

  it('every line is there exactly once after all were at it', async () => {
    await vscode.openSecondWindow();
    let hosts: string[] = [];
    await waitUntil(() => {
      hosts = extensionHosts(vscode.workspace.stateFolder);
      return Promise.resolve(hosts.length === 2);
    }, 'each window has an extension host');
    const environment = { ...process.env, XDG_STATE_HOME: vscode.workspace.stateFolder };
    const writer = spawn(process.execPath, [join(import.meta.dirname, 'numberedWriter.ts'), root], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: environment,
    });
    const said = Promise.all([text(writer.stdout), text(writer.stderr)]);
    const seen = hosts.map(() => 0);
    let runs = 0;
    let isOver = false;
    const over = (): boolean => isOver;
    const zips = (): number => readdirSync(join(root, 'logs')).filter((name) => name.endsWith('.zip')).length;
    const [backlog] = await Promise.all([
      addBacklog(root, over),
      watchLock(hosts, join(root, 'logs', '.maintenance'), seen, over),
      maintainRepeatedly(root, environment, () => (runs += 1), over),
      waitUntil(
        () =>
          Promise.resolve(
            seen.every((times) => times >= LEAST.seen) && runs >= LEAST.runs && zips() >= LEAST.zipped,
          ),
        'all were at it',
        LONGEST_MS,
      )
        .catch((error: unknown) => {
          const counts = `windows ${seen.join(' and ')} times, command line ${String(runs)} runs, ${String(zips())} archives`;
          throw new Error(`only seen at it: ${counts}`, { cause: error });
        })
        .finally(() => {
          isOver = true;
        }),
    ]);
    writer.stdin.end();
    const [written, complaints] = await said;
    assert.equal(complaints, '');
    await settled(root);
    await maintain(root, environment);

    const found = countLines(logTexts(root).values());
    const counts = `${written} + ${String(backlog)} lines in ${String(zips())} archives`;
    console.log(
      `      ${counts}, seen at it: windows ${seen.join(' and ')} times, command line ${String(runs)} runs`,
    );
    const numbers = [...found.keys()].map((line) => (JSON.parse(line) as { path: string }).path);
    assert.equal(new Set(numbers).size, Number(written) + backlog, 'lines are missing, or torn');
    assert.equal([...found.values()].filter((count) => count !== 1).length, 0, 'a line stands twice');
    assert.equal(numbers.length, Number(written) + backlog, 'an entry stands twice');
    assert.deepEqual(leftoversIn(root), []);
  }).timeout(600_000);
});

/** The processes in which the extension of each window runs; they alone know this state folder. */
function extensionHosts(stateFolder: string): string[] {
  const pids = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    const isHost = readIfThere(`/proc/${pid}/cmdline`).includes('--type=extensionHost');
    return isHost && readIfThere(`/proc/${pid}/environ`).includes(stateFolder);
  });
  // A program that one of them is just starting bears its words until it runs its own.
  return pids.filter((pid) => {
    const parent = parentOf(pid);
    return parent !== undefined && !pids.includes(parent);
  });
}

/** @returns the process that started this one; undefined if this one has ended */
function parentOf(pid: string): string | undefined {
  return /^PPid:\t(\d+)$/m.exec(readIfThere(`/proc/${pid}/status`))?.[1];
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Counts how often each of the processes is seen with the lock of a run open. */
async function watchLock(
  pids: readonly string[],
  lock: string,
  seen: number[],
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    for (const [index, pid] of pids.entries())
      if (opened(pid).includes(lock)) seen[index] = (seen[index] ?? 0) + 1;
    await sleep(5);
  }
}

function opened(pid: string): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
    } catch {
      return [];
    }
  });
}

async function maintainRepeatedly(
  root: string,
  env: NodeJS.ProcessEnv,
  onRun: () => void,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    await Promise.all([maintain(root, env), sleep(EVERY_MS)]);
    onRun();
  }
}

async function maintain(root: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [commandLine, 'maintain', '--workspace', root], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env,
  });
  // Another run may be under way, or the recorder's rotation.
  assert.match(
    await text(child.stderr),
    /^(workspace-logs: ([^\n]*already running[^\n]*|api\.log: left alone: it changed meanwhile)\n)?$/,
  );
}

/**
 * Puts rotated files of the audit trail into the folder: whoever runs next zips them. The recorder maintains at once what
 * it rotates itself, which would leave the others little.
 * @returns how many lines these files have
 */
async function addBacklog(root: string, isOver: () => boolean): Promise<number> {
  let lines = 0;
  for (let number = 1; !isOver(); number += 1) {
    const entries = Array.from({ length: BACKLOG_LINES }, () =>
      JSON.stringify({
        timestamp: new Date().toISOString(),
        path: `/numbered/audit/${String((lines += 1))}`,
      }),
    );
    const name = join(root, 'logs', `audit.${String(number)}.log`);
    await writeFile(join(root, 'backlog'), `${entries.join('\n')}\n`);
    await rename(join(root, 'backlog'), name);
    await sleep(EVERY_MS / 2);
  }
  return lines;
}

/** Resolves when nothing has changed for three seconds. */
async function settled(root: string): Promise<void> {
  let before = '';
  for (;;) {
    const now = readdirSync(join(root, 'logs')).join();
    if (now === before) return;
    before = now;
    await sleep(3 * EVERY_MS);
  }
}
