import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFailure, type FailureCode } from '../../../src/base/failure.ts';
import { loadPolicy, readPolicyFile, writePolicyFile } from '../../../src/workspace/policyFile.ts';
import { freshFolders } from '../freshFolders.ts';

describe('loadPolicy', () => {
  const folders = freshFolders();
  const path = (): string => join(folders.root, '.workspace-logs.json');

  it('is undefined where there is none', () => {
    assert.equal(loadPolicy(folders.root), undefined);
    assert.equal(readPolicyFile(folders.root), undefined);
  });

  it('is the policy with its defaults', () => {
    writeFileSync(path(), '{"version": 1, "rotation": {"keepPlain": 3}}');
    const policy = loadPolicy(folders.root);
    assert.deepEqual([policy?.rotation, policy?.retention.hold], [{ maxFileMB: 20, keepPlain: 3 }, false]);
  });

  const long = `{"version": 1} // ${'x'.repeat(2 * 1_048_576)}`;
  const refused: [what: string, make: () => void, code: FailureCode][] = [
    [
      'a folder',
      () => {
        mkdirSync(path());
      },
      'policy-not-a-file',
    ],
    [
      'a link to a policy',
      () => {
        writeFileSync(`${path()}.real`, '{"version": 1}');
        symlinkSync(`${path()}.real`, path());
      },
      'policy-not-a-file',
    ],
    [
      'a broken link',
      () => {
        symlinkSync('nowhere', path());
      },
      'policy-not-a-file',
    ],
    [
      'a named pipe',
      () => {
        execFileSync('mkfifo', [path()]);
      },
      'policy-not-a-file',
    ],
    [
      '2 MB long',
      () => {
        writeFileSync(path(), long);
      },
      'policy-too-large',
    ],
    [
      'empty',
      () => {
        writeFileSync(path(), '');
      },
      'policy-damaged',
    ],
    [
      'bytes',
      () => {
        writeFileSync(path(), Buffer.from([0, 1, 2, 0xff]));
      },
      'policy-damaged',
    ],
    [
      'UTF-16',
      () => {
        writeFileSync(path(), '\uFEFF{"version": 1}', 'utf16le');
      },
      'policy-damaged',
    ],
    [
      'of version 2',
      () => {
        writeFileSync(path(), '{"version": 2}');
      },
      'policy-newer',
    ],
  ];
  for (const [what, make, code] of refused)
    it(`refuses one that is ${what}: ${code}`, () => {
      make();
      assert.throws(
        () => loadPolicy(folders.root),
        (error) => isFailure(error, code) && (error.data as { path: string }).path === path(),
      );
    });

  it('takes one of just 1 MB', () => {
    const text = '{"version": 1} // ';
    writeFileSync(path(), text.padEnd(1_048_576, 'x'));
    assert.equal(loadPolicy(folders.root)?.version, 1);
  });

  it('is what writePolicyFile wrote', () => {
    writePolicyFile(folders.root, '{"version": 1, "workspaceId": "é"}');
    assert.equal(readPolicyFile(folders.root)?.text, readFileSync(path(), 'utf8'));
  });
});
