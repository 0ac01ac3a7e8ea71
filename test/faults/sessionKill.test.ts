import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { commandLine, requireTools } from './commandLine.ts';
import { inventory } from './killExpectation.ts';
import { assertKillCounts, checkKillStates, type KillCounts } from './killStates.ts';
import { sessionKillScenarios } from './sessionKillScenarios.ts';
import {
  SESSIONS,
  allTexts,
  fillSessions,
  passwords,
  plaintextIn,
  temporariesIn,
  textsOf,
} from './sessionWorkspace.ts';
import { runUnderStrace } from './strace.ts';
import { STATE, folderForTests } from './workspaceFolder.ts';

/** Fewer would mean that the program was not stopped after each of its calls. */
const STATES_AT_LEAST = 200;

describe('session write, clean and rekey, killed after each call that changes something', () => {
  const base = folderForTests('session-kills');
  const app = inlineApp();
  const counts = new Map<string, KillCounts>();

  before(() => {
    requireTools('strace');
  });

  after(() => app.run('forgetPasswords', {}));

  for (const scenario of sessionKillScenarios)
    it(scenario.name, async () => {
      const folder = join(base, scenario.name.replaceAll(/\W+/g, '-'));
      const temporary = join(folder, 'temporary');
      mkdirSync(temporary, { recursive: true });
      const template = join(folder, 'template');
      scenario.prepare(template);
      const fill = (root: string): void => {
        cpSync(template, root, { recursive: true, preserveTimestamps: true });
      };
      const words = (root: string): string[] => [commandLine, ...scenario.does, '--workspace', root];
      const environment = { ...scenario.environment, TMPDIR: temporary };
      const surroundings = { ...scenario, environment };

      const texts = await allTexts(template);
      const goes = new Set(scenario.goes?.map((path) => join(SESSIONS, path)));
      /** Everything that was there is unchanged, except for archives that may be deleted. */
      const assertNothingLost = async (root: string): Promise<void> => {
        const now = await allTexts(root);
        for (const [path, text] of texts)
          if (now.has(path) || !goes.has(path)) assert.deepEqual(now.get(path), text, path);
        assert.deepEqual([...plaintextIn(root), ...plaintextIn(temporary)], [], 'plaintext');
      };
      const root = join(folder, 'workspace');
      const state = join(base, STATE);
      const check = async (): Promise<void> => {
        await assertNothingLost(root);
        await scenario.again(app, root);
        await assertNothingLost(root);
        assert.deepEqual(temporariesIn(root), [], 'temporaries');
        await scenario.atEnd(root);
        assert.deepEqual(Object.keys(inventory(temporary)), [], 'temporary folder');
        if (existsSync(state)) assert.deepEqual(plaintextIn(state), []);
        if (!scenario.settles) return;
        const before = inventory(root);
        await scenario.again(app, root);
        assert.deepEqual(inventory(root), before, 'a further run changed something');
      };

      const reference = join(folder, 'reference');
      fill(reference);
      const options = { input: scenario.input ?? '', env: { ...process.env, ...environment } };
      try {
        execFileSync(process.execPath, words(reference), { ...options, stdio: 'pipe' });
      } catch (error) {
        // It reports the archives that it must not touch, and says so by its exit code.
        assert.equal((error as { status: unknown }).status, 1, String(error));
      }
      await scenario.atEnd(reference);

      fill(root);
      const { name } = scenario;
      const changes = [root, state, temporary];
      counts.set(
        name,
        await checkKillStates({ name, folder, changes, words: words(root), surroundings, check }),
      );
    });

  it('200 archives, rekeyed and killed in the middle, run again: 200 archives open', async () => {
    const root = join(base, 'many');
    const paths = Array.from(
      { length: 200 },
      (_, number) => `u-${String(number % 7)}/c/m-${String(number)}.zip`,
    );
    fillSessions(
      root,
      paths.map((path) => ({ path })),
    );
    const before = await allTexts(root);
    const words = [commandLine, 'session', 'rekey', '--password-stdin', '--workspace', root];
    const given = { input: `${passwords.one}\n${passwords.next}\n` };
    // The first rename is that of the trail's identity in the state folder.
    const middle = { calls: '/^rename', effect: 'signal=SIGKILL', when: '101' };
    assert.equal((await runUnderStrace(words, middle, given)).signal, 'SIGKILL');
    assert.deepEqual(await allTexts(root), before);
    const opened = await Promise.allSettled(
      paths.map((path) => textsOf(join(root, SESSIONS, path), [passwords.next])),
    );
    assert.equal(opened.filter(({ status }) => status === 'fulfilled').length, 99);

    execFileSync(process.execPath, words, { ...given, stdio: 'pipe' });
    for (const path of paths) await textsOf(join(root, SESSIONS, path), [passwords.next]);
    assert.deepEqual(await allTexts(root), before);
    assert.deepEqual(temporariesIn(root), []);
    assert.equal(before.size, 200);
  });

  it(`has at least ${String(STATES_AT_LEAST)} distinct states`, () => {
    assertKillCounts(counts, STATES_AT_LEAST);
  });
});
