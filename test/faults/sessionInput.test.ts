import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireTools } from './commandLine.ts';
import { assertSentences } from './recovery.ts';
import { assertSkipped, plainIds, say, wordsToWrite, written, type Said } from './sessionCommands.ts';
import { SESSIONS, archivesIn, fillSessions, filesIn } from './sessionWorkspace.ts';
import { folderForTests } from './workspaceFolder.ts';

describe('session write with what nobody expects', () => {
  const base = folderForTests('session-input');
  let roots = 0;

  before(() => {
    requireTools('mount');
  });

  const freshRoot = (policy: object = {}): string => {
    const root = join(base, String((roots += 1)));
    fillSessions(root, [], { compression: 'deflated', ...policy });
    return root;
  };

  const write = (root: string, input: string | Uint8Array = 'line\n'): Promise<Said> =>
    say(wordsToWrite(root, plainIds), input);

  it('a line of 10 MB', async () => {
    const root = freshRoot();
    const long = 'word '.repeat(2_000_000);
    const said = await write(root, `before\n${long}\nafter\n`);
    const { lines } = await written(root, said);
    tell('a line of 10 MB', said);
    assert.deepEqual([lines[0]?.message, lines.at(-1)?.message], ['before', 'after']);
    assert.equal(lines.length, 3);
    assert.equal(lines[1]?.message.length, long.length);
  });

  it('bytes that are no UTF-8 are replaced, and take no other line with them', async () => {
    const root = freshRoot({ format: 'both' });
    const torn = Buffer.concat([
      Buffer.from('before\n'),
      Buffer.from([0x61, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x0a]),
      Buffer.from('after\n'),
      Buffer.from([0xf0, 0x9f]),
    ]);
    const { lines } = await written(root, await write(root, torn));
    const messages = lines.map(({ message }) => message);
    assert.deepEqual([messages[0], messages[2]], ['before', 'after']);
    assert.match(messages[1] ?? '', /^a\ufffd/);
    assert.equal(messages.length, 4);
  });

  it('line separators and control characters inside a line do not end it', async () => {
    const root = freshRoot();
    const odd = 'one\u2028two\u2029three\u0085four\vfive\rsix\u0000seven\u001b[31m';
    const { lines } = await written(root, await write(root, `${odd}\nnext\n`));
    assert.deepEqual(
      lines.map(({ message }) => message),
      [odd, 'next'],
    );
  });

  it('a million lines: the newest stay, and how many there was no room for is told', async () => {
    const root = freshRoot();
    const text = millionLines();
    const said = await write(root, text);
    tell('a million lines, of which 20,000 stay', said);
    const { lines, meta } = await written(root, said);
    assert.deepEqual([lines.length, meta.dropped_lines], [20_000, 980_000]);
    assert.deepEqual([lines[0]?.message, lines.at(-1)?.message], ['line 980000', 'line 999999']);
  });

  it('a million lines, as many of which stay as 64 MB hold', async () => {
    const root = freshRoot({ maxLines: 2_000_000 });
    const said = await write(root, millionLines());
    tell('a million lines, of which 64 MB stay', said);
    const { lines, meta } = await written(root, said);
    assert.ok(lines.length > 200_000, String(lines.length));
    assert.equal(lines.length + (meta.dropped_lines ?? 0), 1_000_000);
    assert.equal(lines.at(-1)?.message, 'line 999999');
  });

  it('no line at all', async () => {
    const root = freshRoot();
    assertSkipped('no-lines', await write(root, ''));
  });

  /** Things in place of the sessions folder, or of a folder in it; and the message about each. */
  const inTheWay: readonly [name: string, put: (root: string, outside: string) => void, reason: string][] = [
    [
      'a link out of the workspace',
      (root, outside) => {
        symlinkSync(outside, join(root, SESSIONS));
      },
      'outside-workspace',
    ],
    [
      'a link inside the workspace',
      (root) => {
        symlinkSync('logs', join(root, SESSIONS));
      },
      'no-directory',
    ],
    [
      'a link to nowhere',
      (root) => {
        symlinkSync('/nowhere/at/all', join(root, SESSIONS));
      },
      'no-directory',
    ],
    [
      'a file',
      (root) => {
        writeFileSync(join(root, SESSIONS), 'mine');
      },
      'no-directory',
    ],
    [
      'a pipe',
      (root) => {
        execFileSync('mkfifo', [join(root, SESSIONS)]);
      },
      'no-directory',
    ],
    [
      'a user’s folder that is a link',
      (root, outside) => {
        mkdirSync(join(root, SESSIONS));
        symlinkSync(outside, join(root, SESSIONS, 'u'));
      },
      'no-directory',
    ],
    [
      'a chat’s folder that is a link',
      (root, outside) => {
        mkdirSync(join(root, SESSIONS, 'u'), { recursive: true });
        symlinkSync(outside, join(root, SESSIONS, 'u/c'));
      },
      'no-directory',
    ],
    [
      'a chat’s folder that is a file',
      (root) => {
        mkdirSync(join(root, SESSIONS, 'u'), { recursive: true });
        writeFileSync(join(root, SESSIONS, 'u/c'), 'mine');
      },
      'no-directory',
    ],
  ];
  for (const [name, put, reason] of inTheWay)
    it(`${name} in the place of a folder: nothing is written, anywhere`, async () => {
      const root = freshRoot();
      const outside = join(base, `outside-${String(roots)}`);
      mkdirSync(outside);
      put(root, outside);
      assertSkipped(reason, await write(root));
      assert.deepEqual([readdirSync(outside), archivesIn(join(root, 'logs'))], [[], []]);
      rmSync(outside, { recursive: true });
    });

  for (const [name, put] of [
    [
      'a link',
      (path: string) => {
        symlinkSync('/etc/passwd', path);
      },
    ],
    [
      'a link to nowhere',
      (path: string) => {
        symlinkSync('nowhere', path);
      },
    ],
    [
      'a folder',
      (path: string) => {
        mkdirSync(path);
      },
    ],
  ] as const)
    it(`${name} in the place of the archive is taken for one`, async () => {
      const root = freshRoot();
      const folder = join(root, SESSIONS, 'u/c');
      mkdirSync(folder, { recursive: true });
      put(join(folder, 'm.zip'));
      const { path } = await written(root, await write(root));
      assert.equal(path, `${SESSIONS}/u/c/m.2.zip`);
    });

  it('a folder that may only be read is told', async () => {
    const root = freshRoot();
    const sessions = join(root, SESSIONS);
    mkdirSync(sessions);
    execFileSync('mount', ['--bind', sessions, sessions]);
    try {
      execFileSync('mount', ['-o', 'remount,ro,bind', sessions]);
      const { status, stdout, stderr } = await write(root);
      assertSentences(stderr);
      assert.deepEqual([status, stdout], [3, ''], stderr);
      assert.match(stderr, /may not be changed|cannot be used \(EROFS/);
    } finally {
      execFileSync('umount', [sessions]);
    }
    assert.deepEqual(filesIn(sessions), []);
  });
});

function millionLines(): string {
  return Array.from({ length: 1_000_000 }, (_, number) => `line ${String(number)}\n`).join('');
}

function tell(what: string, { ms, peakMB }: Said): void {
  console.log(`      ${what}: ${(ms / 1000).toFixed(1)} s, at most ${peakMB.toFixed(0)} MB`);
}
