import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, requireTools } from '../faults/commandLine.ts';
import { countLines, logTexts } from '../faults/logText.ts';
import { leftoversIn } from '../faults/workspaceFolder.ts';
import { OpenVscode } from './openVscode.ts';
import { VscodePage } from './vscodePage.ts';
import { waitUntil } from './waitUntil.ts';

const LASTS_MS = 60_000;
const EVERY_MS = 1000;
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
    vscode = await OpenVscode.open({
      files: { 'logs/api.log': '', '.workspace-logs.json': policy },
      settings: { 'workspaceLogs.maintenance.intervalMinutes': 1 / 60 },
    });
    root = vscode.workspace.folder;
  });
  after(() => vscode.close());

  it('every line is there exactly once after a minute', async () => {
    await openSecondWindow(vscode);
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
    const until = Date.now() + LASTS_MS;
    const [seen, runs, backlog] = await Promise.all([
      watchLock(hosts, join(root, 'logs', '.maintenance'), until),
      maintainRepeatedly(root, environment, until),
      addBacklog(root, until),
    ]);
    writer.stdin.end();
    const [written, complaints] = await said;
    assert.equal(complaints, '');
    await settled(root);
    await maintain(root, environment);

    const found = countLines(logTexts(root).values());
    const names = readdirSync(join(root, 'logs'));
    const zipped = names.filter((name) => name.endsWith('.zip')).length;
    const counts = `${written} + ${String(backlog)} lines in ${String(zipped)} archives`;
    console.log(
      `      ${counts}, seen at it: windows ${seen.join(' and ')} times, command line ${String(runs)} runs`,
    );
    for (const times of seen) assert.ok(times > 10, 'a window did not maintain');
    const numbers = [...found.keys()].map((line) => (JSON.parse(line) as { path: string }).path);
    assert.equal(new Set(numbers).size, Number(written) + backlog, 'lines are missing, or torn');
    assert.equal([...found.values()].filter((count) => count !== 1).length, 0, 'a line stands twice');
    assert.equal(numbers.length, Number(written) + backlog, 'an entry stands twice');
    assert.deepEqual(leftoversIn(root), []);
    assert.ok(zipped >= 20, names.join(', '));
  }).timeout(600_000);
});

/** Another window of the same person: it has an extension host of its own. */
async function openSecondWindow(vscode: OpenVscode): Promise<void> {
  const page = await vscode.page.page.context().newPage();
  await page.goto(vscode.server.pageOf(vscode.workspace.folder));
  // There once the extension has looked at the folder.
  await new VscodePage(page).view('Workspace Logs').waitFor({ timeout: 60_000 });
}

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

/** @returns how often each of the processes was seen with the lock of a run open */
async function watchLock(pids: readonly string[], lock: string, until: number): Promise<number[]> {
  const seen = pids.map(() => 0);
  while (Date.now() < until) {
    for (const [index, pid] of pids.entries())
      if (opened(pid).includes(lock)) seen[index] = (seen[index] ?? 0) + 1;
    await sleep(5);
  }
  return seen;
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

/** @returns how many runs there were */
async function maintainRepeatedly(root: string, env: NodeJS.ProcessEnv, until: number): Promise<number> {
  let runs = 0;
  for (; Date.now() < until; runs += 1) {
    await Promise.all([maintain(root, env), sleep(EVERY_MS)]);
  }
  return runs;
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
async function addBacklog(root: string, until: number): Promise<number> {
  let lines = 0;
  for (let number = 1; Date.now() < until; number += 1) {
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
