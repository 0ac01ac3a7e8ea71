import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { watchChanges } from './changingCalls.ts';
import { commandLine, requireTools } from './commandLine.ts';
import { ZIPPED, makeDueWorkspace } from './dueWorkspace.ts';
import { runUnderStrace } from './strace.ts';
import { temporaryFolder } from './workspaceFolder.ts';

const base = temporaryFolder('failing');
process.env.XDG_STATE_HOME = join(base, 'state');
requireTools('strace');
let n = 0;
for (const [calls, error, when, names] of [
  ['fsync', 'EIO', '1+'], ['fsync', 'EIO', '12'], ['/^rename', 'EXDEV', '1+'], ['/^rename', 'EACCES', '4'], ['/^link', 'EPERM', '1+'], ['/^link', 'EACCES', '1+'],
  ['/^unlink', 'EACCES', '1+'], ['/^unlink', 'EIO', '4'], ['/^(rename|link|unlink|mkdir|chmod|fchmod)', 'EROFS', '1+'],
  ['openat', 'EMFILE', '1+', ['logs/api.3.log']], ['openat', 'EMFILE', '1+', ['logs/.lock']], ['openat', 'EMFILE', '1+', ['logs']], ['openat', 'EMFILE', '1+', ['.gitignore', '.workspace-logs.json']],
  ['openat','EACCES','1+',['logs/.maintenance']],['pwrite64','ENOSPC','1+'],['pwrite64','EIO','1+'],['fchmod','EPERM','1+'],['fchown','EPERM','1+'],['/^chmod','EPERM','1+'],
  ['read','EIO','1+',['logs/api.3.log']], ['pread64','EIO','1+',['logs/api.3.log']],['statx','EACCES','1+',['logs/api.3.log']],
] as [string, string, string, string[]?][]) {
  const root = join(base, String((n += 1)));
  makeDueWorkspace(root);
  const r = await runUnderStrace([commandLine, 'maintain', '--workspace', root, '--json'], { calls, effect: `error=${error}`, when, paths: names?.map((x) => join(root, x)) ?? [] });
  console.log('=====', calls, error, when, names, 'injected', [...r.trace.matchAll(/INJECTED/g)].length, 'status', r.status, r.signal);
  console.log(r.stderr, r.stdout.slice(0, 200));
}
