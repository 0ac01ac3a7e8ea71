import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const DAY_MS = 86_400_000;

/**
 * A temporary folder for the tests of one `describe`, with a state folder of its own, where what the programs under test
 * remember goes. Stays where a test failed.
 */
export function folderForTests(purpose: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `workspace-logs-${purpose}-`)));
  const stateBefore = process.env.XDG_STATE_HOME;
  let failed = false;
  before(() => {
    process.env.XDG_STATE_HOME = join(folder, STATE);
  });
  afterEach(function () {
    failed ||= this.currentTest?.state === 'failed';
  });
  after(() => {
    if (stateBefore === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = stateBefore;
    if (failed) console.log(`      kept: ${folder}`);
    else rmSync(folder, { recursive: true });
  });
  return folder;
}

export const STATE = 'state';

export interface WorkspaceContent {
  /** Keys beside `version` and `workspaceId`; without it the folder is not managed. */
  readonly policy?: Readonly<Record<string, unknown>>;
  /** Texts by name in `logs/`; without it there is no such folder. */
  readonly logs?: Readonly<Record<string, string>>;
  /** Texts by name at the root. */
  readonly files?: Readonly<Record<string, string>>;
  readonly git?: boolean;
}

export function fillWorkspace(root: string, { policy, logs, files = {}, git }: WorkspaceContent): void {
  mkdirSync(root, { recursive: true });
  if (git === true) execFileSync('git', ['init', '-q', '--template=', root]);
  if (policy !== undefined) {
    const text = `{ // kept\n"version": 1, "workspaceId": "faults", ${JSON.stringify(policy).slice(1)}\n`;
    writeFileSync(join(root, '.workspace-logs.json'), text);
  }
  if (logs !== undefined) mkdirSync(join(root, 'logs'), { recursive: true });
  for (const [name, text] of Object.entries(logs ?? {})) writeFileSync(join(root, 'logs', name), text);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
}

let lastNumber = 0;

/** JSON lines of about `bytes` in all, written at `time`; no two lines of one process are the same. */
export function logOf(bytes: number, time: number): string {
  const lines: string[] = [];
  for (let length = 0; length < bytes;) {
    lastNumber += 1;
    const entry = { timestamp: new Date(time).toISOString(), number: lastNumber, path: '/api/items' };
    length += lines[lines.push(`${JSON.stringify(entry)}\n`) - 1]?.length ?? 0;
  }
  return lines.join('');
}

/** Everything under `folder` that an interrupted write may leave: our temporary names, SQLite's journals. */
export function leftoversIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  // The next record or checkpoint sweeps what is left of the trail's files.
  const isOther = (name: string): boolean => !/^\.git\/(?!hooks\/)|(?:^|\/)audit(?:\.db|\/)/.test(name);
  return names.filter((name) => isOther(name) && /\.tmp-|-journal$/.test(name));
}
