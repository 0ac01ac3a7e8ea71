import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../src/app/jobs.ts';
import { Recorder } from '../../src/app/recorder.ts';
import { requireTools, worker } from './commandLine.ts';
import { assertRecorded } from './recordedNumbers.ts';
import { killingCalls, watchRecording } from './recordingCalls.ts';
import { bundledProgram, recordingScenarios } from './recordingScenario.ts';
import type { RecordingScenario } from './recordingScenario.ts';
import { runUnderStrace } from './strace.ts';
import { fillWorkspace, folderForTests } from './workspaceFolder.ts';

const CASES_AT_LEAST = 300;
const CASES_AT_ONCE = 2;
const policy = { rotation: { maxFileMB: 1, keepPlain: 1 } };

describe('record, killed before each call that locks or changes something', () => {
  const base = folderForTests('record-kills');
  const killed = new Set<string>();
  const tried = new Set<string>();
  let program: string;
  let roots = 0;

  before(async () => {
    requireTools('strace', 'unzip');
    program = await bundledProgram(base, 'recordingProgram');
  });

  const freshRoot = (): string => {
    const root = join(base, String((roots += 1)));
    fillWorkspace(root, { policy });
    return root;
  };

  const words = (root: string, scenario: RecordingScenario): string[] => [
    program,
    root,
    worker,
    JSON.stringify(scenario),
  ];

  async function killAt(scenario: RecordingScenario, calls: string, when: number): Promise<void> {
    const root = freshRoot();
    const injection = { calls, effect: 'signal=SIGKILL', when: String(when) };
    const { signal, stdout, stderr, trace } = await runUnderStrace(words(root, scenario), injection);
    try {
      assert.equal(stderr, '');
      if (signal === 'SIGKILL' || trace.includes('killed by SIGKILL'))
        killed.add(`${scenario.name}: ${calls} ${String(when)}`);
      else assert.match(stdout, /^end/m);
      const acknowledged = stdout.split('\n').filter((line) => /^\d+$/.test(line));

      const recorder = await Recorder.open({ workspace: root }, { app: inlineApp() });
      for (const name of ['after-1', 'after-2'])
        recorder.record({ method: 'GET', path: `/numbered/${name}`, status: 200 });
      await recorder.close();
      await assertRecorded(root, [...acknowledged, 'after-1', 'after-2']);
    } catch (error) {
      throw new Error(`killed at ${calls} ${String(when)}, kept in ${root}`, { cause: error });
    }
    rmSync(root, { recursive: true });
  }

  for (const scenario of recordingScenarios)
    it(scenario.name, async () => {
      const cases = await watchRecording(scenario.casesPerCall, () => {
        const root = freshRoot();
        return { root, words: words(root, scenario) };
      });
      for (const [calls] of cases) tried.add(calls);
      const work = async (): Promise<void> => {
        for (let next = cases.shift(); next !== undefined; next = cases.shift())
          await killAt(scenario, ...next);
      };
      await Promise.all(Array.from({ length: CASES_AT_ONCE }, work));
    });

  it(`has at least ${String(CASES_AT_LEAST)} distinct cases`, () => {
    for (const { name } of recordingScenarios) {
      const own = [...killed].filter((id) => id.startsWith(`${name}:`)).length;
      console.log(`      ${String(own).padStart(4)} ${name}`);
    }
    console.log(`      ${String(killed.size).padStart(4)} distinct (scenario, call, N), each really killed`);
    assert.ok(killed.size >= CASES_AT_LEAST);
    assert.deepEqual([...tried].sort(), [...killingCalls].sort(), 'calls that nothing was killed at');
  });
});
