import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { zipArchives } from '../../src/archive/zipArchives.ts';
import { isFailure } from '../../src/base/failure.ts';
import type { Archives } from '../../src/files/archivePort.ts';
import { timesReader } from '../../src/files/entryTimes.ts';
import { APPEND_LOCK, openFolderLock } from '../../src/files/folderLock.ts';
import { listFiles } from '../../src/files/list.ts';
import { zipFile } from '../../src/files/zipStep.ts';
import { requireTools } from './commandLine.ts';
import { logTexts } from './logText.ts';
import { DAY_MS, folderForTests, logOf } from './workspaceFolder.ts';

const SOURCE = 'api.1.log';
const TARGET = 'api.2026-01-01.log.zip';

describe('zipping a file that does not keep still', () => {
  const base = folderForTests('changing');
  let root: string;
  let logs: string;
  let source: string;
  let text: string;

  before(() => {
    requireTools('unzip');
  });

  beforeEach(() => {
    root = join(base, 'workspace');
    logs = join(root, 'logs');
    source = join(logs, SOURCE);
    text = logOf(100_000, Date.now() - DAY_MS);
    mkdirSync(logs, { recursive: true });
    writeFileSync(source, text);
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** Zips while `meanwhile` happens after each writing of the archive, with the times of its turns counted from 1. */
  async function zip(meanwhile: (turn: number, temporary: string) => void): Promise<string> {
    let turn = 0;
    const archives: Archives = {
      ...zipArchives,
      async write(from, to, options) {
        const content = await zipArchives.write(from, to, options);
        meanwhile((turn += 1), to);
        return content;
      },
    };
    const existing = await timesReader(archives).date(logs, listFiles(logs).files);
    const lock = await openFolderLock(logs, APPEND_LOCK);
    try {
      return await zipFile(SOURCE, TARGET, {
        folder: logs,
        lock,
        archives,
        existing: existing.filter(({ name }) => name.endsWith('.zip')),
      });
    } finally {
      lock.close();
    }
  }

  const keeps = (expected: Record<string, string>): void => {
    assert.deepEqual(Object.fromEntries(logTexts(root)), expected);
    assert.deepEqual(
      readdirSync(logs).filter((name) => name.includes('.tmp-')),
      [],
    );
  };

  it('one that grows once is zipped again', async () => {
    const more = logOf(100, Date.now());
    await zip((turn) => {
      if (turn === 1) appendFileSync(source, more);
    });
    keeps({ [TARGET]: text + more });
  });

  it('one that grows each time is left as it is', async () => {
    const more = [1, 2, 3].map(() => logOf(100, Date.now()));
    await assert.rejects(
      zip((turn) => {
        appendFileSync(source, more[turn - 1] ?? '');
      }),
      (error) => isFailure(error, 'source-changing'),
    );
    keeps({ [SOURCE]: text + more.join('') });
  });

  it('one that is rewritten with the same size is zipped again', async () => {
    const other = text.replaceAll('items', 'ITEMS');
    await zip((turn) => {
      if (turn === 1) writeFileSync(source, other);
    });
    keeps({ [TARGET]: other });
  });

  it('one that another of the same size and time takes the place of is zipped again', async () => {
    const other = text.replaceAll('items', 'ITEMS');
    await zip((turn) => {
      if (turn > 1) return;
      const { atime, mtime } = statSync(source);
      writeFileSync(`${source}.new`, other);
      utimesSync(`${source}.new`, atime, mtime);
      renameSync(`${source}.new`, source);
      utimesSync(source, atime, mtime);
    });
    keeps({ [TARGET]: other });
  });

  it('one that goes away leaves nothing', async () => {
    await assert.rejects(
      zip(() => {
        rmSync(source);
      }),
      (error) => isFailure(error, 'file-missing'),
    );
    keeps({});
  });

  it('a name that is taken meanwhile is not overwritten', async () => {
    const given = await zip((turn) => {
      if (turn === 1) writeFileSync(join(logs, 'api.2.log'), 'other\n');
      if (turn === 1) copyFileSync(join(logs, 'api.2.log'), join(logs, TARGET));
    });
    assert.equal(given, 'api.2026-01-01.2.log.zip');
    assert.equal(readFileSync(join(logs, TARGET), 'utf8'), 'other\n');
    rmSync(join(logs, TARGET));
    keeps({ 'api.2.log': 'other\n', 'api.2026-01-01.2.log.zip': text });
  });

  it('an archive that did not reach the disk as it was written costs no line', async () => {
    await assert.rejects(
      zip((_turn, temporary) => {
        const bytes = readFileSync(temporary);
        bytes.writeUInt8(bytes.readUInt8(2000) ^ 1, 2000);
        writeFileSync(temporary, bytes);
      }),
      (error) => isFailure(error, 'archive-damaged'),
    );
    keeps({ [SOURCE]: text });
  });

  it('of a file that an archive already holds only the file goes', async () => {
    await zip(() => undefined);
    writeFileSync(source, text);
    assert.equal(
      await zip(() => {
        assert.fail('written again');
      }),
      TARGET,
    );
    keeps({ [TARGET]: text });
  });

  it('an archive of the same size that holds something else is no twin', async () => {
    await zip(() => undefined);
    const other = text.replaceAll('items', 'ITEMS');
    writeFileSync(source, other);
    assert.equal(await zip(() => undefined), 'api.2026-01-01.2.log.zip');
    keeps({ [TARGET]: text, 'api.2026-01-01.2.log.zip': other });
  });

  it('a damaged archive is no twin', async () => {
    await zip(() => undefined);
    const bytes = readFileSync(join(logs, TARGET));
    bytes.writeUInt8(bytes.readUInt8(2000) ^ 1, 2000);
    writeFileSync(join(logs, TARGET), bytes);
    writeFileSync(source, text);
    assert.equal(await zip(() => undefined), 'api.2026-01-01.2.log.zip');
    rmSync(join(logs, TARGET));
    keeps({ 'api.2026-01-01.2.log.zip': text });
  });
});
