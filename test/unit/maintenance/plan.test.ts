import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { BYTES_PER_MB, DAY_MS } from '../../../src/base/units.ts';
import { plan, type PlanInput } from '../../../src/maintenance/plan.ts';
import { isFresh } from '../../../src/files/entryTimes.ts';
import { formatFileName, parseFileName } from '../../../src/files/fileName.ts';
import type { DatedLogFile } from '../../../src/files/logFile.ts';
import type { Plan, Skip } from '../../../src/workspace/maintenance.ts';
import { policySchema, type Policy } from '../../../src/policy/policy.ts';

const MB = BYTES_PER_MB;
const now = Date.parse('2026-07-01T12:00:00Z');
const token = '0123456789abcdef';

function ago(days: number): number {
  return now - days * DAY_MS;
}

/** A file of so many MB whose last entry is so many days old. */
function file(name: string, sizeMB = 1, days: number | null = 10, extra: object = {}): DatedLogFile {
  const dated = days === null ? {} : { last: ago(days) };
  return {
    name,
    parts: parseFileName(name),
    bytes: sizeMB * MB,
    modified: ago(days ?? 0),
    inode: 1,
    ...dated,
    ...extra,
  };
}

function rotated(from: number, to: number, sizeMB = 1): DatedLogFile[] {
  const count = to - from + 1;
  return Array.from({ length: count }, (_, index) =>
    file(`api.${String(from + index)}.log`, sizeMB, count - index),
  );
}

function policyWith(changes: object): Policy {
  return policySchema.parse({ version: 1, ...changes });
}

function planOf(files: readonly DatedLogFile[], changes: object = {}, extra: Partial<PlanInput> = {}): Plan {
  return plan({
    files,
    policy: policyWith(changes),
    now,
    zipRatio: 0.1,
    heldOpen: new Set(),
    notFiles: [],
    ...extra,
  });
}

/** `rotate api.log > api.1.log`, one word each: the plan as a person would note it down. */
function notes({ steps }: Plan): string[] {
  return steps.map(
    ({ kind, name, to, reason }) => `${kind} ${name}${to === undefined ? '' : ` > ${to}`} (${reason})`,
  );
}

interface Case {
  readonly files: readonly DatedLogFile[];
  readonly policy?: object;
  readonly extra?: Partial<PlanInput>;
  readonly steps: readonly string[];
  readonly skipped?: readonly Skip[];
}

const cases: Record<string, Record<string, Case>> = {
  'rotation (decision 4)': {
    'an active file at its limit stays': { files: [file('api.log', 20)], steps: [] },
    'one byte more rotates it': {
      files: [file('api.log', 20 + 1 / MB)],
      steps: ['rotate api.log > api.1.log (size)'],
    },
    'to the next number up, gaps left alone': {
      files: [file('api.log', 21), file('api.2.log'), file('api.7.log')],
      steps: ['rotate api.log > api.8.log (size)'],
    },
    'each family by itself': {
      files: [file('api.log', 21), file('audit.log', 11), file('audit.3.log')],
      policy: { audit: { keepPlain: 3 } },
      steps: ['rotate api.log > api.1.log (size)', 'rotate audit.log > audit.4.log (size)'],
    },
    'audit.log at its own limit': { files: [file('audit.log', 10)], steps: [] },
    'not while a foreign program writes to it': {
      files: [file('api.log', 21)],
      extra: { heldOpen: new Set(['api.log']) },
      steps: [],
      skipped: [{ name: 'api.log', reason: 'held-open' }],
    },
    'past a number whose place a folder has taken': {
      files: [file('api.log', 21)],
      extra: { notFiles: ['api.1.log'] },
      steps: ['rotate api.log > api.2.log (size)'],
      skipped: [{ name: 'api.1.log', reason: 'not-a-file' }],
    },
    'once its first entry is older than a tenth of maxAge, so that it can expire': {
      files: [file('api.log', 1, 0, { first: ago(10) - 1 }), file('audit.log', 1, 0, { first: ago(10) })],
      policy: { retention: { maxAge: { days: 100 } } },
      steps: ['rotate api.log > api.1.log (age)'],
    },
    'once its first entry is older than 30 days, however long maxAge is': {
      files: [file('api.log', 1, 0, { first: ago(30) - 1 }), file('audit.log', 1, 0, { first: ago(30) })],
      policy: { retention: { maxAge: { months: 120 } } },
      steps: ['rotate api.log > api.1.log (age)'],
    },
    'not an old file while a foreign program writes to it': {
      files: [file('api.log', 1, 0, { first: ago(31) })],
      extra: { heldOpen: new Set(['api.log']) },
      steps: [],
      skipped: [{ name: 'api.log', reason: 'held-open' }],
    },
    'a foreign log never': { files: [file('app.log', 500), file('nginx.access.log', 500)], steps: [] },
  },
  'zipping (decision 4)': {
    'five plain files stay, the active one included': {
      files: [file('api.log'), ...rotated(1, 4)],
      steps: [],
    },
    'the sixth oldest is zipped': {
      files: [file('api.log'), ...rotated(1, 5)],
      steps: ['zip api.1.log > api.2026-06-26.log.zip (plain)'],
    },
    'oldest first, all but the newest': {
      files: [file('api.log'), ...rotated(8, 11)],
      policy: { rotation: { keepPlain: 3 } },
      steps: [
        'zip api.8.log > api.2026-06-27.log.zip (plain)',
        'zip api.9.log > api.2026-06-28.log.zip (plain)',
      ],
    },
    'audit.log has a keepPlain of its own, 1 by default': {
      files: [file('audit.log'), file('audit.1.log', 1, 2), file('api.log'), ...rotated(1, 2)],
      policy: { rotation: { keepPlain: 2 } },
      steps: [
        'zip api.1.log > api.2026-06-29.log.zip (plain)',
        'zip audit.1.log > audit.2026-06-29.log.zip (plain)',
      ],
    },
    'the active audit.log counts even while there is none': {
      files: [file('audit.log', 11, 3), file('audit.1.log', 1, 2)],
      steps: [
        'rotate audit.log > audit.2.log (size)',
        'zip audit.1.log > audit.2026-06-29.log.zip (plain)',
        'zip audit.2.log > audit.2026-06-28.log.zip (plain)',
      ],
    },
    'audit.keepPlain': {
      files: [file('audit.log'), file('audit.1.log', 1, 2), file('audit.2.log', 1, 1)],
      policy: { audit: { keepPlain: 2 } },
      steps: ['zip audit.1.log > audit.2026-06-29.log.zip (plain)'],
    },
    'keepPlain 1 leaves the active file alone': {
      files: [file('api.log'), ...rotated(1, 2)],
      policy: { rotation: { keepPlain: 1 } },
      steps: [
        'zip api.1.log > api.2026-06-29.log.zip (plain)',
        'zip api.2.log > api.2026-06-30.log.zip (plain)',
      ],
    },
    'without an active file five rotated ones stay': { files: rotated(1, 5), steps: [] },
    'the highest number is the newest, whatever the times say': {
      files: [file('api.9.log', 1, 300 / 2), file('api.10.log', 1, 100), file('api.2.log', 1, 1)],
      policy: { rotation: { keepPlain: 1 } },
      steps: [
        'zip api.2.log > api.2026-06-30.log.zip (plain)',
        'zip api.9.log > api.2026-02-01.log.zip (plain)',
      ],
    },
    'what was just rotated counts as plain': {
      files: [file('api.log', 21), ...rotated(1, 5)],
      steps: ['rotate api.log > api.6.log (size)', 'zip api.1.log > api.2026-06-26.log.zip (plain)'],
    },
    'what was just rotated is zipped at once with keepPlain 1 and a held-open file in front': {
      files: [file('api.log', 1), file('api.1.log', 1, 3)],
      policy: { rotation: { keepPlain: 1 } },
      extra: { heldOpen: new Set(['api.1.log']) },
      steps: [],
      skipped: [{ name: 'api.1.log', reason: 'held-open' }],
    },
    'names of one day get suffixes, in order': {
      files: [file('api.log'), file('api.1.log', 1, 2), file('api.2.log', 1, 2), file('api.3.log', 1, 2)],
      policy: { rotation: { keepPlain: 1 } },
      steps: [
        'zip api.1.log > api.2026-06-29.log.zip (plain)',
        'zip api.2.log > api.2026-06-29.2.log.zip (plain)',
        'zip api.3.log > api.2026-06-29.3.log.zip (plain)',
      ],
    },
    'taken names are passed over': {
      files: [
        file('api.log'),
        file('api.1.log', 1, 2),
        file('api.2026-06-29.log.zip'),
        file('api.2026-06-29.3.log.zip'),
      ],
      policy: { rotation: { keepPlain: 1 } },
      steps: ['zip api.1.log > api.2026-06-29.2.log.zip (plain)'],
    },
    'a name that a link has taken is, too': {
      files: [file('api.log'), file('api.1.log', 1, 2)],
      policy: { rotation: { keepPlain: 1 } },
      extra: { notFiles: ['api.2026-06-29.log.zip'] },
      steps: ['zip api.1.log > api.2026-06-29.2.log.zip (plain)'],
      skipped: [{ name: 'api.2026-06-29.log.zip', reason: 'not-a-file' }],
    },
    'families do not share names': {
      files: [
        file('api.1.log', 1, 2),
        file('api.2.log', 1, 2),
        file('audit.1.log', 1, 2),
        file('audit.2.log', 1, 2),
      ],
      policy: { rotation: { keepPlain: 1 }, audit: { keepPlain: 2 } },
      steps: [
        'zip api.1.log > api.2026-06-29.log.zip (plain)',
        'zip audit.1.log > audit.2026-06-29.log.zip (plain)',
      ],
    },
    'the UTC day of the last entry names it': {
      files: [file('api.log'), file('api.1.log', 1, null, { last: Date.parse('2026-06-30T23:30:00-02:00') })],
      policy: { rotation: { keepPlain: 1 } },
      steps: ['zip api.1.log > api.2026-07-01.log.zip (plain)'],
    },
    'without times, that of its modification': {
      files: [file('api.log'), file('api.1.log', 1, null, { modified: ago(40) })],
      policy: { rotation: { keepPlain: 1 } },
      steps: ['zip api.1.log > api.2026-05-22.log.zip (plain)'],
    },
    'a last entry in the far future is not believed': {
      files: [file('api.log'), file('api.1.log', 1, -400, { modified: ago(3) })],
      policy: { rotation: { keepPlain: 1 } },
      steps: ['zip api.1.log > api.2026-06-28.log.zip (plain)'],
    },
    'foreign logs never': {
      files: Array.from({ length: 8 }, (_, index) => file(`app.log.${String(index)}`)),
      policy: { retention: { alsoFamilies: ['*'] } },
      steps: [],
    },
  },
  'age (decisions 5 and 6)': {
    'a plain file that was written within a day stays, whatever its entries say': {
      files: [
        file('api.1.log', 1, 900, { modified: ago(1) }),
        file('api.2.log', 1, 900, { modified: ago(1) - 1 }),
        file('app.log', 1, 1),
        file('app.log.1', 1, 900, { modified: ago(0.5) }),
        file('app.log.2', 1, 900, { modified: ago(2) }),
      ],
      policy: { retention: { alsoFamilies: ['app'] } },
      steps: ['delete app.log.2 (age)', 'delete api.2.log (age)'],
    },
    'nor is it zipped until then: as an archive it would expire at once': {
      files: [file('api.1.log', 1, 900, { modified: ago(0.5) }), file('api.2.log', 1, 2), file('api.log')],
      policy: { rotation: { keepPlain: 1 } },
      steps: ['zip api.2.log > api.2026-06-29.log.zip (plain)'],
    },
    'of an archive the time of its file does not count': {
      files: [file('api.2025-01-01.log.zip', 1, 500, { modified: now })],
      steps: ['delete api.2025-01-01.log.zip (age)'],
    },
    'of other programs all days that are over, whatever way they write the date': {
      files: [
        ...['2025-01-01.log', '2025-01-02.log', 'app-2025-01-01.log.1', 'app-2025-01-01.log.2'],
        ...['app-2026-06-30.log', 'py.log', 'py.log.2025-01-01_01-51-28', '20250101-0151-01-rfs.log.gz'],
      ].map((name) => file(name, 1, null, { modified: ago(100) })),
      policy: { retention: { alsoFamilies: ['(dated)', 'app', 'py', 'rfs'] } },
      steps: [
        'delete 2025-01-01.log (age)',
        'delete 20250101-0151-01-rfs.log.gz (age)',
        'delete app-2025-01-01.log.1 (age)',
        'delete app-2025-01-01.log.2 (age)',
        'delete py.log.2025-01-01_01-51-28 (age)',
      ],
    },
    'a modification of 1970 without readable times deletes nothing': {
      files: [file('api.1.log', 1, null, { modified: 0 }), file('app.log.1', 1, null, { modified: 0 })],
      policy: { retention: { alsoFamilies: ['app'] } },
      steps: [],
    },
    'archives and rotated files go, oldest first; the active one never': {
      files: [
        file('api.log', 1, 400),
        file('api.1.log', 1, 300),
        file('api.2025-08-01.log.zip', 1, 330),
        file('audit.2025-09-01.log.zip', 1, 310),
      ],
      steps: [
        'delete api.2025-08-01.log.zip (age)',
        'delete audit.2025-09-01.log.zip (age)',
        'delete api.1.log (age)',
      ],
    },
    'six months to the day stay, a millisecond more goes': {
      files: [
        file('api.1.log', 1, 181, { last: Date.parse('2026-01-01T12:00:00Z') }),
        file('api.2.log', 1, 181, { last: Date.parse('2026-01-01T11:59:59.999Z') }),
      ],
      steps: ['delete api.2.log (age)'],
    },
    'in days': {
      files: [file('api.1.log', 1, 30), file('api.2.log', 1, 30.001)],
      policy: { retention: { maxAge: { days: 30 } } },
      steps: ['delete api.2.log (age)'],
    },
    'an archive without times counts to the end of the day in its name': {
      files: [
        file('api.2026-05-31.log.zip', 1, null, { modified: ago(900) }),
        file('api.2026-06-01.log.zip', 1, null, { modified: ago(900) }),
        file('api.2026-05-30.log.zip', 1, null, { modified: now }),
      ],
      policy: { retention: { maxAge: { days: 31 } } },
      steps: ['delete api.2026-05-30.log.zip (age)'],
    },
    'the comment of an archive comes before its name': {
      files: [file('api.2020-01-01.log.zip', 1, 1), file('api.2026-06-30.log.zip', 1, 900)],
      steps: ['delete api.2026-06-30.log.zip (age)'],
    },
    'a day in the name that lies ahead counts as the modification time': {
      files: [
        file('api.2099-01-01.log.zip', 1, null, { modified: ago(900) }),
        file('api.2099-01-02.log.zip', 1, null, { modified: ago(1) }),
      ],
      steps: ['delete api.2099-01-01.log.zip (age)'],
    },
    'an expired file is not zipped first': {
      files: [file('api.log'), file('api.1.log', 1, 300), ...rotated(2, 6)],
      steps: ['delete api.1.log (age)', 'zip api.2.log > api.2026-06-26.log.zip (plain)'],
    },
    'an active file that rotates is not deleted in the same run': {
      files: [file('api.log', 21, 400)],
      steps: ['rotate api.log > api.1.log (size)'],
    },
    'foreign logs stay': { files: [file('app.log.1', 1, 900), file('app.log.2.gz', 1, 900)], steps: [] },
    'leftovers are swept first, and are no logs': {
      files: [file(`api.2020-01-01.log.zip.tmp-${token}`, 1, 900), file('api.2025-01-01.log.zip', 1, 500)],
      steps: [`sweep api.2020-01-01.log.zip.tmp-${token} (leftover)`, 'delete api.2025-01-01.log.zip (age)'],
    },
  },
  'cap (decision 5)': {
    'at the cap nothing goes': {
      files: [file('api.2026-06-01.log.zip', 1, 30), file('api.log', 1)],
      policy: { retention: { maxFolderMB: 2 } },
      steps: [],
    },
    'oldest archives first, then oldest rotated files, no more than needed': {
      files: [
        file('api.log', 4),
        file('api.1.log', 2, 50),
        file('api.2.log', 2, 49),
        file('api.2026-06-01.log.zip', 2, 30),
        file('api.2026-05-01.log.zip', 2, 60),
      ],
      policy: { retention: { maxFolderMB: 7 } },
      steps: [
        'delete api.2026-05-01.log.zip (cap)',
        'delete api.2026-06-01.log.zip (cap)',
        'delete api.1.log (cap)',
      ],
    },
    'never the active file, however large': {
      files: [file('api.log', 20), file('audit.log', 9), file('api.1.log', 1, 5)],
      policy: { retention: { maxFolderMB: 1 } },
      steps: ['delete api.1.log (cap)'],
    },
    'after what expired has gone': {
      files: [file('api.2020-01-01.log.zip', 9, 900), file('api.2026-06-01.log.zip', 2, 30)],
      policy: { retention: { maxFolderMB: 2 } },
      steps: ['delete api.2020-01-01.log.zip (age)'],
    },
    'after zipping made room': {
      files: [file('api.log', 1), ...rotated(1, 5, 10)],
      policy: { retention: { maxFolderMB: 42 } },
      steps: ['zip api.1.log > api.2026-06-26.log.zip (plain)'],
    },
    'of one time, the lower number and the lower suffix first': {
      files: [
        file('api.10.log', 1, 5),
        file('api.9.log', 1, 5),
        file('api.2026-06-26.2.log.zip', 1, 5),
        file('api.2026-06-26.10.log.zip', 1, 5),
        file('api.2026-06-26.log.zip', 1, 5),
      ],
      policy: { retention: { maxFolderMB: 1 } },
      steps: [
        'delete api.2026-06-26.log.zip (cap)',
        'delete api.2026-06-26.2.log.zip (cap)',
        'delete api.2026-06-26.10.log.zip (cap)',
        'delete api.9.log (cap)',
      ],
    },
    'foreign files do not count': {
      files: [file('api.log', 1), file('app.log', 900), file('core.dump', 900)],
      policy: { retention: { maxFolderMB: 1 } },
      steps: [],
    },
  },
  alsoFamilies: {
    'puts a family under expiry': {
      files: [
        file('app.log', 1, 900),
        file('app.log.1', 1, 900),
        file('app.log.2.gz', 1, 900),
        file('web.log.1', 1, 900),
      ],
      policy: { retention: { alsoFamilies: ['app'] } },
      steps: ['delete app.log.1 (age)', 'delete app.log.2.gz (age)'],
    },
    'and under the cap, archives first': {
      files: [
        file('app.log', 5),
        file('app.log.1', 5, 9),
        file('app.log.2.gz', 5, 8),
        file('api.1.log', 1, 100),
      ],
      policy: { retention: { alsoFamilies: ['a*'], maxFolderMB: 11 } },
      steps: ['delete app.log.2.gz (cap)'],
    },
    'by glob': {
      files: [
        file('nginx-a.log.1', 1, 900),
        file('nginx-b.log.1', 1, 900),
        file('nginx-a.log'),
        file('nginx-b.log'),
      ],
      policy: { retention: { alsoFamilies: ['nginx-{a,c}'] } },
      steps: ['delete nginx-a.log.1 (age)'],
    },
    'never the newest of dated ones, nor the ends of numbered ones': {
      files: [
        ...['x-2025-01-01.log', 'x-2025-01-02.log', 'y.1.log', 'y.2.log', 'y.3.log'].map((name) =>
          file(name, 1, 900),
        ),
      ],
      policy: { retention: { alsoFamilies: ['*'] } },
      steps: ['delete x-2025-01-01.log (age)', 'delete y.2.log (age)'],
    },
    'never what is no log': {
      files: ['README.md', '.gitkeep', 'audit.db', 'core'].map((name) => file(name, 900, 900)),
      policy: { retention: { alsoFamilies: ['*'], maxFolderMB: 1 } },
      steps: [],
    },
    'an empty glob means nothing': {
      files: [file('app.log.1', 1, 900), file('app.log', 1, 900)],
      policy: { retention: { alsoFamilies: ['', 'app'] } },
      steps: ['delete app.log.1 (age)'],
    },
    'an unfinished glob means nothing': {
      files: [file('app.log.1', 1, 900), file('app.log', 1, 900)],
      policy: { retention: { alsoFamilies: ['[', '(', '{a,', '!(', '\\'] } },
      steps: [],
    },
  },
  'the audit trail': {
    'is pruned when records have expired, after the expired files': {
      files: [file('api.2020-01-01.log.zip', 1, 900), ...rotated(1, 6)],
      extra: { trail: { bytes: 5, isDue: true } },
      steps: [
        'delete api.2020-01-01.log.zip (age)',
        'prune audit.db (age)',
        'zip api.1.log > api.2026-06-25.log.zip (plain)',
      ],
    },
    'is left while none has': { files: [], extra: { trail: { bytes: 5, isDue: false } }, steps: [] },
    'is left on hold': {
      files: [],
      policy: { retention: { hold: true } },
      extra: { trail: { bytes: 5, isDue: true } },
      steps: [],
      skipped: [{ name: 'audit.db', reason: 'hold' }],
    },
    'is left unaccepted': {
      files: [],
      extra: { trail: { bytes: 5, isDue: true }, restraint: 'unaccepted' },
      steps: [],
      skipped: [{ name: 'audit.db', reason: 'unaccepted' }],
    },
    'is left with a doubted clock': {
      files: [],
      extra: { trail: { bytes: 5, isDue: true }, restraint: 'clock' },
      steps: [],
      skipped: [{ name: 'audit.db', reason: 'clock' }],
    },
  },
  'what is held back': {
    'on hold nothing is deleted or swept, all else is done': {
      files: [
        file('api.log', 21),
        ...rotated(1, 5),
        file('api.2020-01-01.log.zip', 1, 900),
        file(`api.2020-01-01.log.zip.tmp-${token}`),
      ],
      policy: { retention: { hold: true } },
      steps: ['rotate api.log > api.6.log (size)', 'zip api.1.log > api.2026-06-26.log.zip (plain)'],
      skipped: [{ name: 'api.2020-01-01.log.zip', reason: 'hold' }],
    },
    'on hold the cap deletes nothing': {
      files: [file('api.2026-06-01.log.zip', 5), file('api.2026-06-02.log.zip', 5, 9)],
      policy: { retention: { hold: true, maxFolderMB: 5 } },
      steps: [],
      skipped: [{ name: 'api.2026-06-01.log.zip', reason: 'hold' }],
    },
    'unaccepted, neither age nor cap deletes': {
      files: [
        file('api.2020-01-01.log.zip', 1, 900),
        file('api.2026-06-01.log.zip', 5, 30),
        file(`api.2020-01-01.log.zip.tmp-${token}`),
      ],
      policy: { retention: { maxFolderMB: 1 } },
      extra: { restraint: 'unaccepted' },
      steps: [`sweep api.2020-01-01.log.zip.tmp-${token} (leftover)`],
      skipped: [
        { name: 'api.2020-01-01.log.zip', reason: 'unaccepted' },
        { name: 'api.2026-06-01.log.zip', reason: 'unaccepted' },
      ],
    },
    'with a doubted clock nothing expires; the cap holds': {
      files: [file('api.2020-01-01.log.zip', 1, 900), file('api.2026-06-01.log.zip', 5, 30)],
      policy: { retention: { maxFolderMB: 5 } },
      extra: { restraint: 'clock' },
      steps: ['delete api.2020-01-01.log.zip (cap)'],
      skipped: [{ name: 'api.2020-01-01.log.zip', reason: 'clock' }],
    },
    'links and folders of our names are told': {
      files: [],
      extra: { notFiles: ['api.log', 'api.3.log'] },
      steps: [],
      skipped: [
        { name: 'api.log', reason: 'not-a-file' },
        { name: 'api.3.log', reason: 'not-a-file' },
      ],
    },
  },
};

describe('plan', () => {
  for (const [group, inGroup] of Object.entries(cases))
    describe(group, () => {
      for (const [what, { files, policy, extra, steps, skipped }] of Object.entries(inGroup))
        it(what, () => {
          const result = planOf(files, policy, extra);
          assert.deepEqual(notes(result), steps);
          assert.deepEqual(result.skipped, skipped ?? []);
        });
    });

  it('counts the managed files before and after', () => {
    const files = [
      file('api.log', 1),
      ...rotated(1, 5, 10),
      file('api.2020-01-01.log.zip', 3, 900),
      file(`api.2020-01-01.log.zip.tmp-${token}`, 2),
      file('app.log', 500),
    ];
    const { before, after } = planOf(files);
    assert.deepEqual(before, { files: 8, bytes: 56 * MB });
    assert.deepEqual(after, { files: 6, bytes: 42 * MB });
  });
});

const name = fc.oneof(
  fc.constantFrom('api.log', 'audit.log'),
  fc
    .tuple(fc.constantFrom('api', 'audit'), fc.integer({ min: 1, max: 12 }))
    .map(([family, n]) => `${family}.${String(n)}.log`),
  fc
    .tuple(
      fc.constantFrom('api', 'audit'),
      fc.constantFrom('2020-01-01', '2026-06-29', '2026-06-30'),
      fc.integer({ min: 1, max: 3 }),
    )
    .map(([family, day, serial]) =>
      formatFileName({ kind: 'archive', family: family as 'api', day, serial }),
    ),
  fc.constantFrom(
    `api.2026-06-30.log.zip.tmp-${token}`,
    'api.01.log',
    'api.log.1',
    'api.2026-06-30.log',
    'app.log',
    'app.log.1',
    'app.log.2.gz',
    'x-2026-01-01.log',
    'x-2026-01-02.log',
    'y.1.log',
    'y.2.log',
    'notes.txt',
    'two words\n😀.log',
  ),
);
const anyFile = fc.record(
  {
    name,
    bytes: fc.integer({ min: 0, max: 30 * MB }),
    days: fc.option(fc.integer({ min: -500, max: 500 }), { nil: null }),
    modified: fc.integer({ min: -500, max: 900 }),
  },
  { noNullPrototype: true },
);
const input = fc.record(
  {
    files: fc
      .uniqueArray(anyFile, { selector: (value) => value.name, maxLength: 30 })
      .map((files) =>
        files.map(({ name: called, bytes, days, modified }) =>
          file(called, bytes / MB, days, { bytes, modified: ago(modified) }),
        ),
      ),
    policy: fc
      .record({
        rotation: fc.record({
          maxFileMB: fc.integer({ min: 1, max: 20 }),
          keepPlain: fc.integer({ min: 1, max: 6 }),
        }),
        retention: fc.record({
          maxAge: fc.oneof(
            fc.record({ days: fc.integer({ min: 1, max: 400 }) }),
            fc.record({ months: fc.integer({ min: 1, max: 12 }) }),
          ),
          maxFolderMB: fc.integer({ min: 1, max: 200 }),
          alsoFamilies: fc.constantFrom([], ['*'], ['app'], ['x', 'y']),
          hold: fc.boolean(),
        }),
      })
      .map((changes) => policyWith(JSON.parse(JSON.stringify(changes)) as object)),
    heldOpen: fc.constantFrom([], ['api.log'], ['api.3.log', 'audit.log']).map((names) => new Set(names)),
    restraint: fc.constantFrom(undefined, 'unaccepted' as const, 'clock' as const),
    zipRatio: fc.constantFrom(0.1, 0.5, 1.2),
  },
  { noNullPrototype: true },
);

describe('any plan', () => {
  const holds = (what: string, property: (given: PlanInput, result: Plan) => void): void => {
    it(what, () => {
      fc.assert(
        fc.property(input, (given) => {
          const full: PlanInput = { ...given, now, notFiles: [] };
          property(full, plan(full));
        }),
        { numRuns: 400 },
      );
    });
  };
  const foreignTo =
    ({ policy }: PlanInput) =>
    ({ parts }: DatedLogFile): boolean =>
      parts.kind === 'foreign' &&
      !policy.retention.alsoFamilies.some((glob) => glob === '*' || glob === parts.family);

  holds('never touches a foreign file that the policy does not name', (given, { steps }) => {
    const foreign = new Set(given.files.filter(foreignTo(given)).map((one) => one.name));
    for (const step of steps) assert.ok(!foreign.has(step.name), step.name);
  });

  holds('does no more to any foreign file than delete it', (_given, { steps }) => {
    for (const step of steps)
      if (parseFileName(step.name).kind === 'foreign') assert.equal(step.kind, 'delete');
  });

  holds(
    'never deletes or zips an active file, and a foreign one that may be written to',
    (_given, { steps }) => {
      const written = new Set([
        'api.log',
        'audit.log',
        'app.log',
        'x-2026-01-02.log',
        'notes.txt',
        'two words\n😀.log',
      ]);
      for (const { kind, name: of } of steps) if (kind !== 'rotate') assert.ok(!written.has(of), of);
    },
  );

  holds('gives every name once, and none that is taken', (given, { steps }) => {
    const taken = new Set(given.files.map((one) => one.name));
    for (const { to } of steps) {
      if (to === undefined) continue;
      assert.ok(!taken.has(to), to);
      taken.add(to);
    }
  });

  holds('gives only names of ours', (_given, { steps }) => {
    for (const { kind, to } of steps) {
      if (kind === 'rotate') assert.equal(parseFileName(to ?? '').kind, 'rotated');
      else if (kind === 'zip') assert.equal(parseFileName(to ?? '').kind, 'archive');
      else assert.equal(to, undefined);
    }
  });

  holds('does each step to a file that is there by then', (given, { steps }) => {
    const there = new Set(given.files.map((one) => one.name));
    for (const { name: of, to } of steps) {
      assert.ok(there.delete(of), of);
      if (to !== undefined) there.add(to);
    }
  });

  holds('counts what its steps do', (given, { steps, before, after }) => {
    const gone = steps.filter(({ kind }) => kind === 'delete' || kind === 'sweep');
    assert.equal(after.files, before.files - gone.length);
    assert.ok(before.files <= given.files.length && after.bytes >= 0);
    if (!steps.some(({ kind }) => kind === 'zip'))
      assert.equal(after.bytes, before.bytes - gone.reduce((sum, { bytes }) => sum + bytes, 0));
  });

  holds('deletes nothing on hold or unaccepted, and says what it would', (given, { steps, skipped }) => {
    const { hold } = given.policy.retention;
    if (!hold && given.restraint !== 'unaccepted') return;
    assert.ok(steps.every(({ kind }) => kind !== 'delete'));
    const free = plan({
      ...given,
      restraint: undefined,
      policy: { ...given.policy, retention: { ...given.policy.retention, hold: false } },
    });
    const wouldGo = free.steps.filter(({ kind }) => kind === 'delete').map((step) => step.name);
    const reason = hold ? 'hold' : 'unaccepted';
    assert.deepEqual(
      skipped.filter((skip) => skip.reason === reason).map((skip) => skip.name),
      wouldGo,
    );
  });

  holds('is over the cap only when nothing more may go', (given, { steps, after }) => {
    if (given.policy.retention.hold || given.restraint === 'unaccepted') return;
    if (after.bytes <= given.policy.retention.maxFolderMB * MB) return;
    const gone = new Set(steps.filter(({ kind }) => kind === 'delete').map((step) => step.name));
    const made = new Map(steps.flatMap(({ name: of, to }) => (to === undefined ? [] : [[of, to] as const])));
    for (const one of given.files) {
      const finally_ = made.get(one.name) ?? one.name;
      const { kind } = parseFileName(finally_);
      if (kind === 'archive') assert.ok(gone.has(finally_), finally_);
    }
  });

  holds('leaves no more than keepPlain plain files that it may zip', (given, { steps }) => {
    if (given.heldOpen.size > 0) return;
    // What was written within a day may wait, see the cases above.
    const waits = new Set(given.files.filter((one) => isFresh(one, now)).map((one) => one.name));
    const there = new Set(given.files.map((one) => one.name));
    for (const { name: of, to } of steps) {
      there.delete(of);
      if (to !== undefined) there.add(to);
    }
    for (const family of ['api', 'audit']) {
      const plain = [...there]
        .map(parseFileName)
        .filter(({ kind, family: of }) => of === family && (kind === 'active' || kind === 'rotated'))
        .filter((parts) => !waits.has(formatFileName(parts)));
      assert.ok(plain.length <= given.policy.rotation.keepPlain);
    }
  });

  holds('is the same for the same input, in whatever order the files come', (given, result) => {
    assert.deepEqual(plan(given), result);
    const reversed = plan({ ...given, files: [...given.files].reverse() });
    const sorted = ({ steps }: Plan): string[] => notes({ steps } as Plan).sort();
    assert.deepEqual(sorted(reversed), sorted(result));
  });

  it('changes nothing that it is given', () => {
    const freeze = <T>(value: T): T => {
      if (typeof value === 'object' && value !== null && !(value instanceof Set)) {
        Object.freeze(value);
        Object.values(value).forEach(freeze);
      }
      return value;
    };
    fc.assert(
      fc.property(input, (given) => {
        plan(freeze({ ...given, now, notFiles: [] }));
      }),
    );
  });
});
