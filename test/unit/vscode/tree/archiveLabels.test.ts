import assert from 'node:assert/strict';
import { parseFileName } from '../../../../src/files/fileName.ts';
import type { LockState } from '../../../../src/sessions/archiveMember.ts';
import {
  labelsOfArchive,
  labelsOfMember,
  tooltipOfArchive,
} from '../../../../src/vscode/tree/archiveLabels.ts';

const modified = Date.parse('2026-11-20T10:00:00Z');
const now = Date.parse('2026-11-22T12:00:00Z');

function archive(
  name: string,
  lock: LockState = 'unknown',
  message?: string,
): Parameters<typeof labelsOfArchive>[0] {
  const file = { name, folder: 's/anna/c', parts: parseFileName(name), bytes: 2048, modified, inode: 1 };
  return { file, lock, message };
}

describe('labelsOfArchive', () => {
  it('names an archive, then tells its time and size', () => {
    const { label, description } = labelsOfArchive(archive('m.1.ZIP'), now);
    assert.equal(label, 'm.1');
    assert.match(description, /^Nov 20, \d+:00\s[AP]M · 2 kB$/);
    assert.match(labelsOfArchive(archive('m.zip'), now + 365 * 86_400_000).description, /2026/);
  });

  it('names one of several of a message by the rest of its name, or its time', () => {
    assert.equal(labelsOfArchive(archive('m.req-1.zip', 'open', 'm'), now).label, 'req-1');
    const { label, description } = labelsOfArchive(archive('m.zip', 'open', 'm'), now);
    assert.match(label, /^Nov 20/);
    assert.equal(description, '2 kB');
  });

  for (const [lock, spoken, words] of [
    ['unknown', 'locked', 'Locked: no password was tried yet'],
    ['locked', 'locked', 'Locked: no known password opens it'],
    ['open', 'open', 'Open: a known password opens it'],
    ['none', 'not encrypted', 'Not encrypted: no password is needed'],
  ] as const)
    it(`says of a lock that is ${lock} what it means`, () => {
      assert.ok(labelsOfArchive(archive('m.zip', lock), now).spoken.endsWith(`, 2 kB, ${spoken}`));
      const lines = tooltipOfArchive(archive('m.zip', lock)).split('\n');
      assert.deepEqual([lines[0], ...lines.slice(2)], ['s/anna/c/m.zip', '2 kB', words]);
      assert.match(lines[1] ?? '', /2026.*:00:00.*(UTC|GMT|[A-Z]{3,4})/);
    });

  it('shows what a name hides', () => {
    const { label, spoken } = labelsOfArchive(archive('a\u202eb\n.zip'), now);
    assert.equal(label, 'a\\u202eb\\u000a');
    assert.doesNotMatch(spoken + tooltipOfArchive(archive('a\nb.zip')), /a\nb|\u202e/);
    assert.equal(labelsOfMember({ name: 'a\u001b', bytes: 1, encrypted: true }).label, 'a\\u001b');
  });

  it('keeps names of any length, and those that some systems reserve', () => {
    for (const name of ['CON', '😀', 'x'.repeat(300), '..'])
      assert.equal(labelsOfArchive(archive(`${name}.zip`), now).label, name);
    assert.equal(labelsOfArchive(archive('.zip'), now).label, '.zip');
  });
});
