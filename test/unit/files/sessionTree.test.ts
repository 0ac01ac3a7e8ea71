import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { hasArchives, walkSessions } from '../../../src/files/sessionTree.ts';
import { freshFolders } from '../freshFolders.ts';

describe('walkSessions', () => {
  const folders = freshFolders();
  const token = '0123456789abcdef';
  const found = (base = 'sessions'): string[] =>
    [...walkSessions(join(folders.root, base), folders.logs)].map((entry) => {
      const shown = (path: string): string => relative(folders.root, path) || '.';
      if (entry.kind === 'folder') return `${shown(entry.path)} has ${String(entry.entries)}`;
      if (entry.kind === 'unreadable') return `unreadable ${shown(entry.path)} ${entry.failure.code}`;
      return `${entry.kind} ${shown(join(entry.file.folder, entry.file.name))}`;
    });

  it('finds zips and temporary files at any depth, and folders after what is in them', () => {
    const deep = `sessions/${'d/'.repeat(50)}m.zip`;
    folders.put(deep, '');
    folders.put('sessions/a.ZIP', '');
    folders.put('sessions/a.zip.tmp', '');
    folders.put(`sessions/a.zip.tmp-${token}`, '');
    for (const other of [`a.zip.tmp-${token}0`, 'a.zip.tmpx', 'a.tmp', 'a.zip.bak', 'readme'])
      folders.put(`sessions/${other}`, '');
    const all = found();
    assert.deepEqual(all.slice(0, 3).sort(), [
      'archive sessions/a.ZIP',
      'temporary sessions/a.zip.tmp',
      `temporary sessions/a.zip.tmp-${token}`,
    ]);
    assert.equal(all[3], `archive ${deep}`);
    assert.deepEqual(all.slice(-2), ['sessions/d has 1', 'sessions has 9']);
    assert.equal(all.length, 4 + 51);
  });

  it('follows no link, and looks into no folder with a dot in front', () => {
    folders.put('outside/m.zip', '');
    folders.put('sessions/.git/m.zip', '');
    symlinkSync(join(folders.root, 'outside'), join(folders.root, 'sessions', 'link'));
    symlinkSync(join(folders.root, 'outside', 'm.zip'), join(folders.root, 'sessions', 'link.zip'));
    mkdirSync(join(folders.root, 'sessions', 'folder.zip'));
    assert.deepEqual(found(), ['sessions/folder.zip has 0', 'sessions has 4']);
  });

  it('leaves alone what is directly in logs, by whatever way it came there', () => {
    folders.put('logs/api.2026-01-01.log.zip', '');
    folders.put('logs/deep/m.zip', '');
    assert.deepEqual(found('logs'), ['archive logs/deep/m.zip', 'logs/deep has 1']);
    assert.deepEqual(found('.').slice(0, 2), ['archive logs/deep/m.zip', 'logs/deep has 1']);
    symlinkSync(folders.root, join(folders.state, 'way'));
    const way = join(folders.state, 'way', 'logs');
    const kinds = [...walkSessions(way, folders.logs)].map(({ kind }) => kind);
    assert.deepEqual([kinds, realpathSync(way)], [['archive', 'folder'], folders.logs]);
  });

  it('finds nothing where nothing is', () => {
    assert.deepEqual(found(), []);
    assert.equal(hasArchives(join(folders.root, 'sessions'), folders.logs), false);
    folders.put('sessions/u/c/m.zip', '');
    assert.equal(hasArchives(join(folders.root, 'sessions'), folders.logs), true);
  });

  it('tells of a folder that it may not read', () => {
    // Permissions do not stop root, who runs these tests, so a file stands in for the folder.
    folders.put('sessions', '');
    assert.deepEqual(found(), ['unreadable sessions machine-error']);
  });
});
