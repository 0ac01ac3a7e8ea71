import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { MASK } from '../../../src/masking/masker.ts';
import { anonymise, anonymiser } from '../../../src/privacy/anonymise.ts';
import { summaryOf } from '../../../src/privacy/content.ts';
import { idOfKey } from '../../../src/privacy/pseudonyms.ts';
import type { AnonymiseOptions } from '../../../src/privacy/privacyTypes.ts';
import { outputSchema } from '../../../src/privacy/outputSchema.ts';
import { isRedactedContent } from '../../../src/privacy/rules.ts';
import { EVENT_KINDS, isPersonalVariable } from '../../../src/privacy/table.ts';
import { seed } from '../../chance.ts';

interface Vectors {
  readonly redact_text: readonly { in: string; out: string; js_utf16_length: number }[];
  readonly hash_user_id: readonly { in: string; out: string }[];
  readonly pii_variable: readonly { key: string; removed: boolean }[];
}

const vectors = JSON.parse(readFileSync('test/fixtures/vectors/redaction.json', 'utf8')) as Vectors;
const key = randomBytes(32);

/** What is sent of one message with this content. */
function contentSent(content: unknown, options: AnonymiseOptions = { key }): unknown {
  const { messages } = anonymise({ messages: [{ role: 'user', content }] }, options);
  return (messages as { content: unknown }[])[0]?.content;
}

function hashSent(user: unknown, options: AnonymiseOptions = { key }): unknown {
  return anonymise({ user, model: 'm' }, options).user_hash;
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    Object.values(value).forEach(deepFrozen);
  }
  return value;
}

describe('anonymise', () => {
  describe('the vectors', () => {
    for (const [at, vector] of vectors.redact_text.entries())
      it(`summarise text ${String(at)} in code points`, () => {
        assert.equal(vector.in.length, vector.js_utf16_length);
        assert.equal(contentSent(vector.in), vector.out);
      });
    for (const vector of vectors.hash_user_id)
      it(`hash “${vector.in}” in the compatible mode`, () => {
        const sent = anonymise({ user: { email: vector.in } }, { userHash: 'sha256' });
        assert.deepEqual([sent.user_hash, sent.key_id], [vector.out, 'sha256']);
      });
    for (const { key: name, removed } of vectors.pii_variable)
      it(`${removed ? 'remove' : 'keep'} the variable ${name}`, () => {
        assert.equal(isPersonalVariable(name), removed);
      });
  });

  describe('identity', () => {
    it('is an HMAC of the normalised address, with the role and the id of the key', () => {
      const sent = anonymise({ user: { email: ' Alice@Example.com', name: 'Alice' } }, { key });
      const expected = createHmac('sha256', key).update('user\0alice@example.com').digest('hex');
      assert.deepEqual([sent.user_hash, sent.key_id], [expected, idOfKey(key)]);
      assert.match(idOfKey(key), /^[0-9a-f]{16}$/);
      assert.notEqual(idOfKey(randomBytes(32)), idOfKey(key));
    });

    const same: [what: string, one: unknown, other: unknown][] = [
      ['case and white space', { email: 'Alice@Example.com' }, { email: 'alice@example.com ' }],
      [
        'composed and decomposed letters',
        { email: 'b\u00e4r@example.com' },
        { email: 'BA\u0308R@example.com' },
      ],
      ['a text and an address', 'alice@example.com', { email: 'alice@example.com' }],
      ['a name where there is no address', { name: 'Alice' }, { email: '  ', name: 'alice' }],
      ['an address, whatever the name', { email: 'a@b.c', name: 'A' }, { email: 'a@b.c', name: 'B' }],
    ];
    for (const [what, one, other] of same)
      it(`is one for ${what}`, () => {
        assert.match(String(hashSent(one)), /^[0-9a-f]{64}$/);
        assert.equal(hashSent(one), hashSent(other));
      });

    const none: unknown[] = [
      undefined,
      null,
      '',
      ' ',
      'anonymous',
      'Anonymous',
      MASK,
      {},
      [],
      7,
      { name: 7 },
    ];
    for (const user of [...none, { email: '' }, { email: { a: 1 } }])
      it(`is absent for ${JSON.stringify(user)}`, () => {
        const sent = anonymise({ user, model: 'm' }, { key });
        assert.deepEqual([sent.user_hash, sent.key_id], [undefined, undefined]);
      });

    it('is absent without an address in the compatible mode', () => {
      assert.equal(hashSent({ name: 'Alice' }, { userHash: 'sha256' }), undefined);
    });

    it('is one in an entry, a record and a usage event', () => {
      const email = 'alice@example.com';
      const events = [
        anonymise({ user: email, method: 'GET', path: '/', status: 200 }, { key }),
        anonymise({ user_id: email, action: 'login', entity_type: 'user', entity_id: email }, { key }),
        anonymise({ user: { email } }, { key }),
      ];
      const [first, ...others] = events.map(({ user_hash }) => user_hash);
      assert.deepEqual(others, [first, first]);
      assert.equal(events[1]?.entity_hash, first);
    });

    it('has another hash for each target with a key of its own, the same for a stored event', () => {
      const user = { email: 'alice@example.com' };
      const [one, other] = [randomBytes(16), randomBytes(16)];
      const stored = anonymise({ user, chatId: 'c' }, { key, chatIds: 'hashed' });
      const sentTo = (targetKey: Uint8Array, event: object): unknown[] => {
        const sent = anonymise(event, { key, targetKey, chatIds: 'hashed' });
        return [sent.user_hash, sent.key_id, sent.chat_id];
      };
      assert.deepEqual(sentTo(one, { user, chatId: 'c' }), sentTo(one, stored));
      assert.equal(sentTo(one, stored)[1], idOfKey(one));
      const all = [stored.user_hash, sentTo(one, stored)[0], sentTo(other, stored)[0]];
      assert.equal(new Set(all).size, 3);
    });

    it('does not take a hash from an event that is not stored', () => {
      const event = { user_hash: 'a'.repeat(64), key_id: 'a'.repeat(16), model: 'm' };
      assert.deepEqual(anonymise(event, { key }), { event: 'generation', model: 'm' });
    });

    it('needs a key of 16 bytes, and does not tell it', () => {
      for (const bad of [undefined, 'short-key', new Uint8Array(15)])
        assert.throws(
          () => anonymise({}, { key: bad }),
          (error: unknown) => error instanceof TypeError && !error.message.includes('short-key'),
        );
    });

    it('hashes the ids of chats and messages on request, and ids that look like a text in any case', () => {
      const event = { chatId: 'chat-1', messageId: 'message-1' };
      assert.deepEqual(anonymise(event, { key }), {
        event: 'generation',
        chat_id: 'chat-1',
        message_id: 'message-1',
      });
      const hashed = anonymise(event, { key, chatIds: 'hashed' });
      assert.match(String(hashed.chat_id), /^[0-9a-f]{64}$/);
      assert.notEqual(hashed.chat_id, anonymise({ chatId: 'chat-2' }, { key, chatIds: 'hashed' }).chat_id);
      assert.match(String(anonymise({ chatId: 'alice@example.com' }, { key }).chat_id), /^[0-9a-f]{64}$/);
      assert.equal(anonymise({ chatId: 'a b' }, { userHash: 'sha256' }).chat_id, undefined);
    });
  });

  describe('content', () => {
    const text = '[REDACTED | 5 chars | 1 words | ~1 tokens]';
    const image = '[REDACTED image]';
    const rows: [what: string, content: unknown, sent: unknown][] = [
      ['null', null, null],
      ['a number', 12345, text],
      ['an object', { a: 1 }, '[REDACTED | 7 chars | 1 words | ~1 tokens]'],
      [
        'a text and an image without types',
        [{ text: 'Hello' }, { image_url: { url: 'data:image/png;base64,AAAA', detail: 'x' } }],
        [{ text }, { image_url: { url: image } }],
      ],
      [
        'parts with types',
        [
          { type: 'text', text: 'Hello', extra: 'Hello' },
          { type: 'image_url', image_url: { url: 'https://example.com/a' } },
          { type: 'input_image', image_url: 'data:a' },
          { type: 'image', source: { data: 'AAAA' } },
        ],
        [
          { type: 'text', text },
          { type: 'image_url', image_url: { url: image } },
          { type: 'input_image', image_url: image },
          { type: 'image', source: image },
        ],
      ],
      [
        'parts that no rule names',
        [{ type: 'file', file: 'a' }, { type: 'text' }, null, 7, ['Hello'], 'Hello', {}],
        [...new Array<string>(5).fill('[REDACTED part]'), text, '[REDACTED part]'],
      ],
    ];
    for (const [what, content, sent] of rows)
      it(`of ${what}`, () => {
        assert.deepEqual(contentSent(content), sent);
      });

    it('keeps a summary, so that a stored event can be handled again', () => {
      for (const { out } of vectors.redact_text) assert.equal(contentSent(out), out);
      assert.equal(contentSent(`${text} or so`), '[REDACTED | 48 chars | 12 words | ~12 tokens]');
    });

    it('has rounded sizes on request', () => {
      const figures = [1, 10, 11, 21, 99, 500, 501].map((length) => summaryOf('x'.repeat(length), 'buckets'));
      assert.deepEqual(
        figures.map((summary) => /(\d+) chars/.exec(summary)?.[1]),
        ['10', '10', '20', '50', '100', '500', '1000'],
      );
      assert.equal(summaryOf(text, 'buckets'), '[REDACTED | 10 chars | 10 words | ~2 tokens]');
    });

    it('is sent, masked, only where the model says so; images are not', () => {
      const options = { key, redactContent: false };
      const password = `s${randomBytes(9).toString('hex')}`;
      assert.equal(contentSent(`Hello password=${password}`, options), `Hello password=${MASK}`);
      assert.deepEqual(contentSent([{ image_url: 'data:image/png;base64,AAAA' }], options), [
        { image_url: image },
      ]);
    });

    it('keeps roles, functions’ names and the structure of calls, and summarises their arguments', () => {
      const call = { id: 'call_1', type: 'function', function: { name: 'find', arguments: '{"q":"x"}' } };
      const messages = [
        { role: 'assistant', name: 'Alice', content: null, tool_calls: [call], reasoning: 'Alice' },
        { role: 'tool', name: 'find', tool_call_id: 'call_1', content: 'Hello' },
        { role: 'Alice', name: 'find', content: 'Hello' },
        'Hello',
      ];
      assert.deepEqual(anonymise({ messages }, { key }).messages, [
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              ...call,
              function: { name: 'find', arguments: '[REDACTED | 9 chars | 1 words | ~2 tokens]' },
            },
          ],
        },
        { role: 'tool', name: 'find', tool_call_id: 'call_1', content: text },
        { role: 'other', content: text },
        {},
      ]);
    });
  });

  describe('titles, tags and words', () => {
    const event = { title: 'Alice’s divorce', tags: ['open-webui', 'law', 'title_generation'] };

    it('sends operational tags alone', () => {
      assert.deepEqual(anonymise(event, { key }), {
        event: 'generation',
        tags: ['open-webui', 'title_generation'],
      });
    });

    it('sends the others and the title, masked, only where the model says so', () => {
      const options = { key, titlesAndTags: true };
      assert.deepEqual(anonymise(event, options), {
        event: 'generation',
        tags: event.tags,
        title: event.title,
      });
      const { title } = anonymise({ title: 'https://a:bcdefgh@example.com/' }, options);
      assert.doesNotMatch(String(title), /bcdefgh/);
    });

    it('sends `other` for a word that is not on its list', () => {
      const allow = { models: ['m-1'], tools: ['find'], tags: ['law'] };
      const options = { key, titlesAndTags: true, allow };
      const message = (name: string): object => ({ role: 'tool', name, content: null });
      const sent = anonymise(
        { model: 'acme-model', tags: ['law', 'acme'], messages: [message('acme'), message('find')] },
        options,
      );
      assert.deepEqual(sent, {
        event: 'generation',
        model: 'other',
        tags: ['law', 'other'],
        messages: [message('other'), message('find')],
      });
      assert.equal(anonymise({ model: 'm-1' }, options).model, 'm-1');
    });

    it('sends `other` for a model that looks like an address or a text', () => {
      for (const model of ['alice@example.com', 'a\nb', 'x'.repeat(200), MASK])
        assert.equal(anonymise({ model }, { key }).model, 'other');
      for (const model of ['gpt-4o', '@cf/meta/llama-3.1-8b', 'claude-3@20240620', 'llama3:8b'])
        assert.equal(anonymise({ model }, { key }).model, model);
    });
  });

  describe('metadata', () => {
    const metadata = {
      interface: 'open-webui',
      model_id: 'm-1',
      user_id: 'u',
      chat_id: 'c',
      description: 'text',
      variables: {
        '{{CURRENT_DATE}}': '2026-01-02',
        '{{USER_NAME}}': 'Alice',
        '{{CURRENT_TIMEZONE}}': 'Europe/Berlin',
        description: 'text',
      },
    };
    const named = { interface: 'open-webui', model_id: 'm-1' };
    const variables = { '{{CURRENT_DATE}}': '2026-01-02' };

    it('sends what the table names', () => {
      assert.deepEqual(anonymise({ metadata }, { key }).metadata, { ...named, variables });
      assert.deepEqual(
        anonymise({ metadata: { interface: 'Alice', variables: { '{{CURRENT_DATE}}': 'Alice' } } }, { key }),
        {
          event: 'generation',
          metadata: { interface: 'other' },
        },
      );
    });

    it('may lack what an operator adds', () => {
      outputSchema('usage', ['added']).parse(anonymise({ metadata }, { key, allow: ['added'] }));
    });

    it('sends what an operator adds, but never what names a person', () => {
      const allow = ['description', 'user_id', 'User_ID', '__proto__', 'toString'];
      assert.deepEqual(anonymise({ metadata }, { key, allow }).metadata, {
        ...named,
        description: 'text',
        variables: { ...variables, description: 'text' },
      });
    });
  });

  describe('entries and records', () => {
    it('send an entry without address, query, ids, bodies and further fields', () => {
      const entry = {
        ...{ timestamp: '2026-02-14T18:22:33.120Z', workspace_id: 'abc123', user: 'alice', method: 'post' },
        ...{ path: '/api/workspaces/abc123/files/alice?q=x', status: 200, duration_ms: 42.5, ip: '10.0.0.5' },
        ...{ request_id: 'r', category: 'writes', request_object: { a: 1 }, note_of_ours: 'x' },
        user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/128.0.0.0 Safari/537.36',
      };
      const { user_hash, key_id, ...sent } = anonymise(entry, { key });
      assert.deepEqual(sent, {
        ...{ timestamp: '2026-02-14T18:22:33.120Z', workspace_id: 'abc123', method: 'POST' },
        ...{ route: '/api/workspaces/{id}/files/{id}', status: 200, agent_name: 'Chrome' },
        ...{ agent_version: '128', duration_ms: 42.5, category: 'writes' },
      });
      assert.ok(user_hash !== undefined && key_id !== undefined);
      assert.equal(anonymise(entry, { key, address: 'network' }).network, '10.0.0.0/24');
    });

    it('send a record with the names of known changes and without values', () => {
      const record = {
        ...{
          id: 'r-1',
          user_id: 'alice',
          action: 'policy_changed',
          entity_type: 'policy',
          entity_id: 'a.json',
        },
        ...{ description: 'Alice did it', created_at: 1_770_000_000, audit_metadata: { door: 'cli', a: 1 } },
        changes: { 'retention.hold': { old: false, new: true }, alice: { old: 1, new: 2 } },
      };
      const { user_hash, key_id, entity_hash, ...sent } = anonymise(record, { key });
      assert.deepEqual(sent, {
        ...{
          id: 'r-1',
          timestamp: '2026-02-02T02:40:00.000Z',
          action: 'policy_changed',
          entity_type: 'policy',
        },
        ...{ changed: ['other', 'retention.hold'], audit_metadata: { door: 'cli' } },
      });
      assert.equal(
        [user_hash, key_id, entity_hash].every((hash) => typeof hash === 'string'),
        true,
      );
    });

    it('send a line of Open WebUI’s audit.log', () => {
      const line = {
        ...{
          id: '3f0c',
          timestamp: 1_770_000_000,
          user: { id: 'u', email: 'a@b.c', role: 'user', name: 'A' },
        },
        ...{ audit_level: 'REQUEST', verb: 'PUT', request_uri: 'http://host/api/v1/users/u1?x=1' },
        ...{
          response_status_code: null,
          source_ip: '10.0.0.5',
          user_agent: 'curl/8.5.0',
          request_object: '{}',
        },
      };
      const { user_hash, key_id, ...sent } = anonymise(line, { key });
      assert.deepEqual(sent, {
        ...{ id: '3f0c', timestamp: '2026-02-02T02:40:00.000Z', method: 'PUT', route: '/api/v1/users/{id}' },
        ...{ agent_name: 'curl', agent_version: '8' },
      });
      assert.equal(user_hash, hashSent({ email: 'a@b.c' }));
      assert.equal(key_id, idOfKey(key));
    });

    it('send a checkpoint as it is, and nothing that only resembles one', () => {
      const root = randomBytes(32).toString('base64');
      const signature = randomBytes(68).toString('base64');
      const note = `workspace-logs/0123456789abcdef\n7\n${root}\n\n— workspace-logs/0123456789abcdef ${signature}\n`;
      assert.deepEqual(anonymise({ note }, { key }), { checkpoint: note });
      assert.deepEqual(anonymise({ note: `${note}Alice\n` }, { key }), {});
    });
  });

  it('sends a usage event as the usage log holds it, and the same of what the log holds', () => {
    const event = deepFrozen({
      ...{ id: 'e-1', timestamp: '2026-02-14T18:22:33.120Z', chatId: 'c-1', messageId: 'm-1', model: 'm' },
      ...{ user: { email: 'alice@example.com' }, tokens: { input: 5, output: 7 }, durationMs: 12 },
      ...{ tags: ['open-webui'], title: 'T', messages: [{ role: 'user', content: 'Hello' }] },
      metadata: { interface: 'open-webui', name: 'Alice' },
    });
    for (const options of [{ key }, { key, chatIds: 'hashed' }] as const) {
      const sent = anonymise(event, options);
      assert.deepEqual(Object.keys(sent), [
        ...['timestamp', 'event', 'id', 'user_hash', 'key_id', 'chat_id', 'message_id', 'model', 'tokens'],
        ...['duration_ms', 'tags', 'messages', 'metadata'],
      ]);
      assert.deepEqual(sent.tokens, event.tokens);
      assert.deepEqual(anonymise(JSON.parse(JSON.stringify(sent)), options), sent);
    }
  });

  it('masks first', () => {
    const secret = `hunter${randomBytes(8).toString('hex')}`;
    const event = { metadata: { password: secret }, title: `it is ${secret}`, model: secret };
    const sent = JSON.stringify(anonymise(event, { key, titlesAndTags: true }));
    assert.equal(sent.includes(secret), false);
    assert.match(sent, /it is \*+/);
  });

  describe('whatever the event is', () => {
    const cycle: Record<string, unknown> = { model: 'm', messages: [] };
    (cycle.messages as unknown[]).push({ role: 'user', content: cycle });
    const deep = JSON.parse('{"content":'.repeat(1000) + '1' + '}'.repeat(1000)) as unknown;
    const throwing = Object.defineProperty({ model: 'm' }, 'user', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    const proxy = new Proxy({}, { ownKeys: () => assert.fail('no'), get: () => assert.fail('no') });
    const rows: [what: string, event: unknown, isSent: (sent: object) => boolean][] = [
      ['a cycle', cycle, (sent) => 'messages' in sent],
      ['a depth of 1,000', { messages: [{ content: deep }] }, (sent) => 'messages' in sent],
      ['a getter that throws', throwing, (sent) => 'model' in sent],
      ['a proxy that throws', proxy, () => true],
      [
        'lone surrogates',
        { model: '\ud800', user: '\udc00', title: 'a\ud800' },
        (sent) => 'user_hash' in sent,
      ],
      ['a text of 1 MB', { title: 'x'.repeat(1 << 20), chatId: 'y '.repeat(1 << 19) }, () => true],
      [
        '__proto__ keys',
        JSON.parse('{"__proto__":{"model":"m"},"metadata":{"__proto__":{"a":1}}}'),
        () => true,
      ],
      ['no object', 7, () => true],
      ['undefined', undefined, () => true],
      ['a list', [{ model: 'm' }], (sent) => !('model' in sent)],
    ];
    for (const [what, event, isSent] of rows)
      it(`stays in its schema: ${what}`, () => {
        for (const kind of EVENT_KINDS) {
          const sent = anonymise(event, { key, titlesAndTags: true, allow: ['a'] }, kind);
          outputSchema(kind, ['a']).parse(sent);
          JSON.stringify(sent);
        }
        assert.ok(isSent(anonymise(event, { key }, 'usage')));
        assert.equal(Object.hasOwn(Object.prototype, 'model'), false);
      });

    const names = ['timestamp', 'created_at', 'user', 'email', 'name', 'method', 'path', 'status', 'ip']
      .concat('user_agent', 'duration_ms', 'category', 'id', 'seq', 'user_id', 'action', 'entity_type')
      .concat('entity_id', 'changes', 'audit_metadata', 'door', 'note', 'event', 'user_hash', 'key_id')
      .concat('chat_id', 'chatId', 'model', 'tokens', 'input', 'output', 'tags', 'title', 'messages', 'role')
      .concat('content', 'text', 'image_url', 'type', 'tool_calls', 'function', 'arguments', 'metadata')
      .concat('variables', '{{CURRENT_DATE}}', 'interface', '__proto__', 'added');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6, depthSize: 'small' },
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          '2026-01-02T03:04:05Z',
          '/api/users/x',
          'tool',
          'generation',
          '::1',
          '1.2.3.4',
          'user',
        ),
        fc.oneof(fc.double(), fc.integer(), fc.constant(null), fc.boolean()),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.array(fc.tuple(fc.constantFrom(...names), tie('tree')), { maxLength: 12 }).map(Object.fromEntries),
      ),
    }));
    it('stays in its schema: random JSON made of the table’s names', () => {
      const options: AnonymiseOptions[] = [
        { key },
        { key, titlesAndTags: true, redactContent: false, address: 'network', allow: ['added'] },
        { userHash: 'sha256', summaries: 'buckets', chatIds: 'hashed' },
      ];
      const ways = options.map((each) => anonymiser(each));
      fc.assert(
        fc.property(tree, (event) => {
          const before = JSON.stringify(event);
          for (const way of ways)
            for (const kind of EVENT_KINDS) {
              const sent = way(event, kind);
              outputSchema(kind, ['added']).parse(sent);
              assert.deepEqual(way(event, kind), sent);
              const messages = (sent.messages ?? []) as { content?: unknown }[];
              const isOpen = messages.some(({ content }) => !isRedactedContent(content ?? null));
              assert.ok(!isOpen || way === ways[1]);
            }
          assert.equal(JSON.stringify(event), before);
        }),
        { seed, numRuns: 300 },
      );
    });
  });
});
