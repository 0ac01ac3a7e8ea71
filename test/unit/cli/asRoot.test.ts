import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, lchownSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../commandLine.ts';
import { freshFolders } from '../freshFolders.ts';

/** The owner of the folders, while root runs the program; the same user where the test does not run as root. */
const OWNER = process.getuid?.() === 0 ? 65_534 : (process.getuid?.() ?? 0);
const asOwner = process.getuid?.() === 0 ? { uid: OWNER } : {};
const ENTRY = '{"method":"GET","path":"/a","status":200}\n';

describe('sudo', function () {
  this.timeout(180_000);
  this.slow(10_000);
  const folders = freshFolders();

  beforeEach(() => {
    chmodSync(join(folders.root, '..'), 0o755);
    for (const folder of [folders.root, folders.state]) lchownSync(folder, OWNER, OWNER);
  });

  /** Everything in the owner's folders that is not the owner's. */
  const ofOthers = (): string[] =>
    [folders.root, folders.state].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
        const { uid, gid } = lstatSync(join(folder, name));
        // Git's own files are Git's to give.
        return !name.startsWith('.git/') && name !== '.git' && (uid !== OWNER || gid !== OWNER);
      }),
    );
  const run = async (
    words: string[],
    circumstances: Parameters<typeof commandLine>[1] = {},
  ): Promise<void> => {
    const { code, stderr } = await commandLine(words, { cwd: folders.root, ...circumstances });
    assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
  };

  it('root’s files belong to the folder’s owner, who can go on writing', async () => {
    execFileSync('git', ['init', '-q', folders.root]);
    const env = { SESSION_LOG_ZIP_PASSWORD: 'four words of my own 7' };
    const session = ['session', 'write', '--user', 'u', '--chat', 'c', '--session', 's'];
    const steps = async (circumstances: object, message: string): Promise<void> => {
      await run(['record'], { input: ENTRY, ...circumstances });
      await run(['maintain', '--accept'], circumstances);
      await run([...session, '--message', message], { input: 'text\n', env, ...circumstances });
    };
    await run(['init']);
    await run(['policy', '--set', 'sessions.enabled=true']);
    await steps({}, 'm1');
    assert.deepEqual(ofOthers(), []);
    await steps(asOwner, 'm2');
    // A log that is gone is made again by the next writer.
    rmSync(join(folders.root, 'logs'), { recursive: true });
    await steps({}, 'm3');
    assert.deepEqual(ofOthers(), []);
    await steps(asOwner, 'm4');
  });
});
