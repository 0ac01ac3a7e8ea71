import assert from 'node:assert/strict';
import { nextSteps } from '../../../src/maintenance/nextStep.ts';
import { plan } from '../../../src/maintenance/plan.ts';
import { parseFileName } from '../../../src/files/fileName.ts';
import type { DatedLogFile } from '../../../src/files/logFile.ts';
import { defaultPolicy, type Policy } from '../../../src/policy/policy.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const DAY = 86_400_000;

function file(name: string, age: number, bytes = 1000): DatedLogFile {
  const last = now - age * DAY;
  return { name, parts: parseFileName(name), bytes, modified: last, inode: 1, last };
}

function next(
  files: readonly DatedLogFile[],
  policy: Policy,
  restraint?: 'unaccepted' | 'clock',
): Record<string, unknown> {
  const input = { files, policy, now, zipRatio: 0.1, heldOpen: new Set<string>(), notFiles: [], restraint };
  const nextOf = nextSteps(files, policy, plan(input), now);
  const known = files.map((file) => [file.name, nextOf(file)] as const);
  return Object.fromEntries(known.filter(([, what]) => what !== undefined));
}

const kept = { ...defaultPolicy, rotation: { maxFileMB: 1, keepPlain: 3 } };

describe('nextStep', () => {
  it('tells how many rotations are left until a file is zipped', () => {
    const files = ['api.log', 'api.4.log', 'api.3.log', 'api.2.log'].map((name) => file(name, 1));
    assert.deepEqual(next(files, kept), {
      'api.log': { kind: 'rotates', atBytes: 1_048_576 },
      'api.4.log': { kind: 'zips', afterRotations: 2 },
      'api.3.log': { kind: 'zips', afterRotations: 1 },
      'api.2.log': { kind: 'zips', afterRotations: 0 },
    });
  });

  it('counts calendar months until an archive expires', () => {
    const archive = file('api.2026-11-20.log.zip', 2);
    const expected = Date.parse('2027-05-20T12:00:00Z');
    assert.deepEqual(next([archive], defaultPolicy), {
      'api.2026-11-20.log.zip': { kind: 'expires', at: expected },
    });
  });

  it('tells what is due at the next maintenance', () => {
    const files = [file('api.log', 0, 2_000_000), file('api.2020-01-01.log.zip', 2000)];
    assert.deepEqual(next(files, kept), {
      'api.log': { kind: 'due', step: 'rotate', reason: 'size' },
      'api.2020-01-01.log.zip': { kind: 'due', step: 'delete', reason: 'age' },
    });
  });

  it('tells what goes because the folder is over its cap', () => {
    const files = [file('api.log', 0, 700_000), file('api.2026-11-20.log.zip', 2, 700_000)];
    const capped = { ...kept, retention: { ...kept.retention, maxFolderMB: 1 } };
    assert.deepEqual(next(files, capped)['api.2026-11-20.log.zip'], {
      kind: 'due',
      step: 'delete',
      reason: 'cap',
    });
  });

  for (const [policy, restraint, reason] of [
    [{ ...kept, retention: { ...kept.retention, hold: true } }, undefined, 'hold'],
    [kept, 'unaccepted', 'unaccepted'],
    [kept, 'clock', 'clock'],
  ] as const) {
    it(`tells what is held: ${reason}`, () => {
      const files = [file('api.2020-01-01.log.zip', 2000)];
      assert.deepEqual(next(files, policy, restraint), {
        'api.2020-01-01.log.zip': { kind: 'held', reason },
      });
    });
  }

  it('has nothing to tell of other programs’ files', () => {
    assert.deepEqual(next([file('server.log', 2000), file('server.log.1', 2000)], kept), {});
  });
});
