import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { sessionSettings, sessionsPlace } from '../../../src/workspace/sessionsFolder.ts';
import { defaultPolicy } from '../../../src/policy/policy.ts';
import type { EnvironmentSettings } from '../../../src/policy/environment.ts';
import { freshFolders } from '../freshFolders.ts';

describe('sessionSettings', () => {
  it('are those of the policy, and over them what the environment sets', () => {
    assert.deepEqual(sessionSettings(defaultPolicy), defaultPolicy.sessions);
    const { enabled, maxLines, dir } = sessionSettings(defaultPolicy, { enabled: true, maxLines: 3 });
    assert.deepEqual([enabled, maxLines, dir], [true, 3, 'session_logs']);
  });
});

describe('sessionsPlace', () => {
  const folders = freshFolders();
  const at = (...parts: string[]): string => join(folders.root, ...parts);
  const place = (dir: string): ReturnType<typeof sessionsPlace> =>
    sessionsPlace(folders.root, { ...defaultPolicy.sessions, dir });
  const named = (dir: string): ReturnType<typeof sessionsPlace> => {
    const fromEnvironment: EnvironmentSettings = { dir };
    return sessionsPlace(folders.root, sessionSettings(defaultPolicy, fromEnvironment), fromEnvironment);
  };
  const skipped = (reason: string, detail: string): object => ({
    code: 'session-skipped',
    data: { reason, detail },
  });

  it('is the folder of the policy, whether it is there or not', () => {
    assert.equal(place('session_logs').path, at('session_logs'));
    mkdirSync(at('a', 'b'), { recursive: true });
    for (const dir of ['a/b', './a//b/']) assert.equal(place(dir).path, at('a', 'b'));
  });

  it('tells paths from the workspace, and absolute ones outside of it', () => {
    const { shown } = place('a');
    assert.equal(shown(at('a', 'u', 'm.zip')), 'a/u/m.zip');
    for (const path of ['/elsewhere/m.zip', join(folders.root, '..', 'rootlike', 'm.zip')])
      assert.equal(shown(path), path);
    assert.equal(shown(at('..a', 'm.zip')), '..a/m.zip');
  });

  for (const level of ['a', 'a/b', 'a/b/c'])
    it(`goes by no link of the policy's way: ${level}`, () => {
      mkdirSync(at(level, '..'), { recursive: true });
      mkdirSync(at('inside'));
      symlinkSync(folders.state, at(level));
      assert.throws(() => place('a/b/c'), skipped('outside-workspace', at(level)));
      symlinkSync(at('inside'), at('x'));
      assert.throws(() => place('x/y'), skipped('no-directory', at('x')));
      symlinkSync('nowhere', at('y'));
      assert.throws(() => place('y'), skipped('no-directory', at('y')));
      folders.put('z', 'file');
      assert.throws(() => place('z/b'), skipped('no-directory', at('z')));
    });

  for (const dir of ['.git', '.git/refs', 'sub/.GIT/x'])
    it(`is not where Git keeps what a clean-up would take away: ${dir}`, () => {
      const detail = at(...dir.split('/'));
      for (const choose of [place, named]) assert.throws(() => choose(dir), skipped('git-folder', detail));
      assert.equal(place('.github').path, at('.github'));
    });

  it('is shared where it is the workspace, or around it', () => {
    for (const dir of ['.', '..', '/']) assert.equal(named(dir).isShared, true, dir);
    for (const dir of ['a', '../else', folders.state]) assert.equal(named(dir).isShared, false, dir);
  });

  it('is what the environment names, anywhere', () => {
    assert.equal(named('else').path, at('else'));
    assert.equal(named('../else').path, join(folders.root, '..', 'else'));
    assert.equal(named(folders.state).path, folders.state);
    symlinkSync(folders.state, at('link'));
    assert.equal(named('link/below').path, at('link', 'below'));
  });

  it('is nowhere where the environment names nothing, a link or a file', () => {
    assert.throws(() => named(''), skipped('no-directory', ''));
    symlinkSync(folders.state, at('link'));
    assert.throws(() => named('link'), skipped('no-directory', at('link')));
    folders.put('file', 'x');
    assert.throws(() => named('file'), skipped('no-directory', at('file')));
  });
});
