import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { defaultMasker } from '../../../src/masking/masker.ts';

const cursor = Buffer.from(JSON.stringify({ id: 12, after: '2026-11-30' })).toString('base64url');

/** What must stay readable. */
const texts: readonly string[] = [
  ...['[', '', '{', "'", '`', '('].map(
    (open) => `${open}hdfs://node-41:9000${{ '[': ']', '{': '}', '(': ')' }[open] ?? open} a`,
  ),
  'from hdfs://node-41:9000;hdfs://node-42:9000| done',
  '"hdfs://node-41:9000\\" a"',
  'Nov 30 01:02:03 a chpasswd[123]: pam_unix(chpasswd:chauthtok): password changed for bob',
  'Nov 30 01:02:03 a passwd[123]: pam_unix(passwd:chauthtok): password changed for bob',
  "Nov 30 01:02:03 a passwd[1]: gkr-pam: couldn't update the login keyring password",
  'Nov 30 01:02:03 a gpasswd: user bob added to group sudo',
  'Nov 30 01:02:03 a sshd[1]: Failed password for invalid user bob from 10.0.0.1 port 22 ssh2',
  '{"required":["password","email"]}',
  '{"fields": ["token", "name", "secret", "id"]}',
  'required: ["password", "email"]',
  '{"secrets":"read","id-token":"write","contents":"read"}',
  'permissions:\n  id-token: write\n  secrets: read',
  '{"credentials":"same-origin"}',
  '{"errors":{"password":["is too short","must contain a digit"],"token":"is invalid"}}',
  '{"errors":{"password":"Password must be at least 8 characters"}}',
  '{"password":"Please enter your password again"}',
  `{"cursor":"${cursor}"}`,
  `/a?after=${cursor}`,
  `{"next_page_token":"${cursor}","continuationToken":"ab12"}`,
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-a1B2c3',
  '{"SecretArn":"arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-a1B2c3"}',
  'grant urn:ietf:params:oauth:token-type:access_token:abc',
  'spark://SchedulerName@10.0.0.1:7077',
  'spark://CoarseGrainedScheduler@10.0.0.1:7077',
  // What SECURITY.md decides.
  'GET /reset/a1B2c3D4e5F6a7B8c9D0 and /invite/a1B2c3D4e5F6a7B8c9D0',
  'order 4111111111111111 of IBAN DE89370400440532013000',
  'abandon ability able about above absent absorb abstract absurd abuse access accident',
  'Renewer:bob@node-41:9000 has no answer',
  'of https://12345678901%40a.example.com@b.example.com/12/',
  'of (_a atURL:https://12345678901%40a.example.com@b.example.com/12/] c',
  'SCSI:01020304:5005-08b4-0001-00c6-0006-3000-003d-0000',
  'skip AppWindowToken{9f4ef63 token=Token{a64f992 ActivityRecord{de9231d u0}}}',
  'Priority: 20, Token: Token { kind: ContainerToken, service: 10.0.0.1:28345 }, ] for a map',
  'Bad activity token: android.os.BinderProxy@2bd79ce',
  'reason = AuthFail:sts:5_rsn:0',
  'handle_will_sleep_auth_and_shield_windows: Reordering 0x7fa823a04400',
  '(Topics: ( "com.example.phone.auth", "com.example.encryption" ))',
  '{"properties":{"password":{"type":"string","minLength":8,"pattern":"^.{8,}$","description":"A new password"}}}',
  `key=${randomBytes(32).toString('hex')}`,
  `key=${randomUUID()}`,
  'key=user-12-session-2026-11-30-of-the-workspace',
  `{"deploy_key_id":1,"ssh":"a","stripe_key":"${'a1'.repeat(3)}${'Zz9'.repeat(12)}"}`,
];

/** What still is a secret beside it: § is made at run time. */
const secrets: readonly string[] = [
  '{"rawHeaders":["Authorization","§"]}',
  '{"required":["password","§"]}',
  '{"password":["§"]}',
  '{"password":["is too short","§"]}',
  '{"password":"§ is required"}',
  '/reset?token=§',
  'card_number=§',
  '{"seed_phrase":"§"}',
  'mnemonic: § b c',
  '{"password":{"type":"string","default":"§"}}',
  '{"password":{"type":"string","description":"§"}}',
  '{"password":{"type":"§"}}',
  'token=Token{§ a}',
  'token: Token { key: "§" }',
  'a secret:§',
  'redis://bob:§@cache:6379',
  'https://§@github.com/a',
  'redis://bob:12345;§@cache',
];

describe('what is no secret', () => {
  for (const text of texts)
    it(`stays readable: ${text.slice(0, 70)}`, () => {
      assert.equal(defaultMasker.text(text), text);
    });
  for (const text of secrets)
    it(`doesn't hide ${text}`, () => {
      const secret = `a1B2${randomBytes(8).toString('hex')}`;
      assert.ok(!defaultMasker.text(text.replace('§', secret)).includes(secret));
    });
});
