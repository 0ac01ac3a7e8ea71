import assert from 'node:assert/strict';
import { readAuditEnvironment, withAuditEnvironment } from '../../../src/policy/auditEnvironment.ts';
import { defaultPolicy } from '../../../src/policy/policy.ts';

describe('readAuditEnvironment', () => {
  const LEVEL = 'AUDIT_LOG_LEVEL';
  const PATH = 'AUDIT_LOGS_FILE_PATH';
  const SIZE = 'AUDIT_LOG_FILE_ROTATION_SIZE';

  const read: [name: string, text: string, wanted: object][] = [
    [LEVEL, '', {}],
    [PATH, ' ', {}],
    [SIZE, ' ', {}],
    [LEVEL, 'METADATA', { level: 'METADATA' }],
    [LEVEL, ' request_response ', { level: 'REQUEST_RESPONSE' }],
    [LEVEL, 'none', { level: 'NONE' }],
    [PATH, '/var/log/audit.log', { path: '/var/log/audit.log' }],
    [SIZE, '1', { fileBytes: 1 }],
    [SIZE, '10MB', { fileBytes: 10_000_000 }],
    [SIZE, '10 mb', { fileBytes: 10_000_000 }],
    [SIZE, '1.5KB', { fileBytes: 1500 }],
    [SIZE, '512 B', { fileBytes: 512 }],
    [SIZE, '2gb', { fileBytes: 2_000_000_000 }],
    [SIZE, '10737418240', { fileBytes: 10_737_418_240 }],
  ];
  for (const [name, text, wanted] of read)
    it(`${name}=${text}`, () => {
      assert.deepEqual(readAuditEnvironment({ [name]: text, PATH: '/bin' }), wanted);
    });

  const refused: [name: string, text: string, expected: string][] = [
    [LEVEL, 'all', 'NONE | METADATA | REQUEST | REQUEST_RESPONSE'],
    ...['0', '-1', '10XB', 'MB', '1e6', '10 M', '10737418241', '11GB', '10MBs'].map(
      (text) => [SIZE, text, '1–10737418240 | 10MB'] as [string, string, string],
    ),
  ];
  for (const [name, text, expected] of refused)
    it(`refuses ${name}=${text}, and names what may stand there`, () => {
      assert.throws(() => readAuditEnvironment({ [name]: text }), {
        code: 'environment-invalid',
        data: { name, expected },
      });
    });

  it('overrides the policy, and a path switches the file on', () => {
    const { audit } = withAuditEnvironment(defaultPolicy, {
      level: 'REQUEST',
      path: 'x.log',
      fileBytes: 1_572_864,
    });
    assert.deepEqual(audit, { ...defaultPolicy.audit, level: 'REQUEST', file: true, fileMB: 1.5 });
    assert.deepEqual(withAuditEnvironment(defaultPolicy), defaultPolicy);
  });
});
