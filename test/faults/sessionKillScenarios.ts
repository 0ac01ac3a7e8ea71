import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from '../../src/jobs/jobs.ts';
import type { CompletedLog } from '../../src/sessions/log/sessionLog.ts';
import { bytesOf } from '../unit/sessions/sessionSamples.ts';
import {
  MARKER,
  SESSIONS,
  archivesIn,
  fillSessions,
  passwords,
  setAge,
  textsOf,
  type SampleArchive,
} from './sessionWorkspace.ts';
import type { Surroundings } from './strace.ts';
import { DAY_MS } from './workspaceFolder.ts';

/** A way to change session archives, to be killed at each of its steps. */
export interface SessionKillScenario extends Surroundings {
  readonly name: string;
  /** Fills the folder that each case starts from a copy of. */
  readonly prepare: (root: string) => void;
  /** The command line's verb and its options. */
  readonly does: readonly string[];
  /** How many of the states are checked in a plain run; all of them by default. */
  readonly checked?: number;
  /** Archives that the scenario deletes, below the sessions folder: after a kill they are whole or gone. */
  readonly goes?: readonly string[];
  /** The same once more, undisturbed. */
  readonly again: (app: App, root: string) => Promise<unknown>;
  /** Whether a third run changes nothing. Writing a log again makes a second archive. */
  readonly settles: boolean;
  /** Looks at what is left in the end. */
  readonly atEnd: (root: string) => void | Promise<void>;
}

const ids = { userId: 'anna', sessionId: 's-1', chatId: 'trip', messageId: 'm-1' };
const lines = Array.from({ length: 300 }, (_, number) => `line ${String(number)}: ${MARKER}`);

function writing(
  name: string,
  policy: object,
  taken: readonly SampleArchive[],
  more: { readonly requestId?: string; readonly checked?: number } = {},
): SessionKillScenario {
  const { requestId, checked } = more;
  const log = (): CompletedLog => ({
    ids: { ...ids, requestId },
    chunks: lines.map((message) =>
      Uint8Array.from(Buffer.from(`${JSON.stringify({ level: 'INFO', message })}\n`)),
    ),
    droppedLines: 0,
    completedAt: Date.now(),
  });
  const options = ['--user', 'anna', '--session', 's-1', '--chat', 'trip', '--message', 'm-1'];
  return {
    name: `write, ${name}`,
    ...(checked !== undefined && { checked }),
    prepare: (root) => {
      fillSessions(root, taken, { format: 'both', ...policy });
    },
    does: ['session', 'write', ...options, ...(requestId === undefined ? [] : ['--request', requestId])],
    input: `${lines.join('\n')}\n`,
    environment: { SESSION_LOG_ZIP_PASSWORD: passwords.one },
    again: (app, root) => app.run('writeSession', { root, log: log(), password: bytesOf(passwords.one) }),
    settles: false,
    async atEnd(root) {
      const old = new Set(taken.map(({ path }) => path));
      const sessions = join(root, SESSIONS);
      const written = archivesIn(sessions).filter((path) => !old.has(path));
      assert.ok(written.length === 1 || written.length === 2, written.join());
      for (const path of written) {
        const { 'logs.jsonl': json = '', 'logs.txt': text = '' } = await textsOf(join(sessions, path));
        const messages = json
          .trimEnd()
          .split('\n')
          .map((line) => (JSON.parse(line) as { message: string }).message);
        assert.deepEqual(messages, lines);
        assert.equal(text.split(MARKER).length - 1, lines.length);
      }
    },
  };
}

const NOW = Date.now() + 2 * DAY_MS;

function cleaning(
  name: string,
  archives: readonly SampleArchive[],
  empty: readonly string[],
): SessionKillScenario {
  const isExpired = ({ days = 1 }: SampleArchive): boolean => days > 90;
  const staying = archives.filter((archive) => !isExpired(archive)).map(({ path }) => path);
  return {
    name: `clean, ${name}`,
    prepare: (root) => {
      fillSessions(root, archives);
      for (const folder of empty) mkdirSync(join(root, SESSIONS, folder), { recursive: true });
      for (const name of leftovers) {
        mkdirSync(join(root, SESSIONS, 'ben/half'), { recursive: true });
        const path = join(root, SESSIONS, 'ben/half', name);
        writeFileSync(path, 'PK');
        setAge(path, 3);
      }
    },
    does: ['session', 'clean', '--now', String(NOW)],
    goes: archives.filter(isExpired).map(({ path }) => path),
    again: (app, root) => app.run('cleanSessions', { root, now: NOW }),
    settles: true,
    atEnd(root) {
      const sessions = join(root, SESSIONS);
      if (staying.length === 0) assert.equal(existsSync(sessions), false);
      else assert.deepEqual(archivesIn(sessions), staying);
      for (const folder of [...empty, 'ben']) assert.equal(existsSync(join(sessions, folder)), false, folder);
    },
  };
}
const leftovers = ['m-1.zip.tmp-0123456789abcdef', 'm-1.zip.tmp', 'm-2.zip.tmp-fedcba9876543210'];
const expired: readonly SampleArchive[] = [
  { path: 'anna/old/m-1.zip', days: 200 },
  { path: 'anna/old/m-2.zip', days: 150 },
  { path: 'anna/trip/m-1.zip', days: 120 },
  { path: 'chidi/all/m-1.zip', days: 400 },
];
const young: readonly SampleArchive[] = [
  { path: 'anna/trip/m-2.zip', days: 30 },
  { path: 'dana/now/m-1.zip', days: 1, password: passwords.foreign },
];

function rekeying(name: string, archives: readonly SampleArchive[]): SessionKillScenario {
  return {
    name: `rekey, ${name}`,
    prepare: (root) => {
      fillSessions(root, archives);
    },
    does: ['session', 'rekey', '--password-stdin'],
    input: `${passwords.one}\n${passwords.next}\n`,
    // The line names one old password; the environment knows another.
    environment: { SESSION_LOG_ZIP_PASSWORD: passwords.two },
    async again(app, root) {
      await app.run('usePasswords', { passwords: [passwords.one, passwords.two].map(bytesOf) });
      return app.run('rekeySessions', { root, password: bytesOf(passwords.next) });
    },
    settles: true,
    async atEnd(root) {
      for (const { path, password } of archives)
        await textsOf(join(root, SESSIONS, path), [
          password === passwords.foreign ? password : passwords.next,
        ]);
    },
  };
}
const ofTwo: readonly SampleArchive[] = [
  { path: 'anna/trip/m-1.zip' },
  { path: 'anna/trip/m-2.zip', password: passwords.two },
  { path: 'ben/contract/m-1.zip', days: 30 },
  { path: 'ben/contract/m-2.zip', password: passwords.foreign },
  { path: 'ben/contract/m-3.zip', password: passwords.two, days: 80 },
];

/** How many states of a scenario are checked in a plain run, if all of another one's are, which makes the same calls. */
const SOME = 8;

const taken: readonly SampleArchive[] = [{ path: 'anna/trip/m-1.zip' }];

export const sessionKillScenarios: readonly SessionKillScenario[] = [
  writing('stored', { compression: 'stored' }, []),
  // The same calls with other bytes.
  writing('deflated', { compression: 'deflated' }, [], { checked: SOME }),
  writing('bzip2', { compression: 'bzip2' }, [], { checked: SOME }),
  writing('lzma', { compression: 'lzma' }, [], { checked: SOME }),
  writing('a taken name', { compression: 'stored' }, taken),
  writing(
    'a name taken by the same request',
    { compression: 'deflated' },
    [...taken, { path: 'anna/trip/m-1.r-1.zip' }],
    { requestId: 'r-1' },
  ),
  cleaning('of some', [...expired, ...young], ['anna/nothing', 'eve/none/at']),
  cleaning('of all', expired, ['eve']),
  rekeying('two old passwords and a foreign one', ofTwo),
];
