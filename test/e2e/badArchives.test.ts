import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sample, size } from '../chance.ts';
import { aesZip } from '../unit/archive/aesZip.ts';
import { ArchiveSteps, CHAT } from './archiveSteps.ts';
import type { OpenVscode } from './openVscode.ts';
import { SharedWindow } from './sharedWindow.ts';
import type { Files } from './workspaceFolder.ts';

const password = randomBytes(12).toString('hex');
const other = randomBytes(12).toString('hex');
const policy = '{ "version": 1, "workspaceId": "billing" }\n';
const log = '{"message":"nothing of interest"}\n';
const sound = aesZip([{ name: 'logs.jsonl', text: '{"message":"all is well"}\n' }], { password });

/** Zeros, encrypted. */
async function bomb(method: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'bomb-'));
  try {
    const words = `-tzip -mm=${method} -mx=1 -mem=AES256 -p${password} -silogs.txt bomb.zip`;
    execFileSync('sh', ['-c', `head -c ${size('100M', '1G')} /dev/zero | 7zz a ${words}`], {
      cwd: folder,
      stdio: 'ignore',
    });
    return await readFile(join(folder, 'bomb.zip'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function zipCrypto(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'zipcrypto-'));
  try {
    const words = ['a', '-tzip', '-mem=ZipCrypto', `-p${password}`, '-silogs.txt', 'x.zip'];
    execFileSync('7zz', words, { cwd: folder, input: log, stdio: ['pipe', 'ignore', 'inherit'] });
    return await readFile(join(folder, 'x.zip'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Changes one byte at the end of the first member's data, in front of its HMAC. */
function changed(zip: Buffer): Buffer {
  const result = Buffer.from(zip);
  const next = result.indexOf('PK', 4, 'latin1');
  result.writeUInt8(result.readUInt8(next - 11) ^ 1, next - 11);
  return result;
}

let vscode: OpenVscode;
let person: ArchiveSteps;

async function start(files: Files): Promise<void> {
  vscode = await SharedWindow.fresh({
    files: { '.workspace-logs.json': policy, 'logs/api.log': '{}\n', ...files },
  });
  person = new ArchiveSteps(vscode);
  await vscode.page.logs.row('api.log').waitFor();
  // The explorer has room for all rows then.
  await vscode.page.page.locator('.pane-header[aria-label="Workspace Logs Section"]').click();
}

const DAMAGED =
  'it was changed after it was encrypted, or the password is wrong (one wrong password in 65,536 gets this far)';
const restore = 'Restore the archive from a copy if there is one.';
const unsupported = 'which is not supported here. Open it with 7-Zip.';

describe('bad archives', function () {
  this.timeout(120_000);

  const bombs = sample(['Deflate-bomb.zip', 'LZMA-bomb.zip'], 1, 'bombs');
  /**
   * The message for each archive; unit/reading/readArchive.test.ts has more of them. `asks`: the archive may be under
   * another password than the known one, so VS Code asks.
   */
  const cases: Record<string, { zip: () => Buffer | Promise<Buffer>; says: string; asks?: boolean }> = {
    'damaged.zip': {
      zip: () => changed(aesZip([{ name: 'logs.jsonl', text: log }], { password })),
      says: `In the archive “damaged.zip”, “logs.jsonl” is damaged: ${DAMAGED}. ${restore}`,
      asks: true,
    },
    'zipcrypto.zip': {
      zip: zipCrypto,
      says: `In the archive “zipcrypto.zip”, “logs.txt” uses the old encryption of zips (ZipCrypto), ${unsupported}`,
    },
  };

  before(async () => {
    const bad = Object.entries(cases).map(
      async ([name, { zip }]) => [`${CHAT}/${name}`, await zip()] as const,
    );
    await start({
      ...Object.fromEntries(await Promise.all(bad)),
      [`${CHAT}/sound.zip`]: sound,
      [`${CHAT}/half-damaged.zip`]: changed(
        aesZip(
          [
            { name: 'logs.jsonl', text: log },
            { name: 'meta.json', text: '{}' },
          ],
          { password },
        ),
      ),
      ...Object.fromEntries(
        await Promise.all(
          bombs.map(async (name) => [`${CHAT}/${name}`, await bomb(name.replace('-bomb.zip', ''))] as const),
        ),
      ),
    });
    await person.unfold();
  });

  async function soundOpens(): Promise<void> {
    await person.open('sound.zip');
    await person.shows('all is well');
    await person.closeAll();
  }

  it('a wrong password says so in the box', async () => {
    await person.open('sound.zip');
    await person.answer('sound.zip', other);
    await vscode.page.question
      .getByText('This password does not open sound.zip. Try again.', { exact: true })
      .waitFor();
    await person.type(password);
    await person.keep('Until VS Code Is Closed');
    await person.shows('all is well');
    await person.closeAll();
  });

  for (const [name, { says, asks }] of Object.entries(cases))
    it(`${name} is refused in one sentence, and the next archive opens`, async () => {
      await person.open(name);
      if (asks === true) await person.answer(name, password);
      await vscode.page.told(says);
      await person.told(says);
      assert.deepEqual(await vscode.page.tabs(), []);
      await soundOpens();
    });

  it('half-damaged.zip: nobody is asked for the password, which meta.json proves', async () => {
    await person.open('half-damaged.zip');
    await person.told(`In the archive “half-damaged.zip”, “logs.jsonl” is damaged: ${DAMAGED}. ${restore}`);
    assert.deepEqual(await vscode.page.tabs(), []);
    await soundOpens();
  });

  for (const name of bombs)
    it(`${name}: only its first part is looked at, and the next archive opens`, async () => {
      const begin = Date.now();
      await person.open(name);
      await vscode.page.tabInFront(/\(1 of \d+\)/);
      console.log(`      after ${String(Date.now() - begin)} ms`);
      const { page } = vscode.page;
      await page.getByText('because it is either binary or uses an unsupported text encoding').waitFor();
      // No later text has reached the page.
      await page.locator('.statusbar-item').filter({ hasText: '5.00MB' }).waitFor();
      await soundOpens();
    });
});
