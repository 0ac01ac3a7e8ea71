/** A log of usage stays open until its process ends. @alone */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFailure, type FailureData } from '../../../../src/base/failure.ts';
import { inlineApp } from '../../../../src/jobs/jobs.ts';
import { sessionLogs } from '../../../../src/library/sessions.ts';
import type { Failure, UsageEvent, UsageOptions } from '../../../../src/library/index.ts';
import { outputSchema } from '../../../../src/privacy/outputSchema.ts';
import { acceptPrivacy } from '../../../../src/workspace/privacyAcceptance.ts';
import { openPrivacyKeys } from '../../../../src/workspace/privacyKeys.ts';
import { requirePolicy, stateOf } from '../../../../src/workspace/workspace.ts';
import { freshFolders } from '../../freshFolders.ts';

describe('recordUsage', function () {
  this.timeout(60_000);
  const folders = freshFolders();
  const { environment } = folders;
  const logs = sessionLogs(environment);
  let warnings: Failure[] = [];
  beforeEach(() => {
    warnings = [];
  });

  /** Switches usage events on, as a person of this machine. */
  function switchOn(forwarding: object = {}, others: object = {}): void {
    folders.policy({ forwarding: { usage: true, ...forwarding }, ...others });
    acceptPrivacy(
      requirePolicy(folders.root),
      stateOf(folders.root, requirePolicy(folders.root), { environment }),
    );
  }
  const options = (more: Partial<UsageOptions> = {}): UsageOptions => {
    const own = warnings;
    return { workspace: folders.root, onWarning: (failure) => own.push(failure), ...more };
  };
  const event = (more: Partial<UsageEvent> = {}): UsageEvent => ({
    ...{ user: { email: 'alice@example.com', name: 'Alice' }, chatId: 'c-1', messageId: 'm-1', model: 'm' },
    ...{ tokens: { input: 5, output: 7 }, durationMs: 12, tags: ['open-webui', 'law'], title: 'T' },
    messages: [{ role: 'user', content: 'What is the capital of France?' }],
    ...more,
  });
  const path = (): string => join(folders.logs, 'usage.log');
  const lines = (): Record<string, unknown>[] =>
    readFileSync(path(), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const reasons = (): FailureData['usage-not-written']['why'][] =>
    warnings.map((failure) =>
      isFailure(failure, 'usage-not-written') ? failure.data.why : assert.fail(failure),
    );

  it('appends what the model leaves of an event, with time and id, and nothing else to the disk', async () => {
    switchOn();
    const name = `Alice ${randomBytes(6).toString('hex')}`;
    assert.equal(logs.recordUsage(event({ user: { name } }), options()), true);
    assert.equal(logs.recordUsage(event(), options()), true);
    await logs.flush();
    const [first, second] = lines();
    outputSchema('usage').parse(first);
    assert.match(String(first?.id), /^[0-9a-f-]{36}$/);
    assert.match(readFileSync(path(), 'utf8'), /^\{"timestamp":"[^"]+Z","event":"generation",/);
    assert.deepEqual(second?.messages, [
      { role: 'user', content: '[REDACTED | 30 chars | 6 words | ~7 tokens]' },
    ]);
    assert.deepEqual(
      [second.tags, second.title, second.tokens],
      [['open-webui'], undefined, { input: 5, output: 7 }],
    );
    assert.equal(second.key_id, openPrivacyKeys(environment).own().keyId);
    assert.doesNotMatch(readFileSync(path(), 'utf8'), /Alice|alice|law|France/);
    assert.deepEqual(warnings, []);
  });

  it('writes nothing while the policy does not say so', async () => {
    folders.policy({});
    assert.equal(logs.recordUsage(event(), options()), false);
    await logs.flush();
    assert.equal(existsSync(path()), false);
    assert.equal(existsSync(join(folders.state, 'workspace-logs', 'privacy')), false);
    assert.deepEqual(warnings, []);
  });

  it('waits for the acceptance of a policy from elsewhere, unless the deployment owns it', async () => {
    folders.policy({ forwarding: { usage: true, redactContent: false } });
    assert.equal(logs.recordUsage(event(), options()), false);
    assert.equal(logs.recordUsage(event(), options()), false);
    await new Promise(setImmediate);
    assert.deepEqual(reasons(), ['unaccepted']);
    assert.equal(existsSync(path()), false);
    assert.equal(logs.recordUsage(event(), options({ acceptPolicy: true })), true);
    await inlineApp(environment).run('acceptPolicy', { root: folders.root });
    assert.equal(logs.recordUsage(event(), options()), true);
    await logs.flush();
    assert.equal(lines().length, 2);
  });

  for (const content of ['GET /usage 200\n', '{"timestamp":"2026-01-01T00:00:00Z","event":"request"}\n'])
    it(`leaves another program’s usage.log alone: ${content.trim()}`, async () => {
      switchOn();
      folders.put('logs/usage.log', content);
      logs.recordUsage(event(), options());
      await logs.flush();
      await new Promise(setImmediate);
      assert.equal(readFileSync(path(), 'utf8'), content);
      assert.deepEqual(reasons(), ['foreign']);
    });

  it('goes on where its own log is, also an empty one that a full disk left', async () => {
    switchOn();
    folders.put('logs/usage.log', '');
    logs.recordUsage(event({ id: 'e-1' }), options());
    await logs.flush();
    logs.recordUsage(event({ id: 'e-2' }), options());
    await logs.flush();
    assert.deepEqual(
      lines().map(({ id }) => id),
      ['e-1', 'e-2'],
    );
  });

  it('takes user, chat and message from the session', async () => {
    switchOn();
    const ids = { userId: 'alice@example.com', sessionId: 's', chatId: 'c-9', messageId: 'm-9' };
    const session = logs.open(ids, options());
    assert.equal(session.usage({ model: 'm', tokens: { input: 1, output: 2 }, durationMs: 3 }), true);
    logs.recordUsage(event({ chatId: 'c-9' }), options());
    await logs.flush();
    const [first, second] = lines();
    assert.deepEqual([first?.chat_id, first?.message_id, first?.model], ['c-9', 'm-9', 'm']);
    assert.equal(first?.user_hash, second?.user_hash);
  });

  it('uses the new key right after it was rotated', async () => {
    switchOn();
    logs.recordUsage(event(), options());
    const rotated = openPrivacyKeys(environment).rotate();
    logs.recordUsage(event(), options());
    await logs.flush();
    assert.deepEqual(
      lines().map(({ key_id }) => key_id),
      [rotated.oldKeyId, rotated.newKeyId],
    );
    assert.notEqual(lines()[0]?.user_hash, lines()[1]?.user_hash);
  });

  it('writes no event without a key', async () => {
    switchOn();
    openPrivacyKeys(environment).own();
    writeFileSync(join(folders.state, 'workspace-logs', 'privacy', 'key'), 'no key');
    assert.equal(logs.recordUsage(event(), options()), false);
    await new Promise(setImmediate);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['privacy-key-unusable'],
    );
    assert.equal(existsSync(path()), false);
  });

  it('leaves the messages out of an event that is longer than one append', async () => {
    switchOn({ redactContent: false });
    logs.recordUsage(event({ messages: [{ role: 'user', content: 'x'.repeat(1_100_000) }] }), options());
    await logs.flush();
    assert.equal(lines()[0]?.messages, undefined);
    assert.equal(lines()[0]?.model, 'm');
  });

  it('bounds what waits, and says so once', async () => {
    switchOn({ redactContent: false });
    const big = event({ messages: [{ role: 'user', content: 'x'.repeat(900_000) }] });
    const taken = Array.from({ length: 12 }, () => logs.recordUsage(big, options())).filter(Boolean).length;
    await logs.flush();
    assert.equal(taken, 9);
    assert.equal(lines().length, 9);
    assert.deepEqual(reasons(), ['queue-full']);
    assert.equal(logs.recordUsage(event(), options()), true);
    await logs.flush();
    assert.equal(lines().length, 10);
  });

  it('fails at no event, whatever it is', async () => {
    switchOn();
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const throwing = new Proxy({}, { get: () => assert.fail(), ownKeys: () => assert.fail() });
    for (const odd of [undefined, null, 7, [], cycle, throwing])
      logs.recordUsage(odd as UsageEvent, options());
    const session = logs.open({ userId: 'u', chatId: 'c', messageId: 'm' }, options());
    session.usage(throwing as UsageEvent);
    await logs.flush();
    for (const line of lines()) outputSchema('usage').parse(line);
    assert.equal(lines().length, 7);
  });

  it('comes back after the log or its folder was deleted', async () => {
    switchOn();
    for (const gone of ['logs/usage.log', 'logs']) {
      logs.recordUsage(event(), options());
      await logs.flush();
      assert.ok(statSync(path()).size > 0);
      rmSync(join(folders.root, gone), { recursive: true });
    }
    logs.recordUsage(event(), options());
    await logs.flush();
    assert.equal(lines().length, 1);
  });

  it('refuses unknown and wrong options, without their values', () => {
    for (const wrong of [
      { password: 'x1y2' },
      { allow: 'x1y2' },
      { allow: { names: ['x1y2'] } },
      { knownSecrets: 'x1y2' },
    ])
      assert.throws(
        () => logs.recordUsage(event(), { ...options(), ...(wrong as object) }),
        (error: unknown) => error instanceof TypeError && !error.message.includes('x1y2'),
      );
  });
});
