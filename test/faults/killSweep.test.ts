import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { commandLine, requireTools } from './commandLine.ts';
import { expectFrom, inventory } from './killExpectation.ts';
import { assertKillCounts, checkKillStates, type KillCounts } from './killStates.ts';
import { killScenarios, type KillScenario } from './killScenarios.ts';
import { bundledProgram } from './recordingScenario.ts';
import type { StoppedRun } from './stoppedRun.ts';
import { STATE, folderForTests, leftoversIn } from './workspaceFolder.ts';

/** Fewer would mean that the program was not stopped after each of its calls. */
const STATES_AT_LEAST = 200;

describe('whatever changes files, killed after each call that changes something', () => {
  const base = folderForTests('kills');
  const app = inlineApp();
  const counts = new Map<string, KillCounts>();

  let jobProgram: string;

  before(async () => {
    requireTools('strace', 'unzip', 'git');
    jobProgram = await bundledProgram(base, 'jobProgram');
  });

  /** Arguments for Node that run it on a workspace. */
  const wordsOf = (does: KillScenario['does'], root: string): string[] =>
    'job' in does ? [jobProgram, root, JSON.stringify(does)] : [commandLine, ...does, '--workspace', root];

  for (const scenario of killScenarios)
    it(scenario.name, async () => {
      const folder = join(base, scenario.name.replaceAll(' ', '-'));
      const template = join(folder, 'template');
      scenario.prepare(template);
      const copyTo = (root: string): void => {
        copy(template, root);
        scenario.settle?.(root);
      };
      const settled = join(folder, 'settled');
      copyTo(settled);
      const reference = join(folder, 'reference');
      copyTo(reference);
      execFileSync(process.execPath, wordsOf(scenario.does, reference), { stdio: 'pipe' });
      const expectation = expectFrom(settled, reference, scenario);

      const root = join(folder, 'workspace');
      copyTo(root);
      const state = join(base, STATE);
      const check = async (): Promise<void> => {
        expectation.afterKill(root);
        for (const useCase of scenario.again) {
          expectation.afterUseCase(await useCase(app, root));
          assert.deepEqual(leftoversIn(root), [], 'temporaries');
        }
        expectation.atEnd(root);
        assert.deepEqual(leftoversIn(state), [], 'temporaries in the state folder');
        const before = inventory(root);
        for (const useCase of scenario.settled ?? scenario.again) await useCase(app, root);
        assert.deepEqual(inventory(root), before, 'a further run changed something');
      };
      const checkRun = ({ status, stderr }: StoppedRun): void => {
        assert.equal(status, 0, stderr);
      };
      const words = wordsOf(scenario.does, root);
      const { name } = scenario;
      counts.set(
        name,
        await checkKillStates({ name, folder, changes: [root, state], words, check, checkRun }),
      );
    });

  it(`has at least ${String(STATES_AT_LEAST)} distinct states`, () => {
    assertKillCounts(counts, STATES_AT_LEAST);
  });
});

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
}
