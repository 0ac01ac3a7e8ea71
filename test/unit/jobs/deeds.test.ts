import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { auditActions } from '../../../src/audit/actions.ts';
import { Failure, type FailureMessage } from '../../../src/base/failure.ts';
import { requireRegularFile } from '../../../src/files/identity.ts';
import type { LogFile } from '../../../src/files/logFile.ts';
import { installCommitCheck, removeCommitCheck } from '../../../src/git/installCheck.ts';
import { restoreIgnore, undoIgnore } from '../../../src/git/keepIgnored.ts';
import { deleteLogs } from '../../../src/reading/deleteLogs.ts';
import { openRaw } from '../../../src/reading/openRaw.ts';
import { readLogPart, streamLog } from '../../../src/reading/readLog.ts';
import { saveCopy } from '../../../src/reading/saveCopy.ts';
import { beginTrash, endTrash } from '../../../src/reading/trashLog.ts';
import { openArchive } from '../../../src/sessions/openArchive.ts';
import {
  addPassword,
  countKnown,
  forgetKnown,
  forgetPasswords,
  knowPassword,
  tryPassword,
} from '../../../src/sessions/passwordRing.ts';
import { rekeySessions } from '../../../src/sessions/rekeySessions.ts';
import { acceptPolicy, savePolicy } from '../../../src/setup/changePolicy.ts';
import { runMaintenance } from '../../../src/maintenance/maintain.ts';
import { cleanSessions } from '../../../src/maintenance/sessions/cleanUp.ts';
import { deedEntities, recordFirst, type Deed } from '../../../src/workspace/deeds.ts';
import type { AppContext, AppReport } from '../../../src/workspace/workspace.ts';
import { freshFolders, type FreshFolders } from '../freshFolders.ts';
import { gitRepository } from '../gitRepository.ts';
import { onDisk } from '../onDisk.ts';
import { recordingContext } from '../recording.ts';
import { bytesOf, sessionZip } from '../sessions/sessionSamples.ts';

const ZIP = 'session_logs/u/c/m.zip';
const PLACE = { folder: 'session_logs/u/c', name: 'm.zip' };

/** A deed that must be recorded before it is done. */
interface Row {
  readonly what: string;
  readonly action: Deed['action'];
  readonly entity: string;
  readonly changes?: Deed['changes'];
  readonly details?: Deed['details'];
  readonly prepare?: (folders: FreshFolders, context: AppContext) => unknown;
  readonly run: (folders: FreshFolders, context: AppContext) => unknown;
  /** What the deed changes outside the workspace's files and the copies. */
  readonly state?: () => unknown;
  /** Makes the recorded deed fail; then its failure's code. */
  readonly spoil?: readonly [spoil: (folders: FreshFolders) => unknown, code: string];
}

describe('deeds', () => {
  const folders = freshFolders();
  const { repository } = gitRepository(folders);
  const copy = (): string => join(folders.state, 'copy');
  const seen = (path: string): LogFile => {
    const folder = dirname(path);
    const file = requireRegularFile(join(folders.root, folder), path.slice(folder.length + 1));
    return folder === 'logs' ? file : { ...file, folder };
  };
  const root = (): string => folders.root;
  const archive = (): void => {
    folders.put(ZIP, sessionZip({ password: 'right', bound: true }));
  };
  const opened = (): void => {
    archive();
    knowPassword(bytesOf('right'));
  };
  const accepted = ({ root }: FreshFolders, context: AppContext): unknown => acceptPolicy({ root }, context);
  const installed = async ({ root }: FreshFolders, context: AppContext): Promise<void> => {
    repository(root);
    mkdirSync(folders.logs, { recursive: true });
    await installCommitCheck({ root }, context);
  };

  beforeEach(() => {
    forgetKnown();
    folders.policy({});
    folders.put('logs/api.1.log', '{}\n');
  });
  afterEach(forgetKnown);

  const rows: readonly Row[] = [
    {
      what: 'a change of the policy',
      action: 'policy_changed',
      entity: '.workspace-logs.json',
      changes: { 'rotation.maxFileMB': { old: 20, new: 5 } },
      prepare: accepted,
      run: ({ root }, context) =>
        savePolicy({ root, edits: [{ key: 'rotation.maxFileMB', value: 5 }] }, context),
    },
    {
      what: 'a hold',
      action: 'hold_changed',
      entity: '.workspace-logs.json',
      changes: { 'retention.hold': { old: false, new: true } },
      prepare: accepted,
      run: ({ root }, context) =>
        savePolicy({ root, edits: [{ key: 'retention.hold', value: true }] }, context),
    },
    {
      what: 'an acceptance',
      action: 'policy_accepted',
      entity: '.workspace-logs.json',
      prepare: () => {
        folders.policy({ retention: { maxAge: { days: 1 } } });
      },
      run: ({ root }, context) => acceptPolicy({ root }, context),
    },
    ...[
      ['of maintenance', runMaintenance] as const,
      ['of the clean-up of session archives', cleanSessions] as const,
    ].map(([what, run]): Row => ({
      what: `an acceptance ${what}`,
      action: 'policy_accepted',
      entity: '.workspace-logs.json',
      prepare: () => {
        folders.policy({ retention: { maxAge: { days: 1 } } });
      },
      run: ({ root }, context) => run({ root, accept: true }, context),
    })),
    {
      what: 'a deletion',
      action: 'log_deleted',
      entity: 'logs/api.1.log',
      details: { bytes: 3 },
      run: ({ root }, context) =>
        deleteLogs({ root, files: [seen('logs/api.1.log')], alsoWritten: false }, context),
      spoil: [
        ({ logs }) => {
          writeFileSync(join(logs, 'api.1.log'), 'other\n');
        },
        'source-changing',
      ],
    },
    {
      what: 'the deletion of a session archive',
      action: 'log_deleted',
      entity: ZIP,
      prepare: archive,
      run: ({ root }, context) => deleteLogs({ root, files: [seen(ZIP)], alsoWritten: false }, context),
      spoil: [() => folders.put(ZIP, 'other\n'), 'source-changing'],
    },
    {
      what: 'a download',
      action: 'log_downloaded',
      entity: 'logs/api.1.log',
      run: ({ root }, context) =>
        saveCopy({ root, file: seen('logs/api.1.log'), unzipped: false, target: copy() }, context),
      spoil: [
        () => {
          mkdirSync(copy());
        },
        'not-a-regular-file',
      ],
    },
    {
      what: 'the download of a session archive as it is',
      action: 'log_downloaded',
      entity: ZIP,
      prepare: archive,
      run: ({ root }, context) =>
        saveCopy({ root, file: seen(ZIP), unzipped: false, target: copy() }, context),
    },
    {
      what: 'a decrypted copy',
      action: 'archive_decrypted',
      entity: ZIP,
      prepare: opened,
      run: ({ root }, context) =>
        saveCopy({ root, file: seen(ZIP), unzipped: true, member: 'logs.jsonl', target: copy() }, context),
      spoil: [
        () => {
          mkdirSync(copy());
        },
        'not-a-regular-file',
      ],
    },
    {
      what: 'a new password',
      action: 'password_added',
      entity: '',
      run: ({ root }, context) => addPassword({ password: bytesOf('new'), roots: [root] }, context),
      state: countKnown,
    },
    {
      what: 'a password that fits',
      action: 'password_added',
      entity: '',
      prepare: archive,
      run: ({ root }, context) => tryPassword({ root, ...PLACE, password: bytesOf('right') }, context),
      state: countKnown,
    },
    {
      what: 'forgetting the passwords',
      action: 'passwords_forgotten',
      entity: '',
      prepare: () => {
        knowPassword(bytesOf('old'));
      },
      run: ({ root }, context) => forgetPasswords({ roots: [root] }, context),
      state: countKnown,
    },
    {
      what: 'another password of archives',
      action: 'passwords_changed',
      entity: '',
      details: { archives: 1 },
      prepare: opened,
      run: ({ root }, context) => rekeySessions({ root, password: bytesOf('new') }, context),
      state: countKnown,
    },
    {
      what: 'an ignore rule',
      action: 'ignore_rule_changed',
      entity: '.gitignore',
      changes: { lines: { old: [], new: ['logs/'] } },
      prepare: ({ root }) => {
        repository(root);
      },
      run: ({ root }, context) => restoreIgnore({ root }, context),
      spoil: [
        ({ root, logs }) => {
          mkdirSync(join(root, '.gitignore'));
          // The folder's own rules are another person's, so they do not take its place.
          writeFileSync(join(logs, '.gitignore'), '*.tmp\n');
        },
        'not-a-regular-file',
      ],
    },
    {
      what: 'an ignore rule that is undone',
      action: 'ignore_rule_changed',
      entity: '.gitignore',
      changes: { lines: { old: ['logs/'], new: [] } },
      prepare: async ({ root }, context) => {
        repository(root);
        await restoreIgnore({ root }, context);
      },
      run: ({ root }, context) => undoIgnore({ root }, context),
      spoil: [
        ({ root }) => {
          rmSync(join(root, '.gitignore'));
        },
        'ignore-rule-gone',
      ],
    },
    {
      what: 'the commit check',
      action: 'commit_check_changed',
      entity: '.git/hooks/pre-commit',
      changes: { installed: { old: false, new: true } },
      prepare: ({ root }) => {
        repository(root);
      },
      run: ({ root }, context) => installCommitCheck({ root }, context),
      spoil: [() => folders.put('.git/hooks/pre-commit', 'others\n'), 'hook-foreign'],
    },
    {
      what: 'a commit check that is removed',
      action: 'commit_check_changed',
      entity: '.git/hooks/pre-commit',
      changes: { installed: { old: true, new: false } },
      prepare: installed,
      run: ({ root }, context) => removeCommitCheck({ root }, context),
    },
  ];

  /** The files of the workspace but for the locks, the copies beside it, and what else the deed changes. */
  function world({ state = () => undefined }: Pick<Row, 'state'>): unknown {
    const files = Object.entries(onDisk(folders.root)).filter(([path]) => !path.startsWith('logs/.'));
    const accepted = Object.entries(onDisk(folders.state)).filter(([path]) => /accepted|copy/.test(path));
    return { files: Object.fromEntries(files), accepted, state: state() };
  }

  for (const row of rows) {
    const { what, action, entity, run, prepare, spoil } = row;
    const ready = async (): Promise<void> => {
      const { context } = recordingContext(folders);
      await prepare?.(folders, context);
      mkdirSync(folders.logs, { recursive: true });
    };

    it(`${what} is recorded before it is done`, async () => {
      await ready();
      const before = world(row);
      const { context, records } = recordingContext(folders, () => {
        assert.deepEqual(world(row), before);
      });
      await run(folders, context);
      assert.notDeepEqual(world(row), before);
      assert.deepEqual(
        records.map((record) => [record.action, record.entity_type, record.entity_id, record.user_id]),
        [[action, deedEntities[action], entity, userInfo().username]],
      );
      const [record] = records;
      assert.partialDeepStrictEqual(record?.audit_metadata, { door: 'vscode', ...row.details });
      if (row.changes !== undefined) assert.deepEqual(record?.changes, row.changes);
    });

    it(`${what} is not done where it cannot be recorded`, async () => {
      await ready();
      const before = world(row);
      const { context } = recordingContext(folders, () => {
        throw new Failure('disk-full', { path: 'x' });
      });
      const code = await codeOf(() => run(folders, context));
      assert.equal(code, 'audit-unavailable');
      assert.deepEqual(world(row), before);
    });

    if (spoil !== undefined)
      it(`${what} that fails leaves a record of that`, async () => {
        await ready();
        const { context, records } = recordingContext(folders, () => {
          if (records.length === 0) spoil[0](folders);
        });
        assert.equal(await codeOf(() => run(folders, context)), spoil[1]);
        assert.equal(records.length, 2);
        assert.deepEqual([records[1]?.action, records[1]?.entity_id], [action, entity]);
        assert.deepEqual(records[1]?.audit_metadata.failed, { record: 'id-1', code: spoil[1] });
      });
  }

  /** The code of the failure that a use case throws, or returns for its file. */
  async function codeOf(work: () => unknown): Promise<string | undefined> {
    try {
      const result = (await work()) as { refused?: readonly { failure: FailureMessage }[] } | undefined;
      return result?.refused?.[0]?.failure.code;
    } catch (error) {
      assert.ok(error instanceof Error && 'code' in error, String(error));
      return String(error.code);
    }
  }

  describe('that only show', () => {
    const shows: readonly [
      what: string,
      action: Deed['action'] | undefined,
      entity: string,
      run: (context: AppContext) => unknown,
    ][] = [
      [
        'opening a session archive in parts',
        'archive_opened',
        ZIP,
        (context) =>
          readLogPart({ root: root(), ...PLACE, member: 'logs.jsonl', part: 0, opens: true }, context),
      ],
      [
        'a further read of one that is open',
        undefined,
        ZIP,
        (context) => readLogPart({ root: root(), ...PLACE, member: 'logs.jsonl', part: 0 }, context),
      ],
      [
        'streaming one',
        'archive_opened',
        ZIP,
        (context) =>
          streamLog({ root: root(), ...PLACE, member: 'logs.jsonl' }, () => Promise.resolve(), context),
      ],
      [
        'printing one',
        'archive_opened',
        ZIP,
        (context) => openArchive({ path: join(root(), ZIP), root: root() }, context),
      ],
      [
        'reading a log',
        undefined,
        'logs/api.1.log',
        (context) => readLogPart({ root: root(), name: 'api.1.log', part: 0, opens: true }, context),
      ],
      [
        'opening a log raw',
        'log_opened_raw',
        'logs/api.1.log',
        (context) => openRaw({ root: root(), name: 'api.1.log' }, context),
      ],
    ];
    for (const [what, action, entity, run] of shows) {
      it(`${what}: ${action ?? 'no record'}`, async () => {
        opened();
        const { context, records } = recordingContext(folders);
        await run(context);
        assert.deepEqual(
          records.map((record) => [record.action, record.entity_id]),
          action === undefined ? [] : [[action, entity]],
        );
      });
      it(`${what} is ${action === undefined ? 'allowed' : 'refused'} without a trail`, async () => {
        opened();
        const { context } = recordingContext(folders, () => {
          throw new Failure('disk-full', { path: 'x' });
        });
        assert.equal(await codeOf(() => run(context)), action && 'audit-unavailable');
      });
    }

    it('are not recorded while no password opens the archive', async () => {
      archive();
      const { context, records } = recordingContext(folders);
      const file = seen(ZIP);
      for (const [, , , run] of shows.slice(0, 3))
        assert.equal(await codeOf(() => run(context)), 'password-needed');
      await shows[3]?.[3](context);
      const input = { root: root(), file, unzipped: true, member: 'logs.jsonl', target: copy() };
      assert.equal(await codeOf(() => saveCopy(input, context)), 'password-needed');
      const tried = await tryPassword({ root: root(), ...PLACE, password: bytesOf('wrong') }, context);
      assert.deepEqual([tried, records], [{ fits: false }, []]);
    });
  });

  describe('moving a log to the trash', () => {
    const trash = (): { root: string; file: LogFile } => ({ root: root(), file: seen('logs/api.1.log') });

    it('is recorded, then reported', async () => {
      const { context, records } = recordingContext(folders);
      const input = trash();
      assert.deepEqual(await beginTrash(input, context), { record: 'id-1' });
      const reports: AppReport[] = [];
      await endTrash({ ...input, record: 'id-1' }, { ...context, report: (each) => reports.push(each) });
      assert.deepEqual(
        records.map(({ action, entity_id }) => [action, entity_id]),
        [['log_trashed', 'logs/api.1.log']],
      );
      assert.partialDeepStrictEqual(reports, [
        { event: { action: { kind: 'trashed', name: 'api.1.log', bytes: 3 }, door: 'vscode' } },
      ]);
    });

    it('leaves a record of its failure', async () => {
      const { context, records } = recordingContext(folders);
      const failure = { code: 'unexpected', data: { detail: 'no trash' } } as const;
      await endTrash({ ...trash(), record: 'id-9', failure }, context);
      assert.deepEqual(records[0]?.audit_metadata.failed, { record: 'id-9', code: 'unexpected' });
    });

    it('is refused for a log that has changed', async () => {
      const { context, records } = recordingContext(folders);
      const input = trash();
      folders.put('logs/api.1.log', 'other\n');
      assert.partialDeepStrictEqual(await beginTrash(input, context), {
        refused: { failure: { code: 'source-changing' } },
      });
      assert.deepEqual(records, []);
    });
  });

  it('that change the policy and its hold at once leave a record of each', async () => {
    const { context, records } = recordingContext(folders);
    const edits = [
      { key: 'retention.hold', value: true },
      { key: 'rotation.keepPlain', value: 2 },
    ];
    await savePolicy({ root: root(), edits }, context);
    assert.deepEqual(
      records.map(({ action, changes }) => [action, changes]),
      [
        ['hold_changed', { 'retention.hold': { old: false, new: true } }],
        ['policy_changed', { 'rotation.keepPlain': { old: 5, new: 2 } }],
      ],
    );
  });

  it('in a workspace without a policy, or in Restricted Mode, are not recorded', async () => {
    const { context, records } = recordingContext(folders);
    const deed = { action: 'log_opened_raw', entity: 'logs/api.1.log' } as const;
    assert.equal(await recordFirst({ ...context, door: undefined }, root(), deed), '');
    rmSync(join(root(), '.workspace-logs.json'));
    assert.equal(await recordFirst(context, root(), deed), '');
    assert.deepEqual(records, []);
  });

  it('are all actions of the category “logs”', () => {
    for (const action of Object.keys(deedEntities))
      assert.equal(auditActions[action as Deed['action']], 'logs', action);
  });
});
