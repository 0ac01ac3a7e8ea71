import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type { Sendable } from '../../../src/forward/deliver.ts';
import { openReceiver } from '../../../src/forward/receiver.ts';
import type { Target } from '../../../src/forward/targets.ts';
import { startReceiver, type Receiver } from './receivers.ts';

interface Attribute {
  readonly key: string;
  readonly value: object;
}
interface Message {
  decode(bytes: Uint8Array): unknown;
  encode(value: unknown): { finish(): Uint8Array };
}

/** The official definitions of OTLP, as an earlier version of the library brings them. */
const { opentelemetry } = createRequire(import.meta.url)('otlp-definitions/build/src/generated/root.js') as {
  opentelemetry: { proto: { collector: Record<'logs' | 'trace', { v1: Record<string, Message> }> } };
};
const { logs, trace } = opentelemetry.proto.collector;

const origin = { workspace: 'shop', instance: '0123456789abcdef0123456789abcdef' };
const { signal } = new AbortController();

const entry: Sendable = {
  kind: 'entry',
  uid: 'a'.repeat(32),
  time: 1_700_000_000_123,
  event: {
    timestamp: '2023-11-14T22:13:20.123Z',
    user_hash: 'b'.repeat(64),
    key_id: 'c'.repeat(16),
    method: 'POST',
    route: '/api/items/{id}',
    status: 503,
    duration_ms: 12.5,
    category: 'writes',
  },
};
const usage: Sendable = {
  kind: 'usage',
  uid: 'd'.repeat(32),
  time: 1_700_000_005_000,
  event: {
    timestamp: '2023-11-14T22:13:25.000Z',
    event: 'generation',
    id: 'generation-1',
    user_hash: 'b'.repeat(64),
    key_id: 'c'.repeat(16),
    chat_id: 'chat-1',
    message_id: 'message-1',
    model: 'llama3:8b',
    tokens: { input: 12, output: 34 },
    duration_ms: 2000,
    tags: ['open-webui', 'title_generation'],
    messages: [{ role: 'user', content: '[REDACTED | 30 chars | 6 words | ~7 tokens]' }],
    metadata: { interface: 'open-webui' },
  },
};

function plain(value: object): unknown {
  const [[kind, held]] = Object.entries(value) as [[string, unknown]];
  if (kind === 'arrayValue') return (held as { readonly values: readonly object[] }).values.map(plain);
  return typeof held === 'object' ? (held as { toNumber(): number }).toNumber() : held;
}

function attributes(list: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value }) => [key, plain(value)]));
}

describe('OTLP', () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(() => receiver.close());

  const target = (change: Partial<Target>): Target => ({
    name: 'otel',
    type: 'otlp',
    url: new URL(receiver.url),
    kinds: ['entries'],
    credentials: undefined,
    ca: undefined,
    table: '',
    ...change,
  });

  it('log records have the conventions’ names, a severity and a time, by the official definitions', async () => {
    const credentials = 'Authorization: Bearer abc\nX-Scope-OrgID: shop';
    assert.deepEqual(await openReceiver(target({ credentials }), origin).send([entry], signal), {
      kind: 'taken',
      rejected: 0,
    });
    const [{ url, headers, body }] = receiver.requests as [Receiver['requests'][number]];
    assert.deepEqual([url, headers['content-type']], ['/v1/logs', 'application/x-protobuf']);
    assert.deepEqual([headers.authorization, headers['x-scope-orgid']], ['Bearer abc', 'shop']);
    const request = logs.v1.ExportLogsServiceRequest!.decode(body) as {
      resourceLogs: {
        resource: { attributes: Attribute[] };
        scopeLogs: {
          logRecords: {
            timeUnixNano: { toString(): string };
            severityText: string;
            severityNumber: number;
            attributes: Attribute[];
          }[];
        }[];
      }[];
    };
    const [resourceLogs] = request.resourceLogs;
    assert.deepEqual(attributes(resourceLogs!.resource.attributes), {
      'service.name': 'workspace-logs',
      'service.instance.id': origin.instance,
      'workspace_logs.workspace': 'shop',
    });
    const record = resourceLogs!.scopeLogs[0]!.logRecords[0]!;
    assert.equal(record.timeUnixNano.toString(), '1700000000123000000');
    assert.deepEqual([record.severityText, record.severityNumber], ['ERROR', 17]);
    assert.deepEqual(attributes(record.attributes), {
      'log.record.uid': entry.uid,
      'workspace_logs.kind': 'entry',
      'user.hash': 'b'.repeat(64),
      'workspace_logs.key_id': 'c'.repeat(16),
      'http.request.method': 'POST',
      'http.route': '/api/items/{id}',
      'http.response.status_code': 503,
      'workspace_logs.duration_ms': 12.5,
      'workspace_logs.category': 'writes',
    });
  });

  it('counts what a receiver took only in part, and says why', async () => {
    const said = logs.v1
      .ExportLogsServiceResponse!.encode({
        partialSuccess: { rejectedLogRecords: 2, errorMessage: 'too old' },
      })
      .finish();
    receiver.answer = () => ({ status: 200, body: said });
    assert.deepEqual(await openReceiver(target({}), origin).send([entry, entry, entry], signal), {
      kind: 'taken',
      rejected: 2,
      detail: 'too old',
    });
  });

  it('an answer that is no protobuf is a success all the same', async () => {
    receiver.answer = () => ({ status: 200, body: '{"partialSuccess":{}}' });
    assert.deepEqual(await openReceiver(target({}), origin).send([entry], signal), {
      kind: 'taken',
      rejected: 0,
    });
  });

  it('a usage event is a generation for Langfuse, under ids that stay', async () => {
    const langfuse = target({ type: 'langfuse', credentials: 'pk-1:sk-2' });
    for (let turn = 0; turn < 2; turn += 1) await openReceiver(langfuse, origin).send([usage], signal);
    const spans = receiver.requests.map(({ url, headers, body }) => {
      assert.equal(url, '/api/public/otel/v1/traces');
      assert.equal(headers['x-langfuse-ingestion-version'], '4');
      assert.equal(headers.authorization, `Basic ${Buffer.from('pk-1:sk-2').toString('base64')}`);
      const request = trace.v1.ExportTraceServiceRequest!.decode(body) as {
        resourceSpans: {
          scopeSpans: {
            spans: {
              traceId: Uint8Array;
              spanId: Uint8Array;
              startTimeUnixNano: { toString(): string };
              endTimeUnixNano: { toString(): string };
              attributes: Attribute[];
            }[];
          }[];
        }[];
      };
      return request.resourceSpans[0]!.scopeSpans[0]!.spans[0]!;
    });
    const [one, other] = spans;
    assert.deepEqual([one!.traceId, one!.spanId], [other!.traceId, other!.spanId]);
    assert.deepEqual([one!.traceId.length, one!.spanId.length], [16, 8]);
    assert.equal(one!.startTimeUnixNano.toString(), '1700000003000000000');
    assert.equal(one!.endTimeUnixNano.toString(), '1700000005000000000');
    assert.deepEqual(attributes(one!.attributes), {
      'langfuse.observation.type': 'generation',
      'langfuse.user.id': 'b'.repeat(64),
      'langfuse.session.id': 'chat-1',
      'langfuse.observation.model.name': 'llama3:8b',
      'langfuse.trace.tags': ['open-webui', 'title_generation'],
      'langfuse.observation.usage_details': '{"input":12,"output":34}',
      'langfuse.observation.input': JSON.stringify(usage.event.messages),
      'langfuse.trace.metadata.key_id': 'c'.repeat(16),
      'langfuse.observation.metadata.interface': 'open-webui',
    });
  });
});
