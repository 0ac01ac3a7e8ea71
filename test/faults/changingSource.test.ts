import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { zipArchives } from '../../src/archive/zip/zipArchives.ts';
import type { Archives } from '../../src/files/archivePort.ts';
import { APPEND_LOCK, openFolderLock, type FolderLock } from '../../src/files/folderLock.ts';
import { listFiles } from '../../src/files/list.ts';
import { zipFile } from '../../src/maintenance/zipStep.ts';
import { nextWait } from '../unit/nextWait.ts';
import { requireTools } from './commandLine.ts';
import { logTexts } from './logText.ts';
import { runUnderStrace } from './strace.ts';
import { DAY_MS, folderForTests, logOf } from './workspaceFolder.ts';

const SOURCE = 'api.1.log';
const TARGET = 'api.2026-01-01.log.zip';
/** A whole second, which can be set again exactly. */
const MODIFIED = 1_767_225_600;

describe('zipping a file that does not keep still', () => {
  const base = folderForTests('changing');
  let root: string;
  let logs: string;
  let source: string;
  let text: string;
  let lock: FolderLock;

  before(() => {
    requireTools('unzip', 'strace');
  });

  beforeEach(async () => {
    root = join(base, 'workspace');
    logs = join(root, 'logs');
    source = join(logs, SOURCE);
    text = logOf(100_000, Date.now() - DAY_MS);
    mkdirSync(logs, { recursive: true });
    writeFileSync(source, text);
    utimesSync(source, MODIFIED, MODIFIED);
    lock = await openFolderLock(logs, APPEND_LOCK);
  });

  afterEach(() => {
    lock.close();
    rmSync(root, { recursive: true });
  });

  /** Zips; something happens just before and after the archive is written, in turns counted from 1. */
  async function zip(
    meanwhile: (turn: number) => void,
    justBefore: (turn: number) => void = () => undefined,
  ): Promise<string> {
    let turn = 0;
    const archives: Archives = {
      ...zipArchives,
      async write(from, to, options) {
        justBefore((turn += 1));
        const content = await zipArchives.write(from, to, options);
        meanwhile(turn);
        return content;
      },
    };
    const context = { folder: logs, now: Date.now(), lock, archives, existing: [] };
    return (await zipFile(SOURCE, TARGET, context)).name;
  }

  const keeps = (expected: Record<string, string>): void => {
    assert.deepEqual(Object.fromEntries(logTexts(root)), expected);
    assert.deepEqual(
      readdirSync(logs).filter((name) => name.includes('.tmp-')),
      [],
    );
  };

  it('one that another of the same size and time takes the place of is zipped again', async () => {
    const other = text.replaceAll('items', 'ITEMS');
    await zip((turn) => {
      if (turn > 1) return;
      writeFileSync(`${source}.new`, other);
      utimesSync(`${source}.new`, MODIFIED, MODIFIED);
      renameSync(`${source}.new`, source);
    });
    keeps({ [TARGET]: other });
  });

  it('one that was longer for a moment is zipped again', async () => {
    const more = logOf(100, Date.now());
    await zip(
      (turn) => {
        if (turn > 1) return;
        writeFileSync(source, text);
        utimesSync(source, MODIFIED, MODIFIED);
      },
      (turn) => {
        if (turn > 1) return;
        appendFileSync(source, more);
      },
    );
    keeps({ [TARGET]: text });
  });

  it('one that grows once an archive was found to hold it is zipped', async () => {
    const more = logOf(100, Date.now());
    await zip(() => undefined);
    writeFileSync(source, text);
    const [twin] = listFiles(logs).files.filter(({ name }) => name === TARGET);
    assert.ok(twin !== undefined);
    const archives: Archives = {
      ...zipArchives,
      async holds(path, file) {
        const answer = await zipArchives.holds(path, file);
        if (answer) appendFileSync(source, more);
        return answer;
      },
    };
    const existing = [{ ...twin, inner: { bytes: text.length, crc32: 0 } }];
    await zipFile(SOURCE, TARGET, { folder: logs, now: Date.now(), lock, archives, existing });
    keeps({ [TARGET]: text, 'api.2026-01-01.2.log.zip': text + more });
  });

  it('a name that is taken meanwhile is not overwritten where there are no hard links either', async () => {
    const words = [join(import.meta.dirname, '../../bench/zipStepAlone.ts'), logs];
    const taken = join(logs, TARGET);
    writeFileSync(taken, 'other\n');
    const injection = { calls: '/^link', effect: 'error=EPERM', when: '1+' };
    const { status, trace } = await runUnderStrace(words, injection);
    assert.equal(status, 0);
    assert.match(trace, /INJECTED/);
    assert.equal(readFileSync(taken, 'utf8'), 'other\n');
    rmSync(taken);
    keeps({ 'api.2026-01-01.2.log.zip': text });
  });

  it('no name is given and nothing is removed while somebody appends', async () => {
    const other = await openFolderLock(logs, APPEND_LOCK);
    const held = await other.hold();
    let written = 0;
    const waits = nextWait();
    const zipping = zip((turn) => {
      written = turn;
    });
    await Promise.race([waits, zipping]);
    assert.equal(written, 1);
    assert.deepEqual([...logTexts(root).keys()], [SOURCE]);
    held.release();
    other.close();
    await zipping;
    keeps({ [TARGET]: text });
  });
});
