import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aesZip } from '../unit/archive/aesZip.ts';
import { ArchiveSteps, CHAT } from './archiveSteps.ts';
import { OpenVscode } from './openVscode.ts';
import { answerPath } from './pathDialog.ts';
import { base64In, killProgramsOf, tracesOnDisk } from './tracesOnDisk.ts';
import { title } from './titles.ts';

const secret = (): string => randomBytes(18).toString('base64url');
/** In ms since 1970: the file system’s clock is a little behind. */
const begin = (): number => Date.now() - 1000;

const markers = { deflated: secret(), lzma: secret(), large: secret() };
const passwords = { typed: secret(), remembered: secret() };
const secrets = { ...markers, ...passwords };
/** Of a control. */
const planted = secret();

const lineOf = (marker: string): string =>
  `{"ts":"2026-01-01T06:44:31.491Z","level":"INFO","message":"${marker} is what the person asked for"}\n`;

/** 24 MB, shown in parts; the marker is in its first line, in the middle and in its last line. */
function largeLog(marker: string): string {
  const filling =
    '{"ts":"2026-01-01T06:44:31.503Z","level":"DEBUG","message":"an answer of no interest"}\n'.repeat(
      135_000,
    );
  return [lineOf(marker), filling, lineOf(marker), filling, lineOf(marker)].join('');
}

function lzmaZip(name: string, text: string, password: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'lzma-'));
  try {
    const words = [
      'a',
      '-tzip',
      '-mm=LZMA',
      '-mem=AES256',
      `-p${password}`,
      `-si${name}`,
      join(folder, 'x.zip'),
    ];
    execFileSync('7zz', words, { input: text, stdio: ['pipe', 'ignore', 'inherit'] });
    return readFileSync(join(folder, 'x.zip'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function archives(): Record<string, Buffer> {
  const { typed, remembered } = passwords;
  const meta = { name: 'meta.json', text: `{ "request_id": "${markers.deflated}" }` };
  return {
    'deflated.zip': aesZip([meta, { name: 'logs.jsonl', text: lineOf(markers.deflated) }], {
      password: typed,
    }),
    'large.zip': aesZip([{ name: 'logs.jsonl', text: largeLog(markers.large) }], { password: typed }),
    'lzma.zip': lzmaZip('logs.txt', lineOf(markers.lzma), remembered),
  };
}

describe('the search for traces', () => {
  it('finds whatever form a secret has', () => {
    const since = begin();
    const folder = mkdtempSync(join(tmpdir(), 'traces-'));
    const text = secret();
    const forms = {
      'as-it-is': `x${text}`,
      half: text.slice(12),
      utf16: Buffer.from(text, 'utf16le'),
      ...Object.fromEntries([0, 1, 2].map((shift) => [`base64-${String(shift)}`, base64In(text, shift)])),
      // Crosses the end of a piece that is read at once.
      late: Buffer.concat([Buffer.alloc(8 * 1024 * 1024 - 5, 'x'), Buffer.from(text)]),
    };
    for (const [name, content] of Object.entries(forms)) writeFileSync(join(folder, name), content);
    const found = tracesOnDisk({ secrets: { it: text }, since }).traces;
    for (const name of Object.keys(forms))
      assert.ok(
        found.some((trace) => trace.startsWith(`${join(folder, name)}: `)),
        name,
      );
    rmSync(folder, { recursive: true });
  });
});

describe('nothing on disk', function () {
  // Files of other programs in the temporary folders are searched, too.
  this.timeout(600_000);
  let since: number;
  let profile: string;
  let vscode: OpenVscode;
  let person: ArchiveSteps;

  beforeEach(async () => {
    since = begin();
    profile = realpathSync(mkdtempSync(join(tmpdir(), 'chromium-profile-')));
    const files = Object.entries(archives()).map(([name, zip]) => [`${CHAT}/${name}`, zip] as const);
    vscode = await OpenVscode.open({
      files: {
        '.workspace-logs.json': '{ "version": 1, "workspaceId": "billing" }\n',
        'logs/api.log': '{}\n',
        ...Object.fromEntries(files),
      },
      profile,
      keepsSecrets: true,
    });
    person = new ArchiveSteps(vscode);
    await vscode.page.logs.row('api.log').waitFor();
    await person.unfold();
  });
  afterEach(async () => {
    await vscode.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Opens all three, each in an editor that stays, and types two passwords, of which one is to be remembered. */
  async function openAll(): Promise<void> {
    await person.open('deflated.zip');
    await person.answer('deflated.zip', passwords.typed);
    await person.keep('Until VS Code Is Closed');
    await showsAndStays(markers.deflated);
    await person.open('large.zip');
    await vscode.page.tabInFront('(1 of 5)');
    await showsAndStays(markers.large);
    await person.open('lzma.zip');
    await person.answer('lzma.zip', passwords.remembered);
    await person.keep('Remember');
    await showsAndStays(markers.lzma);
  }

  async function showsAndStays(marker: string): Promise<void> {
    await person.shows(marker);
    await vscode.page.runCommand('View: Keep Editor');
  }

  /** VS Code writes every five seconds which tabs are open, and Chromium its databases even later. */
  async function isWritten(): Promise<void> {
    await vscode.page.page.waitForTimeout(8000);
  }

  function traces(wanted: Readonly<Record<string, string>> = secrets): string[] {
    const started = Date.now();
    const { traces: found, searched } = tracesOnDisk({ secrets: wanted, since });
    console.log(`      ${String(searched.length)} files searched in ${String(Date.now() - started)} ms`);
    // Checks that their content was searched, and not an empty place. VS Code writes no log file in this host.
    for (const place of [
      join(vscode.workspace.folder, CHAT, 'lzma.zip'),
      join(vscode.server.folder, 'data/data/User'),
      join(profile, 'Default/IndexedDB'),
      join(profile, 'Default/Local Storage/leveldb'),
    ])
      assert.ok(
        searched.some((path) => path.startsWith(place)),
        place,
      );
    return found;
  }

  /** The secrets that the page stores, encrypted by a key of which the server has one half. */
  const keptSecrets = async (): Promise<string> =>
    String(await vscode.page.page.evaluate(`localStorage.getItem('secrets.provider') ?? ''`));

  /**
   * A control: stores a text as the page must not store logs. It shows that the browser has written by then, and that
   * the search finds it.
   */
  async function plant(): Promise<void> {
    await vscode.page.page.evaluate(`new Promise((resolve, reject) => {
      localStorage.setItem('planted', '${planted}');
      const opening = indexedDB.open('planted', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('planted');
      opening.onerror = reject;
      opening.onsuccess = () => {
        const transaction = opening.result.transaction('planted', 'readwrite');
        transaction.objectStore('planted').put({ text: '${planted}' }, 1);
        transaction.oncomplete = () => resolve(undefined);
      };
    })`);
  }

  /** By the browser's databases. */
  function inBrowser(found: readonly string[]): string[] {
    const databases = found.map((trace) => trace.replace(/^.*\/Default\/([^/]*)\/.*: /, '$1: '));
    return [...new Set(databases)].sort();
  }

  it('while archives are open, and editor and browser are killed', async () => {
    await openAll();
    assert.notEqual(await keptSecrets(), '');
    await plant();
    await isWritten();
    await vscode.screenshot('nothing-on-disk');
    assert.ok((await killProgramsOf([vscode.server.folder, profile])) > 2);
    const found = inBrowser(traces({ ...secrets, planted }));
    assert.ok(found.includes('IndexedDB: planted, as it is'));
    // Into the other place it writes when it likes.
    const others = found.filter((trace) => !trace.endsWith(': planted, as it is'));
    assert.deepEqual(others, []);
  });

  it('after the last tab is closed, until a person saves a copy', async () => {
    await openAll();
    await person.closeAll();
    await isWritten();
    assert.deepEqual(traces(), []);
    await vscode.page.explorer.chooseFrom('lzma.zip', title('workspaceLogs.decryptTo'));
    const copy = join(vscode.workspace.folder, 'copy.txt');
    await answerPath(vscode, copy);
    await vscode.page.told(/copy\.txt was saved in/);
    const isCopy = `${copy}: lzma, as it is`;
    assert.deepEqual(traces(), [isCopy]);
    // A browser writes its remaining data when it is closed.
    await plant();
    await vscode.page.page.context().close();
    assert.deepEqual(inBrowser(traces({ ...secrets, planted })), [
      isCopy,
      'IndexedDB: planted, as it is',
      'Local Storage: planted, as it is',
    ]);
  });
});
