import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type * as Library from '../../../src/library/index.ts';
import type { Failure, RequestIds, SessionOptions } from '../../../src/library/index.ts';
import { sessionLogs } from '../../../src/library/sessions.ts';
import { builtProgram } from '../builtProgram.ts';
import { freshFolders } from '../freshFolders.ts';
import { membersIn, messagesIn, PASSWORD, zipsIn } from './writtenSessions.ts';

const REQUESTS = 5;
const ids: RequestIds = { userId: 'u', sessionId: 's', chatId: 'c', messageId: 'm', requestId: 'r' };

describe('openSession', function () {
  this.timeout(180_000);
  this.slow(5000);
  const folders = freshFolders();
  let warnings: Failure[] = [];
  const { environment } = folders;
  const { open: openSession, flush: flushSessions, stats: sessionStats } = sessionLogs(environment);

  beforeEach(() => {
    // The variables of the person who runs the tests must have no effect here.
    for (const name of Object.keys(environment))
      if (name.startsWith('SESSION_LOG_')) Reflect.deleteProperty(environment, name);
    warnings = [];
  });

  const store = (sessions: object = {}): void => {
    folders.policy({ sessions: { enabled: true, compression: 'deflated', ...sessions } });
  };
  const options = (more: Partial<SessionOptions> = {}): SessionOptions => {
    // A clean-up of this test's workspace may run during a later test, when the workspace is gone.
    const own = warnings;
    return {
      workspace: folders.root,
      password: PASSWORD,
      onWarning: (failure) => own.push(failure),
      ...more,
    };
  };
  const place = (): string => join(folders.root, 'session_logs');

  it('makes an archive of what was logged, masked, with what fell out counted', async () => {
    store({ maxLines: 3, format: 'both' });
    const was = sessionStats();
    const log = openSession(ids, options({ knownSecrets: ['open sesame'] }));
    for (let number = 0; number < 5; number += 1)
      log.log('debug', `line ${String(number)} password=hunter22 open sesame`, { number });
    assert.equal(log.complete(), true);
    assert.equal(log.complete(), false);
    log.log('info', 'too late');
    await flushSessions();
    assert.deepEqual(zipsIn(place()), ['u/c/m.zip']);
    const members = await membersIn(join(place(), 'u/c/m.zip'));
    assert.deepEqual(Object.keys(members), ['meta.json', 'logs.txt', 'logs.jsonl']);
    assert.equal((JSON.parse(members['meta.json']!) as { dropped_lines: number }).dropped_lines, 2);
    assert.match(members['logs.jsonl']!, /^.*"message":"line 2 [^\n]+\n.*line 3 [^\n]+\n.*line 4 [^\n]+\n$/);
    assert.doesNotMatch(JSON.stringify(members), /hunter22|sesame|too late/);
    assert.deepEqual(sessionStats(), { ...was, completed: was.completed + 1, written: was.written + 1 });
    assert.deepEqual(warnings, []);
  });

  it('puts no secret that the program names into a name, nor into meta.json', async () => {
    store();
    const log = openSession(
      { ...ids, userId: 'u-sesame-1', requestId: 'sesame' },
      options({ knownSecrets: ['sesame'] }),
    );
    log.log('info', 'x');
    log.complete();
    await flushSessions();
    const [name = ''] = zipsIn(place());
    assert.match(name, /^u[^/]*~[0-9a-f]{16}\/c\/m\.zip$/);
    assert.doesNotMatch(name + JSON.stringify(await membersIn(join(place(), name))), /sesame/);
  });

  it('writes two requests of one message as two archives', async () => {
    store();
    for (const requestId of ['r1', 'r2', 'r2']) {
      const log = openSession({ ...ids, requestId }, options());
      log.log('info', 'x');
      log.complete();
    }
    await flushSessions();
    assert.deepEqual(zipsIn(place()), ['u/c/m.r2.2.zip', 'u/c/m.r2.zip', 'u/c/m.zip']);
  });

  it('follows the policy and the environment: the next session', async () => {
    store({ enabled: false });
    const write = (messageId: string): boolean => {
      const log = openSession({ ...ids, messageId }, options());
      for (const text of ['one', 'two']) log.log('info', text);
      return log.complete();
    };
    assert.equal(write('a'), false);
    environment.SESSION_LOG_STORE_ENABLED = 'true';
    assert.equal(write('b'), true);
    await flushSessions();
    delete environment.SESSION_LOG_STORE_ENABLED;
    assert.equal(write('c'), false);
    store({ maxLines: 1 });
    // Within a second, on a machine that is not busy.
    while (!write('d')) await delay(20);
    await flushSessions();
    assert.deepEqual(await messagesIn(place()), ['one', 'two', 'two']);
  });

  it('takes the password of the environment when the log is completed, and one in bytes', async () => {
    store();
    const log = openSession(ids, options({ password: undefined }));
    log.log('info', 'from the environment');
    environment.SESSION_LOG_ZIP_PASSWORD = PASSWORD;
    log.complete();
    const bytes = Buffer.from(PASSWORD);
    const other = openSession({ ...ids, messageId: 'n' }, options({ password: bytes }));
    bytes.fill(0);
    other.log('info', 'from bytes');
    other.complete();
    await flushSessions();
    assert.deepEqual(await messagesIn(place()), ['from the environment', 'from bytes']);
  });

  it('says once that a password is weak, and writes all the same', async () => {
    store();
    for (let number = 0; number < 3; number += 1) {
      const log = openSession(ids, options({ password: 'summer' }));
      log.log('info', 'x');
      assert.equal(log.complete(), true);
    }
    await flushSessions();
    // A password is judged in a turn of its own.
    await turn();
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['password-weak'],
    );
    assert.equal(zipsIn(place()).length, 3);
  });

  describe('never harms a request', () => {
    /** What the server sends for each request, to the byte. */
    async function answers(listener: RequestListener): Promise<string[]> {
      const server = createServer(listener).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const all: string[] = [];
      for (let number = 0; number < REQUESTS; number += 1) {
        const socket = connect(port, '127.0.0.1');
        socket.end(
          `POST /chat/${String(number)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi`,
        );
        all.push((await buffer(socket)).toString('latin1'));
      }
      server.close();
      await once(server, 'close');
      return all;
    }

    const answer: RequestListener = (request, response) => {
      response.sendDate = false;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ path: request.url, text: 'ä'.repeat(1000) }));
    };

    async function check(
      given: RequestIds,
      chosen: SessionOptions,
      { lines = 3, open = openSession, flush = flushSessions } = {},
    ): Promise<void> {
      const wanted = await answers(answer);
      const got = await answers((request, response) => {
        const log = open(given, chosen);
        for (let number = 0; number < lines; number += 1) log.log('info', String(number));
        answer(request, response);
        log.complete();
      });
      assert.deepEqual(got, wanted);
      await flush();
      // Warnings come in a turn of their own.
      await turn();
    }

    const told = (): string[] =>
      warnings.map((failure) => {
        assert.match(failure.message, /^[^]+ [^]+\.$/);
        return failure.code === 'session-skipped'
          ? (failure.data as { reason: string }).reason
          : failure.code;
      });

    const cases: [
      cause: string,
      reason: string,
      arrange: () => void,
      given?: Partial<RequestIds>,
      chosen?: Partial<SessionOptions>,
    ][] = [
      ['there is no policy', 'not-managed', () => undefined],
      [
        'the folder of the workspace is missing',
        'workspace-not-a-folder',
        () => undefined,
        {},
        { workspace: '/nowhere/at/all' },
      ],
      ['the policy is damaged', 'policy-damaged', () => folders.put('.workspace-logs.json', '{')],
      [
        'storage is disabled',
        'disabled',
        () => {
          store({ enabled: false });
        },
      ],
      ['the user’s id is empty', 'missing-id', store, { userId: ' ' }],
      ['the chat’s id is none', 'missing-id', store, { chatId: undefined as unknown as string }],
      ['the message’s id is a number', 'missing-id', store, { messageId: 7 as unknown as string }],
      ['the session’s id is null', 'missing-id', store, { sessionId: null }],
      [
        'the folder has no name',
        'no-directory',
        () => {
          store();
          environment.SESSION_LOG_DIR = ' ';
        },
      ],
      [
        'the folder is a file',
        'no-directory',
        () => {
          store();
          folders.put('session_logs', 'x');
        },
      ],
      [
        'the folder leads out',
        'outside-workspace',
        () => {
          store();
          symlinkSync(folders.state, join(folders.root, 'session_logs'));
        },
      ],
      ['there is no password', 'no-password', store, {}, { password: undefined }],
      [
        'a variable is wrong',
        'environment-invalid',
        () => {
          store();
          environment.SESSION_LOG_MAX_LINES = 'many';
        },
      ],
    ];
    for (const [cause, reason, arrange, given, chosen] of cases)
      it(`where ${cause}`, async () => {
        arrange();
        const was = sessionStats();
        await check({ ...ids, ...given }, options(chosen));
        assert.deepEqual(told(), [reason]);
        assert.deepEqual(zipsIn(folders.root), []);
        const { completed, skipped, ...rest } = sessionStats();
        assert.deepEqual({ completed: completed - REQUESTS, skipped: skipped - REQUESTS, ...rest }, was);
      });

    it('where nothing was logged', async () => {
      store();
      await check(ids, options(), { lines: 0 });
      assert.deepEqual(told(), ['no-lines']);
    });

    it('where the codec is missing', async () => {
      store({ compression: 'lzma' });
      const copy = mkdtempSync(join(tmpdir(), 'workspace-logs-codec-'));
      cpSync(builtProgram(), copy, { recursive: true });
      rmSync(join(copy, '7zz.wasm'));
      const { openSession: open, flushSessions: flush } = (await import(
        pathToFileURL(join(copy, 'index.js')).href
      )) as typeof Library;
      await check(ids, options(), { open, flush });
      rmSync(copy, { recursive: true });
      assert.deepEqual(told(), ['codec-missing']);
    });

    it('where the session’s id is missing and need not be there: an archive', async () => {
      store({ requireSessionId: false });
      await check({ ...ids, sessionId: undefined }, options());
      assert.deepEqual(told(), []);
      assert.equal(zipsIn(place()).length, REQUESTS);
    });

    it('whatever the ids and the lines are', () => {
      store();
      const throwing = {
        get userId(): never {
          throw new Error('no');
        },
      };
      for (const odd of [undefined, null, 1, throwing]) {
        const log = openSession(odd as unknown as RequestIds, options());
        log.log(odd as never, odd as never, odd as never);
        assert.equal(log.complete(), false);
      }
    });
  });

  it('becomes a warning of the process where nobody listens', async () => {
    const heard: (Error & { code?: string })[] = [];
    const hear = (warning: Error): unknown => heard.push(warning);
    // Node warns of experimental features, and a clean-up of an earlier test may warn, too.
    const ours = (): Error | undefined => heard.find(({ code }) => code === 'session-skipped');
    process.on('warning', hear);
    try {
      openSession(ids, { workspace: folders.root }).complete();
      while (ours() === undefined) await delay(5);
    } finally {
      process.off('warning', hear);
    }
    assert.equal(ours()?.name, 'WorkspaceLogs');
    assert.match(ours()?.message ?? '', /has no policy/);
  });

  const wrong: [what: string, options: unknown, sentence: RegExp][] = [
    ['nothing', undefined, /^openSession needs an object with the option workspace\.$/],
    ['no workspace', {}, /^workspace must be the path of a folder\.$/],
    ['a workspace that no system has', { workspace: '/a\0b' }, /^workspace must be the path of a folder\.$/],
    ['an option that there is not', { workspace: '.', passwort: 'x' }, /no option “passwort”/],
    ['a number for a password', { workspace: '.', password: 1 }, /^password must be a text or bytes\.$/],
    ['one secret', { workspace: '.', knownSecrets: 'sesame' }, /^knownSecrets must be a list of texts\.$/],
    [
      'a text for yes or no',
      { workspace: '.', acceptPolicy: 'yes' },
      /^acceptPolicy must be true or false\.$/,
    ],
    ['a listener that is none', { workspace: '.', onWarning: {} }, /^onWarning must be a function\.$/],
  ];
  for (const [what, given, sentence] of wrong)
    it(`refuses ${what}`, () => {
      assert.throws(() => openSession(ids, given as SessionOptions), {
        name: 'TypeError',
        message: sentence,
      });
    });
});
