import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChromium } from '../scripts/chromium.ts';
import { ensureVscodeServer } from '../scripts/installVscodeServer.ts';
import { VscodeServer } from '../scripts/vscodeServer.ts';
import { median } from './sideBySide.ts';
import { ms, type Row } from './table.ts';
import { crowds, makeCrowd, type Crowd } from './tree/crowds.ts';
import { openTree } from './tree/openTree.ts';

const TURNS = 3;
const CHANGES = 5;
const MOST_ROWS_MS = 500;
const MOST_STALL_MS = 50;
const MOST_CHANGE_MS = 1000;

/** The view *Workspace Logs* in a real VS Code, over folders of 100,000 files. */
export async function tree(): Promise<readonly Row[]> {
  await ensureVscodeServer();
  const folder = mkdtempSync(join(tmpdir(), 'workspace-logs-tree-'));
  const server = await VscodeServer.start({
    trusted: true,
    runsHostTests: true,
    environment: { XDG_STATE_HOME: join(folder, 'state') },
  });
  const browser = await launchChromium();
  try {
    const rows: Row[] = [];
    for (const crowd of crowds) {
      const workspace = makeCrowd(folder, crowd);
      const turns: Turn[] = [];
      for (let turn = 0; turn < TURNS; turn += 1) {
        const opened = await openTree(browser, server, workspace, folder);
        try {
          turns.push(await measure(opened, crowd));
        } finally {
          await opened.close();
        }
      }
      rows.push(...rowsOf(crowd, turns));
      rmSync(workspace, { recursive: true });
    }
    return rows;
  } finally {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

type OpenTree = Awaited<ReturnType<typeof openTree>>;

/** Times in ms; of the stalls, the longest. */
interface Turn {
  readonly restingPage: number;
  readonly restingHost: number;
  readonly rows: number;
  readonly page: number;
  readonly host: number;
  readonly changes: readonly number[];
  readonly changingPage: number;
  readonly changingHost: number;
}

async function measure(view: OpenTree, crowd: Crowd): Promise<Turn> {
  const resting = await view.stalls(() => view.wait(3000));
  let rows = 0;
  const unfolding = await view.stalls(async () => {
    rows = await view.unfold(crowd.parent, crowd.row);
    await view.wait(500);
  });
  const changes: number[] = [];
  const changing = await view.stalls(async () => {
    for (let change = 1; change <= CHANGES; change += 1) changes.push(await view.change(crowd, change));
  });
  return {
    restingPage: resting.page,
    restingHost: resting.host,
    rows,
    page: unfolding.page,
    host: unfolding.host,
    changes,
    changingPage: changing.page,
    changingHost: changing.host,
  };
}

function rowsOf({ what }: Crowd, turns: readonly Turn[]): Row[] {
  const medianOf = (pick: (turn: Turn) => number): number => median(turns.map(pick));
  const row = (name: string, time: number, most: number, against = ''): Row => ({
    what: `${what}: ${name}`,
    measured: ms(time),
    against,
    ratio: '',
    goal: `< ${String(most)} ms`,
    met: time < most,
  });
  const atRest = (time: number): string => `${ms(time)} at rest`;
  const page = atRest(medianOf(({ restingPage }) => restingPage));
  const host = atRest(medianOf(({ restingHost }) => restingHost));
  return [
    row(
      '1,000 rows after unfolding',
      medianOf((turn) => turn.rows),
      MOST_ROWS_MS,
    ),
    row(
      'longest stall of the page meanwhile',
      medianOf((turn) => turn.page),
      MOST_STALL_MS,
      page,
    ),
    row(
      'longest stall of the extension host',
      medianOf((turn) => turn.host),
      MOST_STALL_MS,
      host,
    ),
    row('a change on disk until it shows', median(turns.flatMap(({ changes }) => changes)), MOST_CHANGE_MS),
    row(
      'stall of the page by changes',
      medianOf((turn) => turn.changingPage),
      MOST_STALL_MS,
      page,
    ),
    row(
      'stall of the extension host by changes',
      medianOf((turn) => turn.changingHost),
      MOST_STALL_MS,
      host,
    ),
  ];
}
