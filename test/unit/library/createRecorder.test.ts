import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRecorder, type RecorderOptions } from '../../../src/library/index.ts';
import { freshFolders } from '../freshFolders.ts';

describe('createRecorder', () => {
  const folders = freshFolders();

  it('opens a workspace for recording', async () => {
    folders.policy({ recording: { level: 'REQUEST' } });
    const recorder = await createRecorder({ workspace: folders.root, knownSecrets: ['open sesame'] });
    assert.partialDeepStrictEqual(recorder.recording, { level: 'REQUEST', maxBodyBytes: 2048 });
    assert.equal(
      recorder.record({ method: 'GET', path: '/a', status: 200, request_object: 'open sesame!' }),
      true,
    );
    await recorder.close();
    assert.deepEqual(recorder.stats(), { accepted: 1, filtered: 0, dropped: 0, written: 1 });
    const log = readFileSync(join(folders.logs, 'api.log'), 'utf8');
    assert.match(
      log,
      /^\{"timestamp":"[^"]+","workspace_id":"test","user":"anonymous","method":"GET","path":"\/a"/,
    );
    assert.doesNotMatch(log, /sesame/);
  });

  it('rejects with a code, and a sentence for whoever reads it', async () => {
    await assert.rejects(
      createRecorder({ workspace: folders.root }),
      (error: { code?: string; message?: string }) => {
        assert.equal(error.code, 'not-managed');
        assert.match(error.message ?? '', /has no policy, so nothing in it is changed\. Run “init”/);
        return true;
      },
    );
  });

  const wrong: [what: string, options: unknown, sentence: RegExp][] = [
    ['nothing', undefined, /an object with the option workspace/],
    ['no workspace', {}, /^workspace must be the path of a folder\.$/],
    ['an empty workspace', { workspace: '' }, /^workspace must be/],
    [
      'an option that there is not',
      { workspace: '.', queuebytes: 1 },
      /no option “queuebytes”\. Options: workspace, mode/,
    ],
    ['a mode that there is not', { workspace: '.', mode: 'fast' }, /^mode must be bestEffort or strict\.$/],
    ['a queue of nothing', { workspace: '.', queueBytes: 0 }, /^queueBytes must be/],
    ['a queue of half a byte', { workspace: '.', queueBytes: 1.5 }, /^queueBytes must be/],
    ['one secret', { workspace: '.', knownSecrets: 'sesame' }, /^knownSecrets must be a list of texts\.$/],
    ['a number among the secrets', { workspace: '.', knownSecrets: ['sesame', 1] }, /^knownSecrets must be/],
    [
      'a text for yes or no',
      { workspace: '.', acceptPolicy: 'yes' },
      /^acceptPolicy must be true or false\.$/,
    ],
  ];
  for (const [what, options, sentence] of wrong)
    it(`refuses ${what}, without saying a secret`, async () => {
      await assert.rejects(createRecorder(options as RecorderOptions), (error) => {
        assert.ok(error instanceof TypeError);
        assert.match(error.message, sentence);
        assert.doesNotMatch(error.message, /sesame/);
        return true;
      });
    });
});
