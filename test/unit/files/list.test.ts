import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipArchives } from '../../../src/archive/zip/zipArchives.ts';
import { isFailure, type FileKind } from '../../../src/base/failure.ts';
import { identify, isUnchanged } from '../../../src/files/identity.ts';
import { changedNames, kindOf, listFiles, relistFiles } from '../../../src/files/list.ts';
import { freshFolders } from '../freshFolders.ts';

describe('listFiles', () => {
  const folders = freshFolders();

  it('tells name, parts, size, time and inode of each file', () => {
    const path = folders.put('logs/api.1.log', '12345');
    utimesSync(path, 1_700_000_000, 1_700_000_000.25);
    const { files, notFiles } = listFiles(folders.logs);
    const expected = {
      name: 'api.1.log',
      parts: { kind: 'rotated', family: 'api', number: 1 },
      bytes: 5,
      modified: 1_700_000_000_250,
      inode: statSync(path).ino,
    };
    assert.deepEqual([files, notFiles], [[expected], []]);
    assert.deepEqual(identify(folders.logs, 'api.1.log'), expected);
  });

  it('leaves out its own book-keeping, and what lies deeper', () => {
    for (const name of ['.lock', '.lock-journal', '.maintenance', 'sub/api.log'])
      folders.put(`logs/${name}`, '');
    assert.deepEqual(listFiles(folders.logs).files, []);
  });

  it('tells what has a name of ours and is no file, and passes over the rest', () => {
    for (const name of ['api.log', 'api.2026-01-01.log.zip', 'app.log']) mkdirSync(join(folders.logs, name));
    symlinkSync('nowhere', join(folders.logs, 'api.1.log'));
    symlinkSync('nowhere', join(folders.logs, 'other'));
    execFileSync('mkfifo', [join(folders.logs, 'audit.log')]);
    const { files, notFiles } = listFiles(folders.logs);
    assert.deepEqual(files, []);
    assert.deepEqual([...notFiles].sort(), ['api.1.log', 'api.2026-01-01.log.zip', 'api.log', 'audit.log']);
  });

  const event = '{"timestamp":"2026-02-14T18:22:33.120Z","event":"generation","id":"e"}\n';
  const contents: [what: string, content: string, isOurs: boolean][] = [
    ['one of our events', event, true],
    ['a torn event', event.slice(0, 70), true],
    ['nothing', '', false],
    ['another program’s lines', 'GET /usage 200\n', false],
    ['such an event in its second line', `\n${event}`, false],
    ['another kind of event', event.replace('generation', 'other'), false],
    ['an event in other words', event.replace('{', '{ '), false],
  ];
  for (const [what, content, isOurs] of contents)
    it(`takes a usage log with ${what} for ${isOurs ? 'ours' : 'another program’s'}, zipped or not`, async () => {
      const zip = 'usage.2026-02-14.log.zip';
      for (const name of ['usage.log', 'usage.3.log']) folders.put(`logs/${name}`, content);
      const source = folders.put('source', content);
      await zipArchives.write(source, join(folders.logs, zip), {
        ...{ name: 'usage.2026-02-14.log', comment: '', modified: 0, bytes: content.length },
      });
      const kinds = listFiles(folders.logs).files.map(({ name, parts }) => [name, parts.kind, parts.family]);
      const expected = isOurs ? ['rotated', 'archive', 'active'] : ['foreign', 'foreign', 'foreign'];
      assert.deepEqual(
        kinds.sort(),
        [
          ['usage.2026-02-14.log.zip', expected[1], 'usage'],
          ['usage.3.log', expected[0], 'usage'],
          ['usage.log', expected[2], 'usage'],
        ].sort(),
      );
      assert.equal(identify(folders.logs, zip)?.parts.kind, expected[1]);
    });

  it('takes a link called usage.log, and what is no zip, for another program’s', () => {
    folders.put('logs/usage.2026-02-14.log.zip', event);
    symlinkSync(folders.put('elsewhere', event), join(folders.logs, 'usage.log'));
    const { files, notFiles } = listFiles(folders.logs);
    assert.deepEqual([files.map(({ parts }) => parts.kind), notFiles], [['foreign'], []]);
  });

  const strange = [
    'two words.log',
    '"quoted".log',
    "it's.log",
    'new\nline.log',
    '\u001b[31mred.log',
    '😀.log',
    '‮gol.ipa',
    '..log',
    '...',
    ' ',
    '-rf',
    'é',
    'e\u0301',
  ];
  for (const name of strange)
    it(`lists ${JSON.stringify(name)} as it is`, () => {
      folders.put(`logs/${name}`, 'x');
      assert.deepEqual(
        listFiles(folders.logs).files.map((file) => [file.name, file.parts.kind]),
        [[name, 'foreign']],
      );
    });

  it('passes over a name that is no UTF-8', () => {
    writeFileSync(Buffer.concat([Buffer.from(`${folders.logs}/`), Buffer.from([0xff, 0x2e, 0x6c])]), '');
    assert.deepEqual(listFiles(folders.logs), { files: [], notFiles: [] });
  });

  const places: [what: FileKind, make: (path: string) => void, code: 'logs-missing' | 'logs-not-a-folder'][] =
    [
      ['missing', () => undefined, 'logs-missing'],
      [
        'file',
        (path) => {
          writeFileSync(path, '');
        },
        'logs-not-a-folder',
      ],
      [
        'link',
        (path) => {
          mkdirSync(`${path}-real`);
          symlinkSync(`${path}-real`, path);
        },
        'logs-not-a-folder',
      ],
      [
        'other',
        (path) => {
          execFileSync('mkfifo', [path]);
        },
        'logs-not-a-folder',
      ],
    ];
  for (const [what, make, code] of places)
    it(`refuses a folder that is: ${what}`, () => {
      const path = join(folders.root, 'logs');
      make(path);
      assert.equal(kindOf(path), what);
      assert.throws(
        () => listFiles(path),
        (error) => isFailure(error, code),
      );
    });
});

describe('relistFiles', () => {
  const folders = freshFolders();

  it('looks at the named files alone', () => {
    for (const name of ['api.log', 'api.1.log', 'x.log']) folders.put(`logs/${name}`, '1');
    mkdirSync(join(folders.logs, 'api.2.log'));
    const before = listFiles(folders.logs);
    for (const name of ['api.log', 'api.1.log']) folders.put(`logs/${name}`, '12');
    rmSync(join(folders.logs, 'x.log'));
    mkdirSync(join(folders.logs, 'api.3.log'));
    const names = new Set(['api.log', 'x.log', 'new.log', 'api.3.log', '.lock']);
    folders.put('logs/new.log', '123');
    folders.put('logs/.lock', '');
    const { kept, found } = relistFiles(folders.logs, before, names);
    assert.deepEqual(
      kept.map(({ name, bytes }) => [name, bytes]),
      [['api.1.log', 1]],
    );
    assert.deepEqual(found.files.map(({ name, bytes }) => [name, bytes]).sort(), [
      ['api.log', 2],
      ['new.log', 3],
    ]);
    assert.deepEqual([...found.notFiles].sort(), ['api.2.log', 'api.3.log']);
  });

  it('refuses a folder that went away', () => {
    assert.throws(
      () => relistFiles(join(folders.root, 'gone'), { files: [], notFiles: [] }, new Set()),
      (error) => isFailure(error, 'logs-missing'),
    );
  });
});

describe('changedNames', () => {
  const folders = freshFolders();

  it('tells what came and what went', () => {
    for (const name of ['a', 'b']) folders.put(`logs/${name}`, '');
    assert.deepEqual(changedNames(folders.logs, ['b', 'c']).sort(), ['a', 'c']);
    assert.deepEqual(changedNames(folders.logs, ['b', 'a']), []);
  });
});

describe('isUnchanged', () => {
  const folders = freshFolders();
  const changes: [what: string, change: (path: string) => void, same: boolean][] = [
    ['nothing', () => undefined, true],
    [
      'its size',
      (path) => {
        const { atime, mtime } = statSync(path);
        writeFileSync(path, 'longer');
        utimesSync(path, atime, mtime);
      },
      false,
    ],
    [
      'its time',
      (path) => {
        utimesSync(path, 1, 1);
      },
      false,
    ],
    [
      'a link to it',
      (path) => {
        linkSync(path, `${path}2`);
      },
      true,
    ],
  ];
  for (const [what, change, same] of changes)
    it(`after ${what}: ${same ? 'yes' : 'no'}`, () => {
      const path = folders.put('logs/api.log', 'x');
      utimesSync(path, 5, 5);
      const file = identify(folders.logs, 'api.log')!;
      change(path);
      assert.equal(isUnchanged(folders.logs, file), same);
    });
});
