import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inlineContext } from '../../../src/jobs/jobs.ts';
import { recordFirst } from '../../../src/workspace/deeds.ts';
import { anonymise } from '../../../src/privacy/anonymise.ts';
import type { FieldReport } from '../../../src/privacy/leakTally.ts';
import { KEY_VARIABLE, openPrivacyKeys } from '../../../src/workspace/privacyKeys.ts';
import { commandLineHere } from '../commandLineHere.ts';
import { freshFolders } from '../freshFolders.ts';
import { onDisk } from '../onDisk.ts';

describe('the verbs of the privacy model', () => {
  const folders = freshFolders();
  const run = (
    words: readonly string[],
    env: Record<string, string> = {},
  ): ReturnType<typeof commandLineHere> => commandLineHere([...words, '--workspace', folders.root], { env });

  describe('leak-report', () => {
    const marker = `Zed${randomBytes(8).toString('hex')}`;
    const entry = {
      ...{ timestamp: '2026-02-14T18:22:33.120Z', workspace_id: 'test', user: marker, method: 'GET' },
      ...{
        path: `/api/${marker}`,
        status: 200,
        duration_ms: 3,
        ip: '10.0.0.5',
        [`x-${marker}`]: { a: [1, 2] },
      },
    };
    const usage = anonymise(
      {
        timestamp: '2026-02-14T18:22:33.120Z',
        user: { name: marker },
        model: 'm',
        messages: [{ role: 'user', content: [{ text: 'a' }] }],
      },
      { key: randomBytes(32) },
    );
    async function report(): Promise<FieldReport[]> {
      const { code, stdout } = await run(['leak-report', '--json']);
      assert.equal(code, 0);
      return JSON.parse(stdout) as FieldReport[];
    }
    const line = (value: object): string => `${JSON.stringify(value)}\n`;

    it('names every field path with its count, its rule and what becomes of it', async () => {
      folders.policy({});
      folders.put('logs/api.log', line(entry).repeat(2) + line({ ...entry, user: undefined }) + '{"torn');
      folders.put('logs/usage.log', line(usage));
      folders.put('logs/other.log', line({ foreign: 1 }));
      const rows = (await report()).map(({ event, field, count, rule, becomes }) =>
        [event, field, count, rule, becomes].join(' | '),
      );
      assert.deepEqual(rows, [
        'entry | duration_ms | 3 | duration | duration_ms',
        'entry | ip | 3 | network | ',
        'entry | method | 3 | method | method',
        'entry | path | 3 | route | route',
        'entry | status | 3 | status | status',
        'entry | timestamp | 3 | time | timestamp',
        'entry | user | 2 | user | key_id, user_hash',
        'entry | workspace_id | 3 | workspace | workspace_id',
        `entry | x-${marker}.a[] | 6 | unnamed | `,
        'usage | event | 1 | generation | event',
        'usage | key_id | 1 | keyId | key_id',
        'usage | messages[].content[].text | 1 | content | messages[].content',
        'usage | messages[].role | 1 | role | messages[].role',
        'usage | model | 1 | model | model',
        'usage | timestamp | 1 | time | timestamp',
        'usage | user_hash | 1 | hash | user_hash',
      ]);
      const { stderr } = await run(['leak-report', '--json']);
      assert.match(stderr, /1 lines are no JSON objects/);
    });

    it('shows examples on the screen only, and changes nothing', async () => {
      folders.policy({});
      folders.put('logs/api.log', line({ ...entry, [`x-${marker}`]: undefined }));
      const before = [onDisk(folders.root), onDisk(folders.state)];
      const { stdout } = await run(['leak-report']);
      assert.match(stdout, new RegExp(`entry {2}user {2}1 {2}user {2}${marker} → key_id, user_hash: `));
      assert.match(stdout, /entry {2}ip {2}1 {2}network {2}10\.0\.0\.5 → not sent/);
      assert.doesNotMatch(JSON.stringify(await report()), new RegExp(marker));
      assert.deepEqual([onDisk(folders.root), onDisk(folders.state)], before);
    });

    it('reads archives, and the trail in place of audit.log', async () => {
      folders.policy({ rotation: { keepPlain: 1 } });
      folders.put('logs/api.1.log', line(entry));
      folders.put('logs/api.2.log', line({ method: 'GET' }));
      await run(['maintain', '--now', '2026-02-15T00:00:00Z']);
      assert.equal(existsSync(join(folders.logs, 'api.1.log')), false);
      folders.put('logs/audit.log', line({ id: 'copy', only_in_the_copy: 1 }));
      const context = inlineContext(folders.environment);
      await recordFirst(context, folders.root, { action: 'log_deleted', entity: `logs/${marker}.log` });
      const rows = await report();
      assert.ok(rows.some(({ event, field }) => event === 'entry' && field === 'path'));
      assert.ok(!rows.some(({ field }) => field === 'only_in_the_copy'));
      const becomes = new Map(
        rows.filter(({ event }) => event === 'audit').map((row) => [row.field, row.becomes]),
      );
      assert.equal(becomes.get('entity_id'), 'entity_hash');
      assert.equal(becomes.get('action'), 'action');
      assert.equal(becomes.get('audit_metadata.door'), 'audit_metadata.door');
    });

    it('follows the policy', async () => {
      folders.policy({ forwarding: { titlesAndTags: true } });
      folders.put('logs/usage.log', line({ ...usage, title: 'T' }));
      const title = (await report()).find(({ field }) => field === 'title');
      assert.equal(title?.becomes, 'title');
    });

    it('is empty without logs', async () => {
      assert.deepEqual(await report(), []);
    });
  });

  it('rotate-key says both ids, and refuses a key of the environment', async () => {
    const { keyId } = openPrivacyKeys(folders.environment).own();
    const { code, stdout } = await run(['rotate-key', '--json']);
    assert.equal(code, 0);
    const { oldKeyId, newKeyId } = JSON.parse(stdout) as { oldKeyId: string; newKeyId: string };
    assert.deepEqual([oldKeyId, newKeyId], [keyId, openPrivacyKeys(folders.environment).own().keyId]);
    const secret = randomBytes(16).toString('hex');
    const refused = await run(['rotate-key'], { [KEY_VARIABLE]: secret });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, new RegExp(KEY_VARIABLE));
    assert.doesNotMatch(refused.stderr + refused.stdout, new RegExp(secret));
  });

  it('pseudonym prints the hashes of a person under each key, and never a key', async () => {
    const keys = openPrivacyKeys(folders.environment);
    const [own, target] = [keys.own(), keys.ofTarget('langfuse')];
    const { code, stdout } = await run(['pseudonym', ' Alice@Example.com', '--json']);
    assert.equal(code, 0);
    const user = { email: 'alice@example.com' };
    const hashIn = (options: Parameters<typeof anonymise>[1]): object => {
      const { user_hash, key_id } = anonymise({ user }, options);
      return { user_hash, key_id };
    };
    assert.deepEqual(JSON.parse(stdout), [
      { label: 'installation', ...hashIn({ key: own.key }) },
      { label: 'langfuse', ...hashIn({ key: own.key, targetKey: target.key }) },
      { label: 'sha256', ...hashIn({ userHash: 'sha256' }) },
    ]);
    const file = readFileSync(join(folders.state, 'workspace-logs', 'privacy', 'key'), 'utf8').trim();
    assert.equal(stdout.includes(file), false);
    assert.equal((await run(['pseudonym', 'anonymous'])).code, 1);
    assert.equal((await run(['pseudonym'])).code, 2);
  });
});
