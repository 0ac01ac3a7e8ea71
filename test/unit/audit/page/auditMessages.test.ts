import assert from 'node:assert/strict';
import { parsePageMessage } from '../../../../src/audit/page/auditMessages.ts';

const filter = { user: 'anna', action: 'login', entityType: 'a', entityId: '', text: 'x', from: 1, to: 2 };
const counts = { kind: 'summaries', request: 1, filter, range: { from: 1 }, bars: 90, offset: -3600 };

describe('parsePageMessage', () => {
  for (const message of [
    { kind: 'ready' },
    { kind: 'verify' },
    { kind: 'configure' },
    { kind: 'export', filter },
    { kind: 'copy', what: 'proof', seq: 4 },
    { kind: 'record', request: 1, seq: 4 },
    { kind: 'rows', request: 1, filter: {}, after: undefined },
    { kind: 'rows', request: 1, filter, after: { created_at: 1, seq: 2 } },
    counts,
  ])
    it(`reads ${JSON.stringify(message)}`, () => {
      assert.deepEqual(parsePageMessage(structuredClone(message)), message);
    });

  for (const wrong of [
    undefined,
    null,
    'ready',
    [],
    { kind: 'delete' },
    { kind: 'export' },
    { kind: 'export', filter: { user: 3 } },
    { kind: 'export', filter: { actions: ['login'] } },
    { kind: 'export', filter: [] },
    { kind: 'export', filter: { root: '/' } },
    { kind: 'copy', what: 'all', seq: 1 },
    { kind: 'record', request: 1, seq: 1.5 },
    { kind: 'rows', request: 1, filter: { from: '1' } },
    { kind: 'rows', request: 1, filter, after: null },
    { kind: 'rows', request: 1, filter, after: { seq: 1 } },
    { ...counts, bars: 0 },
    { ...counts, bars: 1e6 },
    { ...counts, offset: undefined },
    { ...counts, range: { from: Number.NaN } },
  ])
    it(`refuses ${JSON.stringify(wrong)}`, () => {
      assert.equal(parsePageMessage(wrong), undefined);
    });
});
