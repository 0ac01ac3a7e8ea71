import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import type { SavedPolicy } from '../../../src/setup/changePolicy.ts';
import { isFailure, type FailureCode } from '../../../src/base/failure.ts';
import type { Acceptance } from '../../../src/workspace/acceptance.ts';
import type { PolicyEdit } from '../../../src/policy/policyText.ts';
import { privacyAcceptanceOf, type PrivacyAcceptance } from '../../../src/workspace/privacyAcceptance.ts';
import {
  requirePolicy,
  stateOf,
  type ActionEvent,
  type AppReport,
} from '../../../src/workspace/workspace.ts';
import { entryLine } from '../entryLines.ts';
import { Holder } from '../files/otherProcess.ts';
import { freshFolders } from '../freshFolders.ts';
import { nextWait } from '../nextWait.ts';
import { onDisk } from '../onDisk.ts';

describe('changing the policy', () => {
  const folders = freshFolders();
  const app = inlineApp(folders.environment);
  let actions: ActionEvent['action'][];
  const onReport = (report: AppReport): void => {
    if (report.kind === 'action') actions.push(report.event.action);
  };
  const kinds = (): string[] => actions.map(({ kind }) => kind);
  beforeEach(() => {
    actions = [];
  });

  const initialise = async (): Promise<SavedPolicy> =>
    app.run('initialise', { root: folders.root }, { onReport });
  const save = async (...edits: PolicyEdit[]): Promise<SavedPolicy> =>
    app.run('savePolicy', { root: folders.root, edits }, { onReport });
  const text = (): string => readFileSync(join(folders.root, '.workspace-logs.json'), 'utf8');
  const failsWith = (code: FailureCode) => (error: unknown) => isFailure(error, code);
  const repository = (): void => {
    execFileSync('git', ['init', '-q', '--template='], { cwd: folders.root });
  };

  describe('initialise', () => {
    it('makes the policy, logs/ and the ignore rule, and says so', async () => {
      repository();
      const { policy, created } = await initialise();
      assert.deepEqual(created, ['logs', '.workspace-logs.json', '.gitignore']);
      assert.match(policy.workspaceId ?? '', /^[A-Za-z0-9_-]{12}$/);
      assert.equal(readFileSync(join(folders.root, '.gitignore'), 'utf8'), 'logs/\n');
      assert.ok(text().includes(`"workspaceId": "${policy.workspaceId!}"`));
      assert.deepEqual(kinds(), ['initialised', 'ignore-rule-added']);
    });

    it('said twice changes nothing', async () => {
      repository();
      await initialise();
      const before = onDisk(folders.root);
      actions = [];
      assert.deepEqual((await initialise()).created, []);
      assert.deepEqual(onDisk(folders.root), before);
      assert.deepEqual(actions, []);
    });

    it('gives each workspace an id of its own', async () => {
      const ids = new Set<string | undefined>();
      for (const name of ['a', 'b', 'c']) {
        mkdirSync(join(folders.root, name));
        ids.add((await app.run('initialise', { root: join(folders.root, name) })).policy.workspaceId);
      }
      assert.equal(ids.size, 3);
    });

    it('keeps what is there', async () => {
      folders.put('logs/api.log', 'text');
      folders.put('.workspace-logs.json', '{"version": 1, // mine\n"rotation": {"keepPlain": 2}}');
      const before = onDisk(folders.root);
      assert.deepEqual((await initialise()).created, []);
      const after = onDisk(folders.root);
      for (const [path, content] of Object.entries(before)) assert.equal(after[path], content, path);
    });

    it('adds a rule for the session folder too, whatever way it is written', async () => {
      repository();
      folders.policy({ sessions: { enabled: true, dir: './data//my sessions/' } });
      await initialise();
      assert.equal(readFileSync(join(folders.root, '.gitignore'), 'utf8'), 'logs/\ndata/my sessions/\n');
      assert.deepEqual((await initialise()).created, []);
    });

    it('tells the log files that Git tracks all the same', async () => {
      repository();
      folders.put('logs/api.log', 'text');
      execFileSync('git', ['add', '-f', '.'], { cwd: folders.root });
      const { git } = await initialise();
      assert.deepEqual(git.tracked, ['logs/api.log']);
    });

    const ignoreFiles: [what: string, make: (path: string) => void][] = [
      [
        'a folder',
        (path) => {
          mkdirSync(path);
        },
      ],
      [
        'a link',
        (path) => {
          symlinkSync('elsewhere', path);
        },
      ],
    ];
    for (const [what, make] of ignoreFiles)
      it(`is done also where .gitignore is ${what}: then logs/ gets its own`, async () => {
        repository();
        make(join(folders.root, '.gitignore'));
        const { created, git } = await initialise();
        assert.deepEqual(created, ['logs', '.workspace-logs.json', 'logs/.gitignore']);
        assert.equal(git.failure, undefined);
      });

    const refused: [what: string, make: () => void, code: FailureCode][] = [
      [
        'logs is a file',
        () => {
          folders.put('logs', '');
        },
        'logs-not-a-folder',
      ],
      [
        'logs is a link',
        () => {
          folders.put('real/x', '');
          symlinkSync('real', join(folders.root, 'logs'));
        },
        'logs-not-a-folder',
      ],
      [
        'the policy is a folder',
        () => {
          mkdirSync(join(folders.root, '.workspace-logs.json'));
        },
        'policy-not-a-file',
      ],
      [
        'the policy is a link',
        () => {
          symlinkSync('nowhere', join(folders.root, '.workspace-logs.json'));
        },
        'policy-not-a-file',
      ],
      [
        'the policy is damaged',
        () => {
          folders.put('.workspace-logs.json', '{');
        },
        'policy-damaged',
      ],
      [
        'the policy has a wrong value',
        () => {
          folders.put('.workspace-logs.json', '{"version": 1, "x": 1}');
        },
        'policy-damaged',
      ],
      [
        'the policy is newer',
        () => {
          folders.put('.workspace-logs.json', '{"version": 2}');
        },
        'policy-newer',
      ],
    ];
    for (const [what, make, code] of refused)
      it(`changes nothing where ${what}: ${code}`, async () => {
        repository();
        make();
        const before = onDisk(folders.root);
        await assert.rejects(initialise(), failsWith(code));
        assert.deepEqual(onDisk(folders.root), before);
        assert.deepEqual(actions, []);
      });

    const roots: [what: string, root: () => string, code: FailureCode][] = [
      ['missing', () => join(folders.root, 'nothing'), 'workspace-not-a-folder'],
      ['a file', () => folders.put('file', ''), 'workspace-not-a-folder'],
    ];
    for (const [what, root, code] of roots)
      it(`a workspace that is ${what}: ${code}`, async () => {
        await assert.rejects(app.run('initialise', { root: root() }), failsWith(code));
      });
  });

  describe('undoIgnore', () => {
    it('takes the rule back, and nobody adds it again on this machine', async () => {
      repository();
      folders.put('.gitignore', 'a\r\n');
      await initialise();
      assert.equal(readFileSync(join(folders.root, '.gitignore'), 'utf8'), 'a\r\nlogs/\r\n');
      await app.run('undoIgnore', { root: folders.root }, { onReport });
      assert.equal(readFileSync(join(folders.root, '.gitignore'), 'utf8'), 'a\r\n');
      await save({ key: 'rotation.keepPlain', value: 3 });
      await app.run('runMaintenance', { root: folders.root });
      assert.equal(readFileSync(join(folders.root, '.gitignore'), 'utf8'), 'a\r\n');
      assert.deepEqual(kinds(), ['initialised', 'ignore-rule-added', 'ignore-rule-undone', 'policy-saved']);
    });

    const ignore = (): string => readFileSync(join(folders.root, '.gitignore'), 'utf8');
    const undo = async (): Promise<void> => app.run('undoIgnore', { root: folders.root }, { onReport });

    it('takes out of a file that was changed since what was added, however long ago', async () => {
      repository();
      await initialise();
      await save({ key: 'sessions.enabled', value: true });
      assert.equal(ignore(), 'logs/\nsession_logs/\n');
      folders.put('.gitignore', `${ignore()}mine\n`);
      await undo();
      assert.equal(ignore(), 'mine\n');
    });

    it('says so when nothing that was added stands any more, and does not count as undone', async () => {
      repository();
      await initialise();
      for (const content of ['mine\n', '# logs/\n']) {
        folders.put('.gitignore', content);
        await assert.rejects(undo(), failsWith('ignore-rule-gone'));
        assert.equal(ignore(), content);
      }
      await app.run('runMaintenance', { root: folders.root });
      assert.equal(ignore(), '# logs/\nlogs/\n');
      await undo();
      await assert.rejects(undo(), failsWith('ignore-rule-gone'));
    });

    it('leaves a line of others alone that was there before ours', async () => {
      repository();
      folders.put('.gitignore', 'logs/\n!logs/\n');
      await initialise();
      assert.equal(ignore(), 'logs/\n!logs/\nlogs/\n');
      await undo();
      assert.equal(ignore(), 'logs/\n!logs/\n');
    });

    it('is withdrawn by the fix of “ignored”', async () => {
      repository();
      await initialise();
      await undo();
      await app.run('runMaintenance', { root: folders.root });
      assert.throws(ignore);
      await app.run('fixFinding', { root: folders.root, check: 'ignored' });
      assert.equal(ignore(), 'logs/\n');
      await app.run('fixFinding', { root: folders.root, check: 'ignored' });
      assert.equal(ignore(), 'logs/\n');
      await undo();
      assert.throws(ignore);
    });

    it('changes nothing without a policy', async () => {
      repository();
      await assert.rejects(undo(), failsWith('not-managed'));
    });
  });

  describe('savePolicy', () => {
    it('makes the folder managed where it is not', async () => {
      const { created, policy } = await save({ key: 'rotation.maxFileMB', value: 50 });
      assert.deepEqual(created, ['logs', '.workspace-logs.json']);
      assert.equal(policy.rotation.maxFileMB, 50);
      assert.deepEqual(kinds(), ['initialised', 'policy-saved']);
    });

    it('keeps comments and the file’s permissions', async () => {
      const path = folders.put(
        '.workspace-logs.json',
        '{ // one\n  "version": 1, // two\n  "rotation": { "maxFileMB": 20 } // three\n}\n',
      );
      await save({ key: 'rotation.maxFileMB', value: 1 });
      assert.equal(
        text(),
        '{ // one\n  "version": 1, // two\n  "rotation": { "maxFileMB": 1 } // three\n}\n',
      );
      const mode = onDisk(folders.root)['.workspace-logs.json'];
      writeFileSync(path, text());
      assert.equal(onDisk(folders.root)['.workspace-logs.json'], mode);
    });

    it('writes nothing when nothing changes', async () => {
      await initialise();
      const before = onDisk(folders.root);
      const { ino } = statSync(join(folders.root, '.workspace-logs.json'));
      await save({ key: 'rotation.maxFileMB', value: 20 });
      assert.deepEqual(onDisk(folders.root), before);
      assert.equal(statSync(join(folders.root, '.workspace-logs.json')).ino, ino);
    });

    it('mends a wrong value', async () => {
      folders.put('.workspace-logs.json', '{"version": 1, "rotation": {"maxFileMB": -1}}');
      assert.equal((await save({ key: 'rotation.maxFileMB', value: 5 })).policy.rotation.maxFileMB, 5);
    });

    const refused: [before: string | undefined, edit: PolicyEdit, code: FailureCode][] = [
      [undefined, { key: 'rotation.maxFileMB', value: -1 }, 'policy-edit-refused'],
      [undefined, { key: 'rotation.maxFileMB', value: '20' }, 'policy-edit-refused'],
      [undefined, { key: 'nothing', value: 1 }, 'policy-edit-refused'],
      [undefined, { key: '__proto__', value: {} }, 'policy-edit-refused'],
      [undefined, { key: 'sessions.dir', value: '../x' }, 'policy-edit-refused'],
      [undefined, { key: 'version', value: 2 }, 'policy-edit-refused'],
      ['{"version": 1, "x": 1}', { key: 'rotation.maxFileMB', value: 5 }, 'policy-damaged'],
      ['{"version": 1', { key: 'rotation.maxFileMB', value: 5 }, 'policy-damaged'],
      ['[]', { key: 'rotation.maxFileMB', value: 5 }, 'policy-damaged'],
      ['{"version": 3, "rotation": {}}', { key: 'version', value: 1 }, 'policy-newer'],
      [
        '{"version": 1, "recording": {"exclude": ["a"]}}',
        { key: 'recording.exclude.0', value: 'b' },
        'policy-edit-refused',
      ],
    ];
    for (const [before, edit, code] of refused)
      it(`${before ?? 'no policy'}, ${JSON.stringify(edit)}: ${code}, and nothing changes`, async () => {
        if (before !== undefined) folders.put('.workspace-logs.json', before);
        const listing = onDisk(folders.root);
        await assert.rejects(save(edit), failsWith(code));
        assert.deepEqual(onDisk(folders.root), listing);
      });

    it('refuses where there has to be a policy and is none', async () => {
      const edits = [{ key: 'rotation.maxFileMB', value: 5 }];
      await assert.rejects(
        app.run('savePolicy', { root: folders.root, edits, mustExist: true }),
        failsWith('not-managed'),
      );
      assert.deepEqual(onDisk(folders.root), {});
    });

    it('waits for whoever has the lock, and then changes what stands there by now', async () => {
      await initialise();
      const holder = new Holder(folders.logs, 'shared');
      try {
        assert.equal(await holder.says(), 'held');
        const before = text();
        const waits = nextWait();
        const saving = save({ key: 'rotation.maxFileMB', value: 7 });
        await Promise.race([waits, saving]);
        assert.equal(text(), before);
        folders.policy({ rotation: { keepPlain: 3 } });
        await holder.release();
        assert.deepEqual((await saving).policy.rotation, { maxFileMB: 7, keepPlain: 3 });
      } finally {
        await holder.kill();
      }
    });

    it('saves of many at once are all kept', async () => {
      await initialise();
      const edits: PolicyEdit[] = [
        { key: 'rotation.maxFileMB', value: 7 },
        { key: 'rotation.keepPlain', value: 3 },
        { key: 'retention.maxFolderMB', value: 99 },
        { key: 'audit.file', value: true },
        { key: 'recording.level', value: 'NONE' },
      ];
      await Promise.all(edits.map(async (edit) => save(edit)));
      const policy = await app.run('readPolicy', { root: folders.root });
      assert.deepEqual(
        [policy.rotation, policy.retention.maxFolderMB, policy.audit.file, policy.recording.level],
        [{ maxFileMB: 7, keepPlain: 3 }, 99, true, 'NONE'],
      );
    });
  });

  describe('acceptance', () => {
    const old = (): void => {
      folders.put('logs/api.2026-01-01.log.zip', 'no zip, but named like one');
      folders.put('logs/api.1.log', entryLine('2026-01-01T00:00:00Z'));
    };
    const now = Date.parse('2026-02-01T00:00:00Z');
    const acceptance = async (): Promise<Acceptance> =>
      (await app.run('previewMaintenance', { root: folders.root, now })).acceptance;
    const pendingKeys = async (): Promise<readonly string[]> => {
      const found = await acceptance();
      return found.kind === 'pending' ? found.keys : [];
    };

    it('comes with an edit, for the edited keys alone', async () => {
      old();
      folders.policy({ retention: { maxAge: { days: 1 }, maxFolderMB: 1 } });
      assert.deepEqual(await pendingKeys(), ['retention.maxAge', 'retention.maxFolderMB']);
      await save({ key: 'retention.maxFolderMB', value: 2 });
      assert.deepEqual(await pendingKeys(), ['retention.maxAge']);
      await save({ key: 'retention.maxAge', value: { days: 1 } });
      assert.deepEqual(await acceptance(), { kind: 'accepted' });
    });

    it('of the whole policy is remembered, until it deletes more', async () => {
      old();
      folders.policy({ retention: { maxAge: { days: 2 } } });
      const { hash } = await app.run('acceptPolicy', { root: folders.root }, { onReport });
      assert.deepEqual(actions, [{ kind: 'policy-accepted', hash }]);
      assert.deepEqual(await acceptance(), { kind: 'accepted' });
      folders.policy({ retention: { maxAge: { days: 1 } } });
      assert.deepEqual(await pendingKeys(), ['retention.maxAge']);
    });

    it('of a policy that was shown is not given to another one', async () => {
      old();
      folders.policy({ retention: { maxAge: { days: 100 } } });
      const pending = await acceptance();
      const shown = pending.kind === 'pending' ? pending.hash : '';
      folders.policy({ retention: { maxAge: { days: 1 } } });
      await assert.rejects(app.run('acceptPolicy', { root: folders.root, shown }), {
        code: 'source-changing',
      });
      assert.deepEqual(await pendingKeys(), ['retention.maxAge']);
      folders.policy({ retention: { maxAge: { days: 100 } }, rotation: { maxFileMB: 7 } });
      await app.run('acceptPolicy', { root: folders.root, shown });
      assert.deepEqual(await acceptance(), { kind: 'accepted' });
    });

    describe('of what is sent', () => {
      const sent = (): PrivacyAcceptance => {
        const policy = requirePolicy(folders.root);
        return privacyAcceptanceOf(policy, stateOf(folders.root, policy, folders));
      };
      const weak = { retention: { maxAge: { days: 1 } }, forwarding: { usage: true, redactContent: false } };
      const hashOf = (pending: Acceptance | PrivacyAcceptance): string =>
        pending.kind === 'pending' ? pending.hash : assert.fail('nothing waits');

      it('comes with an edit, for the edited keys alone', async () => {
        folders.policy({ forwarding: { redactContent: false } });
        await save({ key: 'forwarding.usage', value: true });
        const waits = sent();
        assert.deepEqual(waits.kind === 'pending' && waits.keys, ['forwarding.redactContent']);
        await save({ key: 'forwarding.redactContent', value: false });
        assert.deepEqual(sent(), { kind: 'accepted' });
      });

      it('is not given with that of deletions, which is what the person was shown', async () => {
        old();
        folders.policy(weak);
        await app.run('acceptPolicy', { root: folders.root, shown: hashOf(await acceptance()) });
        assert.deepEqual(await acceptance(), { kind: 'accepted' });
        assert.equal(sent().kind, 'pending');
      });

      it('is given by its own hash, without that of deletions', async () => {
        old();
        folders.policy(weak);
        await app.run('acceptPolicy', { root: folders.root, shown: hashOf(sent()) });
        assert.deepEqual(sent(), { kind: 'accepted' });
        assert.deepEqual(await pendingKeys(), ['retention.maxAge']);
      });

      it('is given with the whole policy, as on the command line', async () => {
        old();
        folders.policy(weak);
        await app.run('acceptPolicy', { root: folders.root });
        assert.deepEqual([sent(), await acceptance()], [{ kind: 'accepted' }, { kind: 'accepted' }]);
      });
    });

    it('is not given by a preview of the form', async () => {
      old();
      folders.policy({});
      const edits = [{ key: 'retention.maxAge', value: { days: 1 } }];
      const preview = await app.run('previewMaintenance', { root: folders.root, now, edits });
      assert.deepEqual(preview.acceptance, { kind: 'accepted' });
      assert.equal(preview.steps.filter(({ kind }) => kind === 'delete').length, 2);
      folders.policy({ retention: { maxAge: { days: 1 } } });
      assert.deepEqual(await pendingKeys(), ['retention.maxAge']);
      assert.equal(existsSync(join(folders.state, 'workspace-logs')), false);
    });
  });
});
