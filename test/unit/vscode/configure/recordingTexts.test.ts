import assert from 'node:assert/strict';
import type { PreviewedRequest, RecordingPreview } from '../../../../src/setup/previewRecording.ts';
import type { UselessRule } from '../../../../src/entries/uselessRules.ts';
import { describeUselessRules, describeRecording } from '../../../../src/vscode/configure/recordingTexts.ts';

const preview: RecordingPreview = {
  considered: 1000,
  kept: 37,
  byCategory: { writes: 1, auth: 0, deployments: 12, errors: 1000 },
  dead: [],
  rows: [],
};
const row = (extra: Partial<PreviewedRequest> = {}): PreviewedRequest => ({
  time: Date.parse('2026-02-14T18:22:33Z'),
  method: 'GET',
  path: '/health',
  status: 200,
  verdict: 'recorded',
  ...extra,
});

describe('describeRecording', () => {
  for (const [considered, kept, summary] of [
    [1000, 37, 'Of the last 1,000 requests 37 would be recorded.'],
    [2, 0, 'Of the last 2 requests 0 would be recorded.'],
    [1, 1, 'The last request would be recorded.'],
    [1, 0, 'The last request would not be recorded.'],
    [0, 0, 'No requests are recorded yet.'],
  ] as const)
    it(`${String(kept)} of ${String(considered)}: ${summary}`, () => {
      assert.equal(describeRecording({ ...preview, considered, kept }).summary, summary);
    });

  it('counts the kinds where there are requests', () => {
    assert.equal(
      describeRecording(preview).counts,
      'Among them: 1 write, 0 of authentication, 12 deployments, 1,000 errors.',
    );
    assert.equal(describeRecording({ ...preview, considered: 0 }).counts, '');
  });

  it('shows a request with its local time and zone', () => {
    const { rows, columns } = describeRecording({ ...preview, rows: [row()] });
    const { time, ...others } = rows[0]!;
    assert.match(time, /^Feb 1[345], \d{1,2}:22:33.(?:AM|PM)$/);
    assert.match(columns.time, /^Time \(\S+\)$/);
    assert.deepEqual(others, { method: 'GET', path: '/health', status: '200', verdict: 'yes' });
  });

  it('says why a request would not be recorded', () => {
    const rows = (['level', 'excluded', 'not-chosen'] as const).map((verdict) => row({ verdict }));
    const words = describeRecording({ ...preview, rows }).rows.map(({ verdict }) => verdict);
    assert.deepEqual(words, ['no: the level is Nothing', 'no: excluded', 'no: not chosen']);
  });

  it('forges no line, colour or direction, and cuts what is long', () => {
    const evil = 'a\n\u001b[31m\u202e'.repeat(200);
    const [shown] = describeRecording({
      ...preview,
      rows: [row({ path: evil, method: evil, time: undefined })],
    }).rows;
    assert.doesNotMatch(shown!.path + shown!.method, /[\n\u001b\u202e]/);
    assert.ok(shown!.method.length < 150 && shown!.path.length < 1300);
    assert.equal(shown!.time, '');
  });

  const glob = (text: string): UselessRule => ({
    code: 'glob-without-slash',
    key: 'recording.exclude',
    glob: text,
  });
  const warnings: [dead: UselessRule[], fields: string[]][] = [
    [[{ code: 'no-category' }], ['categories']],
    [[{ code: 'level-none' }], ['level']],
    [[{ code: 'all-excluded', globs: ['**'] }], ['exclude']],
    [[{ code: 'no-paths', category: 'auth' }], ['authPaths']],
    [[{ code: 'category-excluded', category: 'deployments' }], ['deploymentPaths']],
    [
      [glob('health'), { code: 'glob-refused', key: 'recording.authPaths', glob: '' }],
      ['exclude', 'authPaths'],
    ],
  ];
  for (const [dead, fields] of warnings)
    it(`puts ${dead.map(({ code }) => code).join(', ')} beside ${fields.join(', ')}`, () => {
      assert.deepEqual(Object.keys(describeUselessRules(dead)), fields);
    });

  it('says a few things at most beside a field', () => {
    const dead = Array.from({ length: 100 }, (_, index) => glob(`a${String(index)}`));
    assert.match(describeUselessRules(dead).exclude ?? '', /“a2”.* And 97 more\.$/);
  });
});
