import assert from 'node:assert/strict';
import { renameFile } from '../../../src/files/renameFile.ts';

describe('renameFile', () => {
  const refusal = (code: string): Error => Object.assign(new Error(code), { code });

  /** Renames on a disk that answers with these codes first. @returns how often it was asked, and for how long was waited */
  function renaming(platform: string, codes: readonly string[]): { asked: number; waited: number } {
    const counts = { asked: 0, waited: 0 };
    const rename = (from: string, to: string): void => {
      assert.deepEqual([from, to], ['from', 'to']);
      const code = codes[counts.asked];
      counts.asked += 1;
      if (code !== undefined) throw refusal(code);
    };
    const time = {
      sleepNow(ms: number) {
        counts.waited += ms;
      },
    };
    renameFile('from', 'to', { platform, rename, time });
    return counts;
  }

  const endless = (code: string): string[] => Array.from({ length: 1000 }, () => code);
  const renames: [platform: string, codes: readonly string[], asked: number | string][] = [
    ['win32', [], 1],
    ['win32', ['EPERM', 'EBUSY', 'EACCES'], 4],
    ['win32', endless('EPERM'), 'EPERM'],
    ['win32', endless('EBUSY'), 'EBUSY'],
    ['win32', ['ENOENT'], 'ENOENT'],
    ['win32', ['EBUSY', 'ENOSPC'], 'ENOSPC'],
    ['darwin', [], 1],
    ['darwin', ['EPERM'], 'EPERM'],
    ['linux', ['EACCES'], 'EACCES'],
    ['linux', ['EBUSY'], 'EBUSY'],
  ];
  for (const [platform, codes, outcome] of renames)
    it(`${platform}, ${codes.slice(0, 3).join(', ') || 'nothing in the way'}: ${String(outcome)}`, () => {
      if (typeof outcome === 'string') assert.throws(() => renaming(platform, codes), { code: outcome });
      else assert.deepEqual(renaming(platform, codes), { asked: outcome, waited: (outcome - 1) * 20 });
    });

  it('ends after half a second', () => {
    let waited = 0;
    const rename = (): void => {
      if (waited < 10_000) throw refusal('EPERM');
    };
    const time = {
      sleepNow(ms: number) {
        waited += ms;
      },
    };
    assert.throws(
      () => {
        renameFile('from', 'to', { platform: 'win32', rename, time });
      },
      { code: 'EPERM' },
    );
    assert.equal(waited, 480);
  });
});
