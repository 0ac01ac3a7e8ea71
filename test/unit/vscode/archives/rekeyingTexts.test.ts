import assert from 'node:assert/strict';
import type { FailureMessage } from '../../../../src/base/failure.ts';
import { describeRekeying } from '../../../../src/vscode/archives/rekeyingTexts.ts';

const locked = {
  path: 'a/m.zip',
  failure: { code: 'password-wrong', data: { name: 'a/m.zip', tried: 2 } },
} as const;
const needed = { path: 'm.zip', failure: { code: 'password-needed', data: { name: 'm.zip' } } } as const;
const other = { path: 'x.zip', failure: { code: 'not-a-session-archive', data: { name: 'x.zip' } } } as const;

describe('describeRekeying', () => {
  const cases: [
    changed: number,
    skipped: readonly { path: string; failure: FailureMessage }[],
    cancelled: boolean,
    text: string,
  ][] = [
    [200, [], false, '200 archives now open with the new password.'],
    [1, [], false, '1 archive now opens with the new password.'],
    [0, [], false, '0 archives now open with the new password.'],
    [0, [locked], false, '1 archive is left as it is: no known password opens it.'],
    [
      1200,
      [locked, needed],
      false,
      '1,200 archives now open with the new password. 2 archives are left as they are: no known password opens them.',
    ],
    [
      0,
      [other],
      false,
      '“x.zip” is no session archive: it holds no encrypted meta.json, or something that is not encrypted. It was left as it is.',
    ],
    [
      3,
      [other, locked, other],
      false,
      '3 archives now open with the new password. 1 archive is left as it is: no known password opens it. ' +
        '2 zips are left as they are, the first because: “x.zip” is no session archive: it holds no encrypted meta.json, or something that is not encrypted. It was left as it is.',
    ],
    [0, [], true, 'Cancelled: the other archives still have their old passwords.'],
    [
      12,
      [],
      true,
      '12 archives now open with the new password. Cancelled: the other archives still have their old passwords.',
    ],
  ];
  for (const [changed, skipped, cancelled, text] of cases)
    it(`says: ${text}`, () => {
      assert.equal(describeRekeying({ changed, skipped, cancelled }), text);
    });
});
