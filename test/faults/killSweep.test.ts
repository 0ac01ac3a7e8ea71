import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../src/app/jobs.ts';
import { changingCalls, watchChanges } from './changingCalls.ts';
import { commandLine, requireTools } from './commandLine.ts';
import { expectFrom, inventory } from './killExpectation.ts';
import { killScenarios } from './killScenarios.ts';
import type { KillScenario } from './killScenarios.ts';
import { bundledProgram } from './recordingScenario.ts';
import { runUnderStrace } from './strace.ts';
import { STATE, folderForTests, leftoversIn } from './workspaceFolder.ts';

const CASES_AT_LEAST = 300;
const CASES_AT_ONCE = 2;

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

      /** Kills at the N-th call. @returns whether anything was killed */
      const killAt = async (calls: string, when: number): Promise<boolean> => {
        const root = join(folder, `${calls.replace(/\W/g, '')}-${String(when)}`);
        copyTo(root);
        const words = wordsOf(scenario.does, root);
        const injection = { calls, effect: 'signal=SIGKILL', when: String(when) };
        const { signal, trace } = await runUnderStrace(words, injection);
        try {
          if (signal === 'SIGKILL') {
            killed.push(`${scenario.name}: ${calls} ${String(when)}`);
            expectation.afterKill(root);
          }
          for (const useCase of scenario.again) {
            expectation.afterUseCase(await useCase(app, root));
            assert.deepEqual(leftoversIn(root), [], 'temporaries');
          }
          expectation.atEnd(root);
          const before = inventory(root);
          for (const useCase of scenario.settled ?? scenario.again) await useCase(app, root);
          assert.deepEqual(inventory(root), before, 'a further run changed something');
        } catch (error) {
          throw new Error(`killed at ${calls} ${String(when)}, kept in ${root}`, { cause: error });
        }
        rmSync(root, { recursive: true });
        return signal === 'SIGKILL' || trace.includes('killed by SIGKILL');
      };

      let watched = 0;
      const ordinals = await watchChanges(() => {
        const root = join(folder, `watched-${String((watched += 1))}`);
        copyTo(root);
        return wordsOf(scenario.does, root);
      });
      await inParallel(changingCalls, async (calls) => {
        const chosen = ordinals.get(calls);
        if (chosen !== undefined) for (const when of chosen) await killAt(calls, when);
        else for (let when = 1; await killAt(calls, when);) when += 1;
      });
      assert.deepEqual(leftoversIn(join(base, STATE)), [], 'temporaries in the state folder');
    }).timeout(120_000);

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

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: CASES_AT_ONCE }, worker));
}
