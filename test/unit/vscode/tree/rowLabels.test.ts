import assert from 'node:assert/strict';
import type { Overview } from '../../../../src/view/overview.ts';
import { useLocale } from '../../../../src/base/locale.ts';
import type { BelowRow } from '../../../../src/view/rows.ts';
import {
  labelOfMore,
  labelsOfBelow,
  labelsOfPending,
  labelsOfWorkspace,
} from '../../../../src/vscode/tree/rowLabels.ts';

const MB = 1_048_576;
const size = (files: number, bytes: number): { files: number; bytes: number } => ({ files, bytes });
const unmanaged: Overview = {
  hasLogs: true,
  managed: false,
  totals: size(7, 320 * MB),
  held: false,
  due: '',
  sessions: { ...size(0, 0), isWhole: true, tops: ['session_logs'], foldersMark: '', hasLate: false },
};
const limit = { bytes: 1024 * MB, counted: size(5, 310 * MB) };
const seen: Overview = { ...unmanaged, managed: true, limit };

describe('labelsOfBelow', () => {
  type Below = BelowRow;
  const month = (of: string): Below => ({
    kind: 'month',
    month: { group: 'api', family: 'api', month: of },
    totals: size(31, 3 * MB),
    outside: size(31, 3 * MB),
  });
  const group = (name: 'api' | 'other', outside?: { files: number; bytes: number }): Below => ({
    kind: 'group',
    group: name,
    totals: size(3, 40 * MB),
    ...(outside && { outside }),
  });
  const family = (outside?: { files: number; bytes: number }): Below => ({
    kind: 'family',
    family: 'server',
    totals: size(1, MB),
    ...(outside && { outside }),
  });

  const sessions = (more: { isPartial?: true }): Below => ({
    kind: 'group',
    group: 'sessions',
    totals: size(3, 40 * MB),
    ...more,
  });
  const folder = (name: string): Below => ({
    kind: 'folder',
    path: `s/${name}`,
    name,
    level: 1,
    totals: size(1, 40 * MB),
  });

  const rows: [row: Below, label: string, description: string][] = [
    [group('api', size(1, 4)), 'API Logs', '40 MB · 3 files'],
    [group('other'), 'Other Logs', '40 MB · 3 files'],
    [group('other', size(3, 40 * MB)), 'Other Logs', '40 MB outside the limit · 3 files'],
    [group('other', size(2, 30 * MB)), 'Other Logs', '40 MB · 3 files · 10 MB counts towards the limit'],
    [group('other', size(0, 0)), 'Other Logs', '40 MB · 3 files · counts towards the limit'],
    [family(size(1, MB)), 'server', '1 MB · 1 file'],
    [family(size(0, 0)), 'server', '1 MB · 1 file · counts towards the limit'],
    [family(), 'server', '1 MB · 1 file'],
    [{ ...group('api'), totals: size(0, 0) }, 'API Logs', 'no logs yet'],
    [month('2026-01'), 'January 2026', '3 MB · 31 files'],
    [month('0099-12'), 'December 99', '3 MB · 31 files'],
    [month(''), 'Undated', '3 MB · 31 files'],
    [sessions({}), 'Session Archives', '40 MB · 3 archives'],
    [sessions({ isPartial: true }), 'Session Archives', 'more than 40 MB · 3 archives'],
    [folder('anna'), 'anna', '40 MB · 1 archive'],
    [folder('a\u0007b'), 'a\\u0007b', '40 MB · 1 archive'],
    [
      { kind: 'message', message: { folder: 's', message: 'm\u202e' }, totals: size(2, MB) },
      'm\\u202e',
      '1 MB · 2 archives',
    ],
  ];
  for (const [row, label, description] of rows)
    it(`says “${label} ${description}”`, () => {
      const labels = labelsOfBelow(row);
      assert.deepEqual([labels.label, labels.description], [label, description]);
    });

  it('names months in the editor’s language', () => {
    useLocale('de');
    try {
      assert.equal(labelsOfBelow(month('2026-01')).label, 'Januar 2026');
    } finally {
      useLocale('en');
    }
  });

  it('shows what the name of a family hides', () => {
    assert.equal(labelsOfBelow({ ...family(), family: 'a\u001bb' } as Below).label, 'a\\u001bb');
  });
});

describe('labelsOfWorkspace', () => {
  const describeIt = (overview: Overview | undefined): string =>
    labelsOfWorkspace('billing', '/w/billing', overview).description;

  it('says how much of the limit is used, and the rest in the tooltip', () => {
    const { label, description, tooltip } = labelsOfWorkspace('billing', '/w/billing', {
      ...seen,
      sessions: { ...seen.sessions, ...size(2, 5 * MB), isWhole: false },
    });
    assert.deepEqual([label, description], ['billing', '310 MB of 1 GB']);
    assert.deepEqual(tooltip.split('\n'), [
      '/w/billing',
      'In logs: 320 MB · 7 files',
      'Counts towards the limit: 310 MB of 1 GB',
      'Outside the limit: 10 MB · 2 files',
      'Session archives: more than 5 MB · 2 archives',
    ]);
  });

  it('says that it is on hold, has no policy, has no logs, or cannot be used', () => {
    assert.equal(describeIt({ ...seen, held: true }), '310 MB of 1 GB · on hold');
    assert.equal(describeIt(unmanaged), 'no policy · 320 MB · 7 files');
    assert.equal(describeIt({ ...seen, totals: size(0, 0) }), 'no logs yet');
    const path = '/w/billing/.workspace-logs.json';
    assert.equal(
      describeIt({ ...seen, failure: { code: 'policy-damaged', data: { path, issues: [] } } }),
      'the policy needs mending',
    );
    assert.equal(
      describeIt({ ...seen, failure: { code: 'no-permission', data: { path, call: 'open' } } }),
      'cannot be read',
    );
    assert.equal(describeIt(undefined), '');
    const sessions = { ...unmanaged.sessions, ...size(2, MB) };
    assert.equal(describeIt({ ...unmanaged, totals: size(0, 0), sessions }), 'no policy · 1 MB · 2 archives');
  });
});

describe('labels of other rows', () => {
  it('name the keys of a policy that waits', () => {
    const { label, description, tooltip } = labelsOfPending(['retention.maxAge', 'retention.hold']);
    assert.deepEqual([label, description], ['Nothing is deleted yet', 'retention.maxAge, retention.hold']);
    assert.match(
      tooltip,
      /^Nothing is deleted until you apply the policy on this machine: retention\.maxAge/,
    );
  });

  it('count what is not shown yet', () => {
    assert.equal(labelOfMore(1234, 'files'), 'Show more (1,234 files)');
    assert.equal(labelOfMore(1, 'logs'), 'Show more (1 log)');
    assert.equal(labelOfMore(1234, 'rows'), 'Show more (1,234)');
  });
});
