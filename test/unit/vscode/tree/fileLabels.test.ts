import assert from 'node:assert/strict';
import { useLocale } from '../../../../src/base/locale.ts';
import { parseFileName } from '../../../../src/files/fileName.ts';
import type { LogRowFile } from '../../../../src/view/rows.ts';
import { labelsOf, tooltipOf } from '../../../../src/vscode/tree/fileLabels.ts';

// In local time, as labels tell it.
const now = Date.parse('2026-11-22T12:00:00');
const first = Date.parse('2026-11-20T10:00:00');
const last = Date.parse('2026-11-20T11:30:00');

function file(name: string, more: Partial<LogRowFile> = {}): LogRowFile {
  return { name, parts: parseFileName(name), bytes: 20 * 1_048_576, modified: last, inode: 1, ...more };
}

describe('labelsOf', () => {
  it('names an active file and says when it rotates', () => {
    const { label, description } = labelsOf(
      file('api.log', { first, last, nextStep: { kind: 'rotates', atBytes: 20 * 1_048_576 } }),
      now,
    );
    assert.equal(label, 'api.log');
    assert.equal(description, '20 MB · rotates at 20 MB');
  });

  it('labels parts by their time range, the name behind it', () => {
    const part = file('api.3.log', { first, last, nextStep: { kind: 'zips', afterRotations: 1 } });
    const { label, description, spoken } = labelsOf(part, now);
    assert.match(label, /^Nov 20, /);
    assert.doesNotMatch(label, /2026/);
    assert.equal(description, '20 MB · zipped at next rotation · api.3.log');
    assert.equal(spoken, `api.3.log, ${label}, 20 MB, zipped at next rotation`);
    assert.match(tooltipOf(part, now), /^api\.3\.log\n.*2026.*\n20 MB\nzipped at next rotation$/);
  });

  it('gives the year where it is not this one', () => {
    const old = first - 365 * 86_400_000;
    assert.match(labelsOf(file('api.2025-11-20.log.zip', { first: old, last: old }), now).label, /2025/);
  });

  it('leaves the hours of a range of more than two days to the tooltip', () => {
    const weekAgo = first - 7 * 86_400_000;
    const part = file('api.3.log', { first: weekAgo, last });
    assert.match(labelsOf(part, now).label, /^Nov 13\D+20$/);
    assert.match(labelsOf(part, now + 365 * 86_400_000).label, /^Nov 13\D+20, 2026$/);
    assert.match(tooltipOf(part, now), /:30:00/);
    const short = file('api.3.log', { first: last - 2 * 86_400_000, last });
    assert.match(labelsOf(short, now).label, /:30/);
  });

  for (const [name, more, label] of [
    ['api.2.log', {}, 'api.2.log'],
    ['server.log.1', { first, last }, 'server.log.1'],
    ['api.2026-01-01.log.zip.tmp-0123456789abcdef', {}, 'api.2026-01-01.log.zip.tmp-0123456789abcdef'],
  ] as const) {
    it(`labels ${name} by its name`, () => {
      assert.equal(labelsOf(file(name, more), now).label, label);
    });
  }

  for (const [nextStep, words] of [
    [{ kind: 'zips', afterRotations: 0 }, 'zipped at next maintenance'],
    [{ kind: 'zips', afterRotations: 3 }, 'zipped after 3 more rotations'],
    [{ kind: 'expires', at: now + 12 * 86_400_000 }, 'expires in 12 days'],
    [{ kind: 'expires', at: now + 1000 }, 'expires in 1 day'],
    [{ kind: 'expires', at: now }, 'expires at next maintenance'],
    [{ kind: 'due', step: 'rotate', reason: 'size' }, 'rotates at next maintenance'],
    [{ kind: 'due', step: 'delete', reason: 'age' }, 'expired, deleted at next maintenance'],
    [{ kind: 'due', step: 'delete', reason: 'cap' }, 'over the folder’s limit, deleted at next maintenance'],
    [
      { kind: 'due', step: 'sweep', reason: 'leftover' },
      'left by an interrupted run, swept at next maintenance',
    ],
    [{ kind: 'held', reason: 'hold' }, 'kept, the policy is on hold'],
    [{ kind: 'held', reason: 'unaccepted' }, 'kept until the policy is accepted here'],
    [{ kind: 'held', reason: 'clock' }, 'kept, the clock jumped'],
  ] as const) {
    it(`says “${words}”`, () => {
      const { description } = labelsOf(file('api.2.log', { nextStep }), now);
      assert.equal(description, `20 MB · ${words}`);
    });
  }

  it('shows what a name hides', () => {
    const { label, spoken } = labelsOf(file('a\u202egol\n.log'), now);
    assert.equal(label, 'a\\u202egol\\u000a.log');
    assert.doesNotMatch(spoken + tooltipOf(file('a\nb.log'), now), /a\nb/);
  });

  it('speaks the editor’s language in numbers and times', () => {
    useLocale('de');
    try {
      const { label, description } = labelsOf(file('api.3.log', { first, last, bytes: 1_572_864 }), now);
      assert.match(label, /^20\. Nov/);
      assert.match(description, /^1,5\sMB · api\.3\.log$/);
    } finally {
      useLocale('en');
    }
  });
});
