import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import type { AppReport } from '../../src/workspace/workspace.ts';
import { describe as inWords } from '../../src/words/failures.ts';
import { hasCode } from '../../src/base/failure.ts';
import { commandLine, requireTools } from './commandLine.ts';
import { makeDueWorkspace } from './dueWorkspace.ts';
import { assertNothingLost, assertRecovers, assertSentences } from './recovery.ts';
import { runUnderStrace } from './strace.ts';
import { folderForTests } from './workspaceFolder.ts';

/** Each is held up for so long that the folder goes meanwhile; in the order in which maintenance makes them. */
const heldUp = ['/^rename', '/^link', 'fsync', '/^unlink'];
const HOLD_US = 40_000;

describe('logs/ goes away during maintenance', () => {
  const base = folderForTests('gone');
  const app = inlineApp();
  let cases = 0;

  before(() => {
    requireTools('strace', 'unzip', 'git');
  });

  const fresh = (): string => join(base, String((cases += 1)));

  for (let at = 1; at <= 8; at += 1)
    it(`before its report ${String(at)}: a clear sentence, and what is moved back is put in order`, async () => {
      const root = fresh();
      const staying = await makeDueWorkspace(root, false);
      const [logs, aside] = [join(root, 'logs'), join(root, 'aside')];
      let reports = 0;
      const onReport = ({ kind }: AppReport): void => {
        if (kind === 'progress' && (reports += 1) === at) renameSync(logs, aside);
      };
      const failure = await app.run('runMaintenance', { root }, { onReport }).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (reports < at) assert.equal(failure, undefined);
      else {
        assert.ok(hasCode(failure), String(failure));
        assert.equal(
          inWords(failure),
          `There is no folder “${logs}”. Run “init” or Configure Logging to make it.`,
        );
        renameSync(aside, logs);
      }
      await assertRecovers(app, root, staying);
    });

  for (const calls of heldUp)
    for (const delay of [0, 100, 200, 300])
      it(`${String(delay)} ms into a run with slow ${calls}: an exit code and a sentence`, async () => {
        const root = fresh();
        const staying = await makeDueWorkspace(root, true);
        const running = runUnderStrace([commandLine, 'maintain', '--workspace', root], {
          calls,
          effect: `delay_enter=${String(HOLD_US)}`,
          when: '1+',
        });
        await new Promise((resolve) => setTimeout(resolve, 300 + delay));
        renameSync(join(root, 'logs'), join(root, 'aside'));
        const { status, signal, stderr } = await running;
        renameSync(join(root, 'aside'), join(root, 'logs'));
        assertSentences(stderr);
        assert.ok(signal === null && [0, 1, 3].includes(status ?? -1), stderr);
        if (status !== 0) assert.match(stderr, /There is no folder|may not be|system refused/);
        assertNothingLost(root, staying);
        await assertRecovers(app, root, staying);
        rmSync(root, { recursive: true });
      });
});
