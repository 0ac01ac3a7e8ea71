import assert from 'node:assert/strict';
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { Recorder } from '../../src/recorder/recorder.ts';
import { requireTools, worker } from './commandLine.ts';
import { assertKillCounts, checkKillStates, type KillCounts } from './killStates.ts';
import { assertRecorded } from './recordedNumbers.ts';
import { bundledProgram, recordingScenarios } from './recordingScenario.ts';
import type { StoppedRun } from './stoppedRun.ts';
import { STATE, fillWorkspace, folderForTests } from './workspaceFolder.ts';

/** Fewer would mean that the program was not stopped after each of its calls. */
const STATES_AT_LEAST = 90;
/** The calls by which a recorder, its rotation and its maintenance change something. */
const changingCalls = ['openat', 'write', 'pwrite64', 'rename', 'link', 'unlink', 'mkdir', 'chmod'];
const policy = { rotation: { maxFileMB: 1, keepPlain: 1 } };

describe('record, killed after each call that changes something', () => {
  const base = folderForTests('record-kills');
  const counts = new Map<string, KillCounts>();
  let program: string;

  before(async () => {
    requireTools('strace', 'unzip');
    program = await bundledProgram(base, 'recordingProgram');
  });

  for (const scenario of recordingScenarios)
    it(scenario.name, async () => {
      const { name } = scenario;
      const folder = join(base, name.replaceAll(' ', '-'));
      const root = join(folder, 'workspace');
      fillWorkspace(root, { policy });
      const words = [program, root, worker, JSON.stringify(scenario)];
      const changes = [root, join(base, STATE)];
      const check = async (printed: string): Promise<void> => {
        const acknowledged = printed.split('\n').filter((line) => /^\d+$/.test(line));
        const recorder = await Recorder.open({ workspace: root }, { app: inlineApp() });
        for (const after of ['after-1', 'after-2'])
          recorder.record({ method: 'GET', path: `/numbered/${after}`, status: 200 });
        await recorder.close();
        await assertRecorded(root, [...acknowledged, 'after-1', 'after-2']);
      };
      const checkRun = ({ stdout, stderr }: StoppedRun): void => {
        assert.equal(stderr, '');
        assert.match(stdout, /^end/m);
      };
      counts.set(name, await checkKillStates({ name, folder, changes, words, check, checkRun }));
    });

  it(`has at least ${String(STATES_AT_LEAST)} distinct states`, () => {
    assertKillCounts(counts, STATES_AT_LEAST);
    const seen = new Set([...counts.values()].flatMap(({ calls }) => [...calls]));
    assert.deepEqual(
      changingCalls.filter((call) => !seen.has(call)),
      [],
      `calls that no kill came after; it came after ${[...seen].join()}`,
    );
  });
});
