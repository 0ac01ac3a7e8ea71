import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../src/app/jobs.ts';
import { commandLine, requireTools } from './commandLine.ts';
import { killAtEach } from './killAtEach.ts';
import { expectFrom, inventory } from './killExpectation.ts';
import { killScenarios } from './killScenarios.ts';
import type { KillScenario } from './killScenarios.ts';
import { bundledProgram } from './recordingScenario.ts';
import { STATE, folderForTests, leftoversIn } from './workspaceFolder.ts';

const CASES_AT_LEAST = 300;

describe('whatever changes files, killed before each call that changes something', () => {
  const base = folderForTests('kills');
  const app = inlineApp();
  const killed: string[] = [];

  let jobProgram: string;

  before(async () => {
    requireTools('strace', 'unzip', 'git');
    jobProgram = await bundledProgram(base, 'jobProgram');
  });

  /** What Node is started with to do it to a workspace. */
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

      const check = async (root: string, wasKilled: boolean): Promise<void> => {
        if (wasKilled) expectation.afterKill(root);
        for (const useCase of scenario.again) {
          expectation.afterUseCase(await useCase(app, root));
          assert.deepEqual(leftoversIn(root), [], 'temporaries');
        }
        expectation.atEnd(root);
        const before = inventory(root);
        for (const useCase of scenario.settled ?? scenario.again) await useCase(app, root);
        assert.deepEqual(inventory(root), before, 'a further run changed something');
      };

      const words = (root: string): string[] => wordsOf(scenario.does, root);
      const cases = await killAtEach({ folder, fill: copyTo, words, check });
      killed.push(...cases.map((id) => `${scenario.name}: ${id}`));
      assert.deepEqual(leftoversIn(join(base, STATE)), [], 'temporaries in the state folder');
    });

  it(`has at least ${String(CASES_AT_LEAST)} distinct cases`, () => {
    const count = new Set(killed).size;
    for (const { name } of killScenarios) {
      const own = killed.filter((id) => id.startsWith(`${name}:`)).length;
      console.log(`      ${String(own).padStart(4)} ${name}`);
    }
    console.log(`      ${String(count).padStart(4)} distinct (scenario, call, N), each really killed`);
    assert.ok(count >= CASES_AT_LEAST);
  });
});

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
}
