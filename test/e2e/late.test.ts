import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aWeekOfLogs } from './manyLogs.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';

describe('what stays on the screen after it is over', () => {
  let vscode: OpenVscode;
  const inFolder = (name: string): string => join(vscode.workspace.folder, name);
  /** Replaces the file in one step, as Git and editors do, so that no reader sees half of it. */
  const write = async (name: string, text: string): Promise<void> => {
    await writeFile(inFolder('new'), text);
    await rename(inFolder('new'), inFolder(name));
  };
  before(async () => {
    vscode = await SharedWindow.fresh({ files: aWeekOfLogs() });
    await vscode.page.logs.row('api.log').waitFor();
  });

  it('the question about a policy that was taken back: no answer is taken for it', async () => {
    const question = /now deletes more than before/;
    await write('.workspace-logs.json', '{ "version": 1, "retention": { "maxAge": { "days": 1 } } }');
    await vscode.page.logs.row('Nothing is deleted yet').waitFor();
    await vscode.page.told(question);
    await write('.workspace-logs.json', '{ "version": 1 }');
    await vscode.page.logs.row('Nothing is deleted yet').waitFor({ state: 'detached' });
    await vscode.page.pressOnNotification(question, 'Not on This Machine');
    await vscode.page.told('No policy of billing waits to be applied');
  });
});
