import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sessionZip } from '../sessions/sessionSamples.ts';
import { builtProgram } from '../builtProgram.ts';
import { freshFolders } from '../freshFolders.ts';

const OLD = 'old one of them';
const NEW = 'türnip oblige copper vessel';
const PATH = 'session_logs/u/c/m.zip';

interface Ended {
  readonly code: number | null;
  readonly shown: string;
}

describe('passwords typed at a terminal', function () {
  this.timeout(180_000);
  this.slow(5000);
  const folders = freshFolders();

  beforeEach(() => {
    folders.policy({});
    mkdirSync(folders.logs, { recursive: true });
    folders.put(PATH, sessionZip({ password: OLD, bound: true }));
  });

  /** Runs the command line at a terminal, which `script` plays. Each answer follows its question. */
  async function atTerminal(
    words: string,
    answers: readonly [question: string, keys: string][],
  ): Promise<Ended> {
    const program = `'${process.execPath}' '${join(builtProgram(), 'cli.js')}' ${words}; exit $?`;
    const terminal = spawn('script', ['-qec', program, '/dev/null'], {
      cwd: folders.root,
      env: { ...process.env, SHELL: '/bin/sh', SESSION_LOG_ZIP_PASSWORD: '' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const left = [...answers];
    let shown = '';
    let unanswered = '';
    terminal.stdout.setEncoding('utf8').on('data', (piece: string) => {
      shown += piece;
      unanswered += piece;
      const [next] = left;
      if (next === undefined || !unanswered.endsWith(next[0])) return;
      left.shift();
      unanswered = '';
      terminal.stdin.write(next[1]);
    });
    const [code] = (await once(terminal, 'close')) as [number | null];
    assert.deepEqual(left, [], shown);
    return { code, shown };
  }

  it('asks for one, shows nothing of it, and opens the archive', async () => {
    const { code, shown } = await atTerminal(`session open ${PATH} --password-stdin`, [
      ['Password: ', `${OLD}\r`],
    ]);
    assert.deepEqual([code, shown.includes(OLD)], [0, false]);
    assert.match(shown, /^Password: \r\n(.*\r\n)*log\r\n/);
  });

  it('takes back what was typed wrong', async () => {
    const keys = `nonsense\u0015${OLD}xö\u007f\u007f\r`;
    const { code } = await atTerminal(`session open ${PATH} --password-stdin`, [['Password: ', keys]]);
    assert.equal(code, 0);
  });

  it('asks for the new one twice, and changes it', async () => {
    const { code, shown } = await atTerminal('session rekey', [
      ['Old password: ', `${OLD}\r`],
      ['New password: ', `${NEW}\r`],
      ['New password again: ', `${NEW}\r`],
    ]);
    assert.equal(code, 0);
    assert.match(shown, /^Old password: \r\nNew password: \r\nNew password again: \r\n1 archive now opens/);
    const opened = await atTerminal(`session open ${PATH} --password-stdin`, [['Password: ', `${NEW}\r`]]);
    assert.equal(opened.code, 0);
  });

  it('changes nothing where the new one was mistyped', async () => {
    const { code, shown } = await atTerminal('session rekey', [
      ['Old password: ', `${OLD}\r`],
      ['New password: ', `${NEW}\r`],
      ['New password again: ', `${NEW}l\r`],
    ]);
    assert.equal(code, 2);
    assert.match(shown, /The new password was typed in two ways\. Nothing has changed; try again\.\r\n$/);
    const opened = await atTerminal(`session open ${PATH} --password-stdin`, [['Password: ', `${OLD}\r`]]);
    assert.equal(opened.code, 0);
  });

  it('takes answers that are pasted in one go', async () => {
    const keys = `${OLD}\r${NEW}\r${NEW}\r`;
    const { code, shown } = await atTerminal('session rekey', [['Old password: ', keys]]);
    assert.equal(code, 0);
    assert.equal(shown.includes(NEW), false);
  });

  it('says so where nothing was typed', async () => {
    const nothing = ['Password: ', '\r'] as [string, string];
    const words = `session open ${PATH} --password-stdin`;
    const empty = await atTerminal(words, [nothing, nothing, nothing]);
    assert.equal(empty.code, 2);
    assert.match(empty.shown, /No password was typed\.\r\n$/);
    const ended = await atTerminal(`cat ${PATH} --password-stdin`, [['Password: ', '\u0004']]);
    assert.equal(ended.code, 2);
    assert.match(ended.shown, /No password was typed\.\r\n$/);
  });

  it('asks again where nothing was typed', async () => {
    const { code } = await atTerminal(`session open ${PATH} --password-stdin`, [
      ['Password: ', '\r'],
      ['Password: ', `${OLD}\r`],
    ]);
    assert.equal(code, 0);
  });

  it('asks no more once the input has ended', async () => {
    const { code, shown } = await atTerminal('session rekey', [['Old password: ', '\u0004']]);
    assert.deepEqual([code, shown], [2, 'Old password: \r\nworkspace-logs: No password was typed.\r\n']);
  });

  it('ends at Ctrl+C as any program does', async () => {
    const { code, shown } = await atTerminal('session rekey', [
      ['Old password: ', `${OLD}\r`],
      ['New password: ', '\u0003'],
    ]);
    assert.deepEqual([code, shown], [130, 'Old password: \r\nNew password: \r\n']);
    assert.equal(existsSync(join(folders.root, PATH)), true);
  });
});
