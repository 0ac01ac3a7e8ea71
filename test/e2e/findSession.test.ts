import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { commandLine } from '../faults/commandLine.ts';
import { aesZip } from '../unit/archive/aesZip.ts';
import { ArchiveSteps } from './archiveSteps.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import type { Files } from './workspaceFolder.ts';
import { paletteTitle } from './titles.ts';

const ARCHIVES = 2000;
/** The same in each run: of a thousand archives, one of 65 random passwords would seem to open one. */
const [first = '', second = ''] = ['first', 'second'].map((text) =>
  createHash('sha256').update(text).digest('hex'),
);
/** Even ones are under the first password, odd ones under the second. */
const passwordOf = (index: number): string => (index % 2 === 0 ? first : second);
const wanted = 'req-5d1e0c77';
/** Two under the first password, one under the second. */
const holding = [10, 1001, 1998];

const user = (index: number): string => `u-${String(index % 20)}`;
const nameOf = (index: number): string => `msg-${String(index).padStart(4, '0')}.zip`;
const pathOf = (index: number): string => `session_logs/${user(index)}/c-1/${nameOf(index)}`;
const logOf = (index: number): string => `{"message":"the log of archive ${String(index)}"}\n`;

function archive(index: number): Buffer {
  const request = holding.includes(index) ? wanted : `req-${String(index)}`;
  const meta = {
    created_at: '2026-01-01T06:44:35.123456+00:00',
    ids: {
      user_id: user(index),
      session_id: 's-1',
      chat_id: 'c-1',
      message_id: nameOf(index).replace('.zip', ''),
    },
    // The last one has it among others.
    ...(index === 1998 ? { request_id: 'req-x', request_ids: ['req-y', request] } : { request_id: request }),
    log_format: 'jsonl',
  };
  const members = [
    { name: 'meta.json', text: JSON.stringify(meta, null, 2) },
    { name: 'logs.jsonl', text: logOf(index) },
  ];
  return aesZip(members, { password: passwordOf(index), salt: nameOf(index) });
}

function archives(): Files {
  const files = Array.from({ length: ARCHIVES }, (_, index) => [pathOf(index), archive(index)] as const);
  return {
    '.workspace-logs.json': '{ "version": 1, "workspaceId": "billing" }\n',
    'logs/api.log': '{}\n',
    ...Object.fromEntries(files),
  };
}

describe('Find Session… in 2,000 archives under two passwords', () => {
  let vscode: OpenVscode;
  let person: ArchiveSteps;

  before(async () => {
    vscode = await SharedWindow.fresh({ files: archives() });
    person = new ArchiveSteps(vscode);
    await vscode.page.logs.row('api.log').waitFor();
  });

  const title = (text: string) =>
    vscode.page.question.locator('.quick-input-title').getByText(text, { exact: true });
  const rows = () => vscode.page.question.locator('.monaco-list-row');
  const look = async (): Promise<void> => {
    await vscode.page.runCommand(paletteTitle('workspaceLogs.findSession'));
    await vscode.page.answer(wanted);
  };
  const addPassword = async (password: string): Promise<void> => {
    await title('Add Password').waitFor();
    await person.type(password);
    await person.keep('Until VS Code Is Closed');
  };
  const timed = async (what: string, act: () => Promise<unknown>): Promise<void> => {
    const begin = Date.now();
    await act();
    console.log(`      ${what}: ${String(Date.now() - begin)} ms`);
  };

  it('without a password says how many it could not open, and takes one', async () => {
    await look();
    const sentence = `No archive could be searched for ${wanted}. No known password opens 2,000 archives.`;
    const words = await vscode.page.sentence(sentence);
    assert.ok(words.startsWith(`${sentence} Not searched: “session_logs/`), words);
    assert.match(words, /\.zip” and 1,990 more\.$/);
    await vscode.screenshot('find-session-none');
    await vscode.page.pressOnNotification(sentence, 'Add Password…');
    await addPassword(first);
  });

  it('with one of them finds two, says how many it could not open, and takes the other', async () => {
    await timed('under one password', () => title(`2 archives hold ${wanted}`).waitFor());
    // The rows come a moment after the title.
    await rows().filter({ hasText: 'No known password opens 1,000 archives.' }).waitFor();
    await vscode.screenshot('find-session-two');
    assert.equal(await rows().count(), 3);
    await vscode.page.pick('Add Password…');
    await addPassword(second);
  });

  it('with both finds exactly three, and one of them opens', async () => {
    await timed('under both passwords', () => title(`3 archives hold ${wanted}`).waitFor());
    await rows()
      .filter({ hasText: nameOf(1001) })
      .waitFor();
    const names = await rows()
      .locator('.label-name:visible')
      .filter({ hasText: /\.zip$/ })
      .allInnerTexts();
    assert.deepEqual(names.sort(), holding.map(nameOf));
    assert.equal(await rows().count(), 3);
    await vscode.page.pick(nameOf(1001));
    await vscode.page.tabInFront('logs.jsonl');
    await person.shows('the log of archive 1001');
    await vscode.screenshot('find-session-three');
    await vscode.page.page.keyboard.press('Escape');
    await person.closeAll();
  });

  it('can be cancelled in the middle, says nothing then, and the next one finds all', async () => {
    await person.silence();
    await look();
    await vscode.page.pressOnNotification(`Looking for ${wanted}`, 'Cancel');
    await vscode.page.notification(/./).waitFor({ state: 'hidden' });
    await vscode.page.page.waitForTimeout(2000);
    assert.equal(await vscode.page.question.isVisible(), false);
    assert.deepEqual(await vscode.page.notifications(), []);
    await look();
    await title(`3 archives hold ${wanted}`).waitFor();
    await vscode.page.page.keyboard.press('Escape');
  });

  it('the command line finds the same three', async () => {
    const words = [commandLine, 'session', 'find', wanted, '--password-stdin'];
    const run = (input: string) => {
      const options = { cwd: vscode.workspace.folder, input, encoding: 'utf8' } as const;
      return spawnSync(process.execPath, words, options);
    };
    const paths = holding.map(pathOf).sort();
    await timed('on the command line', () => {
      const { stdout, stderr, status } = run(`${first}\n${second}\n`);
      assert.deepEqual([stdout, stderr, status], [`${paths.join('\n')}\n`, '', 0]);
      return Promise.resolve();
    });
    const { stdout, stderr, status } = run(`${second}\n`);
    assert.equal(stdout, `${pathOf(1001)}\n`);
    const [sentence, ...names] = stderr.trimEnd().split('\n');
    assert.match(
      sentence ?? '',
      /1,000 archives were not searched: no password opened them\. Give their passwords\.$/,
    );
    assert.equal(names.length, 1000);
    assert.notEqual(status, 0);
  });
});
