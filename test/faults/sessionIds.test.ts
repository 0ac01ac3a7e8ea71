import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { bytesOf } from '../unit/sessions/sessionSamples.ts';
import { requireTools } from './commandLine.ts';
import {
  assertSkipped,
  plainIds,
  say,
  wordsToWrite,
  written,
  writtenAt,
  type WriteIds,
  type Written,
} from './sessionCommands.ts';
import { SESSIONS, archivesIn, fillSessions, passwords } from './sessionWorkspace.ts';
import { folderForTests } from './workspaceFolder.ts';

const long = 'x'.repeat(300);
/** As clients may send them; each is another one. */
const families: Readonly<Record<string, readonly string[]>> = {
  'alike once they are sanitised': ['a/b', 'a b', 'a_b', 'a\\b', ' a_b', 'a_b.', '_a_b', 'a:b', 'a\nb'],
  'of other cases': ['anna', 'Anna', 'ANNA', 'aNNA', 'ſtraße', 'strasse', 'STRASSE', 'k', 'K', '\u212a'],
  'that are devices': 'CON con NUL nul nul.txt AUX. com1 COM1 lpt9.a prn COM¹ conin$'.split(' '),
  'that lead elsewhere': '.. . ../.. ../../etc/passwd /etc / ~ ~root C:\\x \\\\host\\x %2e%2e'.split(' '),
  'of 300 characters': [
    long,
    `${long.slice(1)}y`,
    'X'.repeat(300),
    'ä'.repeat(300),
    long.slice(0, 128),
    long.slice(0, 129),
  ],
  'in other scripts': ['👩‍👩‍👧', '👩', '日本', '本日', 'é', 'é'.normalize('NFD'), '\u202e', '\u0007'],
  'that look like options or like our names':
    '- --json -x m.zip m.2 anna~0123456789abcdef m.zip.tmp-0123456789abcdef'.split(' '),
};

describe('session write with ids that nobody expects', () => {
  const base = folderForTests('session-ids');
  const app = inlineApp();
  let roots = 0;

  before(() => {
    requireTools();
  });

  const freshRoot = (): string => {
    const root = join(base, String((roots += 1)));
    fillSessions(root, [], { compression: 'deflated' });
    return root;
  };

  /** A process for each of all these ids would take minutes. */
  const writeHere = async (root: string, ids: WriteIds, message: string): Promise<Written> => {
    const { user: userId, chat: chatId, message: messageId, request: requestId } = ids;
    const chunks = [Uint8Array.from(Buffer.from(`${JSON.stringify({ message })}\n`))];
    const log = {
      ids: { userId, chatId, messageId, requestId, sessionId: 's-1' },
      chunks,
      droppedLines: 0,
      completedAt: 0,
    };
    const result = await app.run('writeSession', { root, log, password: bytesOf(passwords.one) });
    assert.ok('path' in result, JSON.stringify(result));
    return writtenAt(root, result.path);
  };
  const write = async (root: string, ids: WriteIds, message: string): Promise<Written> =>
    written(root, await say(wordsToWrite(root, ids), `${message}\n`));

  for (const [kind, given] of Object.entries(families))
    for (const part of ['user', 'chat', 'message', 'request'] as const)
      it(`a ${part}’s ids ${kind}: each its own archive, in the sessions folder`, async () => {
        const root = freshRoot();
        // The state folder is made once archives are written.
        const others = (): string[] => readdirSync(base).filter((name) => name !== 'state');
        const before = others();
        const paths: string[] = [];
        for (const id of given) {
          const message = `for ${JSON.stringify(id)}`;
          const ids = { ...plainIds, [part]: id };
          const { path, meta, lines } = await (part === 'user' ? write : writeHere)(root, ids, message);
          assert.deepEqual(
            lines.map((line) => line.message),
            [message],
          );
          if (part !== 'request') assert.equal(meta.ids[`${part}_id`], id);
          assert.match(path, /^session_logs\/[^/]+\/[^/]+\/[^/]+\.zip$/);
          for (const name of path.split('/')) assertPortable(name);
          paths.push(path);
        }
        assert.equal(new Set(paths.map(folded)).size, given.length, paths.join('\n'));
        const found = archivesIn(root);
        assert.deepEqual(found, paths.toSorted());
        assert.deepEqual(others(), before);
      });

  it('an id that is empty, or white space alone, is missing', async () => {
    const root = freshRoot();
    for (const id of ['', ' ', '\t\n', '\u00a0', '\u2028'])
      for (const part of ['user', 'chat', 'message', 'session'] as const)
        assertSkipped('missing-id', await say(wordsToWrite(root, { ...plainIds, [part]: id }), 'line\n'));
    assert.equal(existsSync(join(root, SESSIONS)), false);
  });
});

/** A name that every file system takes, and a temporary name behind it. */
function assertPortable(name: string): void {
  assert.ok(Buffer.byteLength(name) <= 255 - '.tmp-0123456789abcdef'.length, name);
  assert.doesNotMatch(name, /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|[<>:"|?*\\\u0000-\u001f]|[. ]$/i);
}

/** As the least tolerant file systems compare names. */
function folded(path: string): string {
  return path.normalize('NFKC').toUpperCase().toLowerCase();
}
