import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runTool } from '../runTool.ts';
import { applicationText } from './foreignLines.ts';
import { backendFiles } from './server.ts';
import { PASSWORD } from './sessionArchives.ts';
import { DAY, MINUTE, iso, times, writeLog, type Demo } from './scene.ts';

const files = {
  'README.md': `# Harbour Billing

A small billing service; this folder is here so that its \`logs/\` can be looked at.

Right-click \`logs\` in the explorer, or open the view *Workspace Logs* below it.

The archives in \`session_logs\` are the session logs of a small chat: some are samples, and while \`npm start\` runs a
new one comes every few seconds. The password of all of them is: ${PASSWORD}
`,
  '.gitignore': `# dependencies
node_modules/

# secrets stay on the machine
.env

# build output
dist/

# logs of requests, encrypted
session_logs/
`,
  'package.json': `{
  "name": "harbour-billing",
  "private": true,
  "type": "module",
  "scripts": { "start": "node src/server.js" },
  "dependencies": { "workspace-logs": "*" }
}
`,
  ...backendFiles,
} as const;

/** What surrounds the logs: a small backend under Git, and a second \`logs\` folder further down. */
export async function makeProject(folder: string, { chance, now }: Demo): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await makeRepository(folder, now - 300 * DAY);
  const last = now - 30 * MINUTE;
  const lines = times(chance, last - DAY, last, 500).map((time) => `${applicationText(chance, time)}\n`);
  await mkdir(join(folder, 'sub', 'logs'), { recursive: true });
  await writeLog(join(folder, 'sub', 'logs'), 'service.log', lines.join(''), last);
}

/** Ignores the person's own Git settings, which may require signatures or run hooks. */
async function makeRepository(folder: string, time: number): Promise<void> {
  const own = ['user.name=Harbour', 'user.email=harbour@example.com', 'commit.gpgsign=false'];
  const settings = [...own, 'core.hooksPath=/dev/null'].flatMap((setting) => ['-c', setting]);
  const git = (...words: string[]): Promise<string> =>
    runTool('git', ['-C', folder, ...settings, ...words], 'The repository of the demo could not be made.');
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message=Begin', `--date=${iso(time)}`);
}
