import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import type { WrittenSession } from '../../src/sessions/writeSession.ts';
import { requireTools } from './commandLine.ts';
import { fillWorkspace, folderForTests, leftoversIn } from './workspaceFolder.ts';

const PAGE_BYTES = 4096;
const ids = { userId: 'u', sessionId: 's', chatId: 'c', messageId: 'm' };

describe('session archives on a disk that is full or read-only (a small tmpfs)', () => {
  const base = folderForTests('session-disk');
  const root = join(base, 'workspace');
  const disk = join(root, 'session_logs');
  const app = inlineApp();
  const mount = (options: string): unknown =>
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', disk]);

  before(() => {
    requireTools('mount');
    if (process.getuid?.() !== 0) throw new Error('mounting a tmpfs needs root: sudo npm test');
    fillWorkspace(root, { policy: { sessions: { enabled: true, compression: 'stored', format: 'jsonl' } } });
    mkdirSync(disk);
  });

  afterEach(() => {
    execFileSync('umount', [disk]);
  });

  function write(bytes: number): Promise<WrittenSession> {
    const message = randomBytes(bytes).toString('hex').slice(0, bytes);
    const chunks = [new TextEncoder().encode(`${JSON.stringify({ message })}\n`)];
    const log = { ids, chunks, droppedLines: 0, completedAt: Date.now() };
    return app.run('writeSession', { root, log, password: Buffer.from('x') });
  }

  /** Leaves so many pages free: a folder takes none, a file one more than its content. */
  function fill(pages: number): void {
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, 'filling'), Buffer.alloc(bavail * bsize - pages * PAGE_BYTES));
  }

  for (const bytes of [1000, 8000, 60_000])
    for (const pages of [0, 1, 2, 3, 10])
      it(`${String(pages)} pages free for an archive of ${String(bytes)} bytes`, async () => {
        mount('size=256k');
        fill(pages);
        const outcome = await write(bytes).catch((error: unknown) => (error as { code: string }).code);
        const fits = bytes + 600 <= pages * PAGE_BYTES;
        assert.deepEqual(outcome, fits ? { path: 'session_logs/u/c/m.zip' } : 'disk-full');
        assert.deepEqual(leftoversIn(disk), []);
        rmSync(join(disk, 'filling'));
        const next = fits ? 'm.2.zip' : 'm.zip';
        assert.deepEqual(await write(bytes), { path: `session_logs/u/c/${next}` });
        assert.equal(readdirSync(join(disk, 'u', 'c')).length, fits ? 2 : 1);
      });

  it('read-only', async () => {
    mount('ro');
    await assert.rejects(write(1000), { code: 'no-permission' });
  });
});
