import assert from 'node:assert/strict';
import { commandLineHere } from '../commandLineHere.ts';
import { freshFolders } from '../freshFolders.ts';

describe('the verb policy, where rules keep nothing', function () {
  this.timeout(180_000);
  this.slow(2000);
  const folders = freshFolders();

  const warnings: [recording: object, sentences: string[]][] = [
    [{}, []],
    [{ log: ['writes', 'auth'], exclude: ['/health', '/internal/**'] }, []],
    [{ log: [] }, ['Nothing is recorded: no kind of request is chosen.']],
    [{ level: 'NONE' }, ['Nothing is recorded: the level is NONE.']],
    [{ exclude: ['/**'] }, ['Nothing is recorded: the exclusions leave no path (“/**”).']],
    [
      { log: ['auth', 'deployments'], authPaths: [], exclude: ['/api/deployments/**'] },
      [
        'No request counts as authentication: no paths are named for that.',
        'Nothing is recorded as deployments: all its paths are excluded.',
      ],
    ],
    [
      { exclude: ['health'] },
      ['“health” matches no path, since paths begin with a slash. Write “/health” or “**/health”.'],
    ],
  ];
  for (const [recording, sentences] of warnings)
    it(`${JSON.stringify(recording)} has ${String(sentences.length)} warnings, printed and after --set`, async () => {
      const expected = sentences.map((sentence) => `workspace-logs: ${sentence}\n`).join('');
      folders.policy({ recording });
      const printed = await commandLineHere(['policy', '--json'], { cwd: folders.root });
      assert.deepEqual([printed.code, printed.stderr], [0, expected]);
      assert.equal((JSON.parse(printed.stdout) as { workspaceId: string }).workspaceId, 'test');

      folders.policy({});
      const settings = Object.entries(recording).map(([key, value]) => {
        return `recording.${key}=${JSON.stringify(value)}`;
      });
      const set = await commandLineHere(['policy', '--set', 'rotation.keepPlain=3', ...settings], {
        cwd: folders.root,
      });
      assert.deepEqual([set.code, set.stderr], [0, expected]);
    });
});

describe('the verb policy, for requests that become audit records', () => {
  const folders = freshFolders();

  it('reads the old key, shows what the environment sets, and names globs that match nothing', async () => {
    folders.policy({ audit: { auditRequests: true, adminPaths: ['api/admin/**'] } });
    const env = { AUDIT_LOGS_FILE_PATH: 'x.log', AUDIT_LOG_FILE_ROTATION_SIZE: '2097152' };
    const { stdout, stderr } = await commandLineHere(['policy', '--json'], { cwd: folders.root, env });
    assert.partialDeepStrictEqual(JSON.parse(stdout), {
      audit: { level: 'METADATA', file: true, fileMB: 2, keepPlain: 1 },
    });
    assert.match(stderr, /“api\/admin\/\*\*” matches no path/);
    const level = await commandLineHere(['policy', '--json'], {
      cwd: folders.root,
      env: { AUDIT_LOG_LEVEL: 'none' },
    });
    assert.partialDeepStrictEqual(JSON.parse(level.stdout), { audit: { level: 'NONE', file: false } });
  });
});
