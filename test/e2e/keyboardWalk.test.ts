import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Keyboard } from './keyboard.ts';
import { apiLog } from './manyLogs.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import { waitUntil } from './waitUntil.ts';
import type { Files } from './workspaceFolder.ts';
import { zipOf } from './zipOf.ts';
import { paletteTitle, title } from './titles.ts';

const DAY = 86_400_000;
const now = Date.now();
const ignored = 'node_modules/\r\n*.tmp';
const foreign = 'started last week\nfröhlich\n';
const archived = [3, 4, 5].map((back) => {
  const time = now - back * DAY;
  const name = `api.${new Date(time).toISOString().slice(0, 10)}.log`;
  return { name: `${name}.zip`, entry: name, text: apiLog(time, 0.02), time };
});

async function files(): Promise<Files> {
  const zips = archived.map(async ({ name, entry, text, time }) => {
    const times = { first: new Date(time - 3_600_000), last: new Date(time), lines: 10 };
    return [`logs/${name}`, await zipOf(entry, text, JSON.stringify(times))] as const;
  });
  return {
    ...Object.fromEntries(await Promise.all(zips)),
    'logs/api.log': apiLog(now, 0.01),
    'logs/api.1.log': apiLog(now - DAY, 0.01),
    'logs/server.log': 'started\n',
    'logs/server.log.1.gz': gzipSync(foreign),
    '.gitignore': ignored,
  };
}

// The same by mouse from the explorer: actions.test.ts.
describe('a walk by keyboard alone, from a folder of logs to one that is in order', () => {
  let vscode: OpenVscode;
  let keyboard: Keyboard;
  let atFirst: ReadonlyMap<string, string>;
  const inRoot = (name: string): string => join(vscode.workspace.folder, name);
  const says = (text: string | RegExp): Promise<unknown> => vscode.page.told(text);
  const ignore = (): Promise<string> => readFile(inRoot('.gitignore'), 'utf8');
  const git = (...words: string[]): string =>
    execFileSync('git', words, { cwd: vscode.workspace.folder, encoding: 'utf8' });
  /** The files in `logs/` with their content, without the locks. */
  const inLogs = async (): Promise<Map<string, string>> => {
    const names = (await readdir(inRoot('logs'))).filter((name) => !/^(\.|audit\.db)/.test(name)).sort();
    const contents = names.map(
      async (name) => [name, await readFile(inRoot(`logs/${name}`), 'latin1')] as const,
    );
    return new Map(await Promise.all(contents));
  };

  before(async () => {
    vscode = await SharedWindow.fresh({ files: await files(), git: true });
    git('add', '--force', 'logs/api.1.log');
    keyboard = new Keyboard(vscode.page);
    atFirst = await inLogs();
    await vscode.page.logs.row('api.log').waitFor();
  });

  it('is given a policy', async () => {
    await keyboard.give(paletteTitle('workspaceLogs.initialize'));
    await says('“logs/” was added to .gitignore');
    assert.equal(await ignore(), `${ignored}\r\nlogs/\r\n`);
    assert.deepEqual(await inLogs(), atFirst);
  });

  it('another program’s .gz is found by typing, and opened', async () => {
    await keyboard.focusView();
    await keyboard.find('Other Logs');
    await keyboard.press('ArrowRight');
    await keyboard.find('server');
    await keyboard.press('ArrowRight');
    await keyboard.find('server.log.1');
    await keyboard.press('Enter');
    await vscode.page.tabInFront('server.log.1');
    await keyboard.give('View: Focus Active Editor Group');
    // The text may come later than its tab.
    await waitUntil(async () => {
      await keyboard.press('Control+a', 'Control+c');
      return (await vscode.page.page.evaluate('navigator.clipboard.readText()')) === foreign;
    }, 'the whole text is on the clipboard');
  });

  it('a zip is saved unzipped, from its menu', async () => {
    const [{ name, text } = { name: '', text: '' }] = archived;
    const copies = join(dirname(vscode.workspace.folder), 'copies');
    await mkdir(copies);
    await keyboard.goTo(name);
    await keyboard.chooseFromMenu(title('workspaceLogs.downloadLog'));
    await keyboard.choose('Download Log', 'Unzipped');
    await keyboard.answerPath(join(copies, 'unzipped.log'));
    await says(/unzipped\.log was saved in/);
    assert.equal(await readFile(join(copies, 'unzipped.log'), 'utf8'), text);
    assert.deepEqual(await readdir(copies), ['unzipped.log']);
    assert.deepEqual(await inLogs(), atFirst);
  });

  it('two archives are deleted, and no other', async () => {
    await keyboard.select(...archived.slice(1).map(({ name }) => name));
    await keyboard.press('Delete');
    await vscode.page.dialog.getByText('Delete 2 logs').waitFor();
    for (const { name } of archived.slice(1)) await vscode.page.dialog.filter({ hasText: name }).waitFor();
    await keyboard.answerDialog('Delete for Good');
    await says('2 logs were deleted');
    const left = new Map(atFirst);
    for (const { name } of archived.slice(1)) left.delete(name);
    assert.deepEqual(await inLogs(), left);
  });

  it('the active log is rotated now', async () => {
    await keyboard.give(paletteTitle('workspaceLogs.rotateNow'));
    await says('api.log is api.2.log now');
    const logs = await inLogs();
    assert.equal(logs.get('api.2.log'), atFirst.get('api.log'));
    assert.equal(logs.has('api.log'), false);
  });

  it('the ignore rule is undone: the file is as it was, byte for byte', async () => {
    await keyboard.give(paletteTitle('workspaceLogs.undoIgnoreRule'));
    await says('The ignore rule is out of .gitignore again');
    assert.equal(await ignore(), ignored);
  });

  it('the workspace is checked, and a tracked log is tracked no more', async () => {
    assert.equal(git('ls-files'), 'logs/api.1.log\n');
    await keyboard.give(paletteTitle('workspaceLogs.checkWorkspace'));
    await keyboard.choose('Check of the logs', 'Not tracked by Git');
    await says('1 log file is not tracked any more');
    assert.equal(git('ls-files'), '');
    assert.equal((await inLogs()).get('api.1.log'), atFirst.get('api.1.log'));
    assert.equal(await ignore(), ignored);
  });

  it('what is left to mend is offered next', async () => {
    await keyboard.choose('Check of the logs', 'Ignored by Git');
    await says('All 9 checks of the logs of billing are fine');
    assert.match(await ignore(), /^logs\/\r?$/m);
  });
});
