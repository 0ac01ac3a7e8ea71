import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { linksOf, type Link } from '../../../src/setup/links.ts';
import { freshFolders } from '../freshFolders.ts';

describe('what must be no link', () => {
  const folders = freshFolders();
  const look = (): Link[] => linksOf(folders.root, '.workspace-logs.json', 'logs');
  const temporary = 'logs/api.2026-01-01.log.zip.tmp-0123456789abcdef';
  const link = (from: string, to: string): void => {
    linkSync(join(folders.root, from), join(folders.root, to));
  };

  const cases: [what: string, make: () => void, found: Link[]][] = [
    ['nothing', () => undefined, []],
    [
      'plain files, and what is nobody’s to manage',
      () => {
        folders.put('.workspace-logs.json', '{}');
        for (const name of ['api.log', 'api.1.log', 'audit.2026-01-01.log.zip', 'server.log'])
          folders.put(`logs/${name}`, '');
        symlinkSync('api.log', join(folders.logs, 'current.log'));
        link('logs/server.log', 'logs/server2.log');
        mkdirSync(join(folders.logs, 'deep'));
      },
      [],
    ],
    [
      'logs, a link',
      () => {
        folders.put('real/api.log', '');
        symlinkSync('real', join(folders.root, 'logs'));
      },
      [{ name: 'logs', what: 'link' }],
    ],
    [
      'logs, a broken link',
      () => {
        symlinkSync('nowhere', join(folders.root, 'logs'));
      },
      [{ name: 'logs', what: 'link' }],
    ],
    ['logs, a file', () => folders.put('logs', ''), [{ name: 'logs', what: 'file' }]],
    [
      'the policy, a link',
      () => {
        folders.put('real.json', '{}');
        symlinkSync('real.json', join(folders.root, '.workspace-logs.json'));
      },
      [{ name: '.workspace-logs.json', what: 'link' }],
    ],
    [
      'the policy, a hard link',
      () => {
        folders.put('real.json', '{}');
        link('real.json', '.workspace-logs.json');
      },
      [{ name: '.workspace-logs.json', what: 'hard-link' }],
    ],
    [
      'managed names of other kinds',
      () => {
        mkdirSync(join(folders.logs, 'api.1.log'));
        symlinkSync('nowhere', join(folders.logs, 'api.log'));
        execFileSync('mkfifo', [join(folders.logs, 'audit.log')]);
      },
      [
        { name: 'logs/api.1.log', what: 'folder' },
        { name: 'logs/api.log', what: 'link' },
        { name: 'logs/audit.log', what: 'other' },
      ],
    ],
    [
      'a log with another name elsewhere',
      () => {
        folders.put('logs/api.log', '');
        link('logs/api.log', 'elsewhere');
      },
      [{ name: 'logs/api.log', what: 'hard-link' }],
    ],
    [
      'two logs that are one file',
      () => {
        folders.put('logs/api.1.log', '');
        link('logs/api.1.log', 'logs/api.2.log');
      },
      [
        { name: 'logs/api.1.log', what: 'hard-link' },
        { name: 'logs/api.2.log', what: 'hard-link' },
      ],
    ],
    [
      'an archive and the temporary name that a killed run left: a leftover, no more',
      () => {
        folders.put('logs/api.2026-01-01.log.zip', '');
        link('logs/api.2026-01-01.log.zip', temporary);
      },
      [],
    ],
    [
      'such an archive with a third name',
      () => {
        folders.put('logs/api.2026-01-01.log.zip', '');
        link('logs/api.2026-01-01.log.zip', temporary);
        link(temporary, 'elsewhere');
      },
      [{ name: 'logs/api.2026-01-01.log.zip', what: 'hard-link' }],
    ],
  ];
  for (const [what, make, found] of cases)
    it(`${what}: ${String(found.length)}`, () => {
      make();
      assert.deepEqual(look(), found);
    });
});
