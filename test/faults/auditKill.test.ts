import assert from 'node:assert/strict';
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { auditScenarios, fillTrail, PRUNED, trailHere } from './auditScenarios.ts';
import { requireTools } from './commandLine.ts';
import { assertKillCounts, checkKillStates, type KillCounts } from './killStates.ts';
import { bundledProgram } from './recordingScenario.ts';
import type { StoppedRun } from './stoppedRun.ts';
import { fillWorkspace, folderForTests, STATE } from './workspaceFolder.ts';

/** Fewer would mean that the program was not stopped after each of its calls. */
const STATES_AT_LEAST = 200;

describe('the audit trail, killed after each call that changes something', () => {
  const base = folderForTests('audit-kills');
  const counts = new Map<string, KillCounts>();
  let program: string;

  before(async () => {
    requireTools('strace');
    program = await bundledProgram(base, 'auditProgram');
  });

  for (const scenario of auditScenarios)
    it(scenario.name, async () => {
      const { name, first, isPruned } = scenario;
      const folder = join(base, name.replaceAll(' ', '-'));
      const root = join(folder, 'workspace');
      fillWorkspace(root, { policy: { audit: { maxAge: { days: 1 } } } });
      await fillTrail(root, scenario);

      const records = async (): Promise<string[]> => {
        const all = { root, format: 'jsonl', filter: {}, end: 10_000, count: 0, record: '' } as const;
        let text = '';
        for (let from: number | null = 0; from !== null;) {
          const part: { text: string; next: number | null } = await trailHere().run('exportTrailPart', {
            ...all,
            from,
          });
          text += part.text;
          from = part.next;
        }
        const ids = text
          .split('\n')
          .slice(0, -1)
          .map((line) => (JSON.parse(line) as { id: string }).id);
        return ids.filter((id) => id.startsWith('r-'));
      };
      const hadCheckpoint = first > 0 && scenario.version === undefined;
      const assertSound = async (what: string, mayBeNew = false): Promise<void> => {
        const {
          state,
          sealed,
          first: finding,
        } = await trailHere().run('verifyTrail', { root, indexes: true });
        // Before the first checkpoint nothing says that these are the records.
        const expected = mayBeNew && sealed === 0 && state === 'unknown' ? 'unknown' : 'sound';
        assert.deepEqual([state, finding], [expected, undefined], what);
      };
      const check = async (printed: string): Promise<void> => {
        const acknowledged = printed.split('\n').filter((line) => /^\d+$/.test(line));
        const expected = [...Array.from({ length: first }, (_, number) => String(number)), ...acknowledged];
        const found = await records();
        assert.equal(new Set(found).size, found.length, 'a record twice');
        const lost = expected.filter((number) => !found.includes(`r-${number}`));
        // A prune takes whole blocks from the beginning, and nothing else.
        assert.deepEqual(lost, expected.slice(0, lost.length), 'lost');
        assert.ok(isPruned ? lost.length <= PRUNED && lost.length % 256 === 0 : lost.length === 0, 'lost');
        await assertSound('after the kill', !hadCheckpoint);

        const trail = trailHere();
        await trail.run('sealTrail', { root });
        await trail.run('closeTrail', { root });
        if (isPruned) {
          const app = inlineApp();
          const { failed } = await app.run('runMaintenance', { root, accept: true });
          assert.deepEqual(failed, []);
          assert.deepEqual((await app.run('runMaintenance', { root, accept: true })).steps, []);
          assert.equal((await records())[0], `r-${String(PRUNED)}`);
        }
        await assertSound('after the next run');
      };
      const checkRun = ({ stdout, stderr }: StoppedRun): void => {
        assert.equal(stderr, '');
        assert.match(stdout, /^end/m);
      };
      const words = [program, root, JSON.stringify(scenario)];
      const changes = [root, join(base, STATE)];
      const checked = 12;
      const killing = { name, folder, changes, isOfTrail: true, words, check, checkRun, checked };
      counts.set(name, await checkKillStates(killing));
    });

  it(`has at least ${String(STATES_AT_LEAST)} distinct states`, () => {
    assertKillCounts(counts, STATES_AT_LEAST);
  });
});
