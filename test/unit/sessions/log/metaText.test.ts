import assert from 'node:assert/strict';
import { createMasker, MASK } from '../../../../src/masking/masker.ts';
import { parseSessionMeta } from '../../../../src/archive/sessionMeta.ts';
import { digestOf, metaText } from '../../../../src/sessions/log/metaText.ts';
import type { RequestIds } from '../../../../src/sessions/log/sessionLog.ts';

const masker = createMasker({ extraKeys: ['colour'] });
const digests = { 'logs.txt': digestOf(Buffer.from('a'), 'lzma') };

function meta(ids: Partial<RequestIds> = {}, droppedLines = 0): string {
  const all = { userId: 'u', chatId: 'chat/../42 ä', messageId: 'm', ...ids };
  const log = { ids: all, chunks: [], droppedLines, completedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6) };
  return metaText({ log, format: 'text', digests, masker });
}

describe('metaText', () => {
  it('tells of the session and of the other files', () => {
    assert.equal(
      meta({ sessionId: 's', requestId: 'r' }, 7),
      `{
  "created_at": "2026-01-02T03:04:05.006000+00:00",
  "ids": {
    "user_id": "u",
    "session_id": "s",
    "chat_id": "chat/../42 ä",
    "message_id": "m"
  },
  "request_id": "r",
  "log_format": "text",
  "dropped_lines": 7,
  "member_digests": {
    "logs.txt": {
      "sha256": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
      "bytes": 1,
      "method": "lzma"
    }
  }
}`,
    );
  });

  it('is read by our reader; what is not given is null', () => {
    const parsed = parseSessionMeta(meta());
    assert.deepEqual(parsed?.ids, { user_id: 'u', chat_id: 'chat/../42 ä', message_id: 'm' });
    assert.deepEqual(parsed.digests, digests);
    assert.equal(parsed.value.request_id, null);
    assert.ok(!('dropped_lines' in parsed.value));
  });

  it('is masked by the one masker, and never too long to be read', () => {
    const text = meta({
      userId: 'colour=secret-thing',
      sessionId: `Bearer ${'ab12'.repeat(8)}`,
      messageId: 'x'.repeat(2e6),
    });
    assert.ok(text.includes(MASK));
    assert.doesNotMatch(text, /secret-thing|ab12/);
    assert.ok(text.length < 10_000);
  });
});
