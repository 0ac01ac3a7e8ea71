import assert from 'node:assert/strict';
import { defaultMasker } from '../../../src/masking/masker.ts';
import { size } from '../../chance.ts';

/** Texts that make a careless scanner read the same characters repeatedly: one row or more for each. */
const hostile: [scanner: string, unit: string][] = [
  ['scanJwt', 'eyJ'],
  ['scanJwt', 'eyJabcdefgh.'],
  ['scanJwt', 'eyJabcdefgh '],
  ['scanPem', '-----BEGIN '],
  ['scanPem', '-----END PRIVATE KEY-----'],
  ['scanVault', '$ANSIBLE_VAULT'],
  ['scanVault', '$ANSIBLE_VAULT;1.1\nab '],
  ['scanToken', 'ghp_'],
  ['scanToken', 'sk-'],
  ['scanBotToken', '12345678:'],
  ['scanScheme', 'Bearer '],
  ['scanDigest', 'digest a='],
  ['scanUrl', '://'],
  ['scanUrl', 'a://b:c/'],
  ['scanEquals', '='],
  ['scanEquals', 'password='],
  ['scanEquals', 'a;password=b c'],
  ['scanColon', '"a":'],
  ['scanColon', 'password: is '],
  ['scanColon', 'password: |\n  a\n'],
  ['scanColon', '"password\\":'],
  ['scanPercent', '%25'],
  ['scanPercent', '&a=%22'],
  ['scanPercent', '=%'],
  ['scanPercent', 'a=%'],
  ['scanPercent', '%ff'],
  ['scanXml', '<a>'],
  ['scanXml', '<password>'],
  ['scanXml', '<key>password</key>'],
  ['scanNamed', 'name="password"'],
  ['scanInput', '<input a=" b='],
  ['scanInput', '<input value="'],
  ['verdictOfEntities', '&quot;password&quot;:'],
  ['endOfQueryValue', 'password=a b&c'],
  ['behindScheme', 'password=Bearer '],
  ['scanFlag', '--password "'],
  ['scanQuotedWord', "password '"],
  ['scanJson', '['],
  ['scanJson', '["'],
  ['scanJson', '{"a":'],
  ['scanJson', '{"value":{'],
  ['scanJson', '{"password":'],
  ['scanJson', '["{\\"a\\":'],
  ['maskJsonString', '\\'],
  ['verdictBefore', '＝'],
  ['verdictBefore', 'é：'],
  ['verdictBefore', `${' '.repeat(40)}=`],
  ['scanNamed', '=key'],
  ['scanNamed', '＝key'],
  ['endOfEscape', ':['],
  ['startOfColours', '\x1b[0m='],
  ['startOfEscape', '\\u003dsk-'],
  ['repeatsOf', 'password=abcdefgh&x=abcdefgh '],
  ['hasCommand', 'mysql -x -p'],
  ['stringEnd', 'https://a.b/c '],
  ['startOfRun', 'aaaaQ~'],
  ['scanJwt', 'ZXlK'],
  ['endOfSetting', 'PASSWORD=a b\n'],
  ['scanLongValue', 'A_KEY=a1'],
  ['isNamedByLine', 'value: a\n'],
  ['isNamedInTag', '<add value="'],
  ['maskBelow', 'password:\n  '],
  ['maskSecretData', 'kind: Secret\ndata:\n'],
  ['scanEntity', '&lt;'],
  ['scanArgument', `password','`],
  ['scanShortFlag', ' -p1'],
  ['scanSpoken', 'password is '],
  ['scanLogin', 'login a password '],
  ['scanUserAndHost', 'a:b@c:1 '],
  ['scanArrow', 'password -> '],
  ['scanCell', 'password | '],
  ['scanCompared', '"a b" == password '],
  ['scanLogin', 'set password for a '],
  ['scanLogin', 'enable secret '],
  ['maskKeyed', 'a1key='],
  ['maskLoginKey', ' -u abcdefgh1'],
  ['scanToken', '1|'],
  ['isSchema', '{"password":{"type":"string"},'],
  ['printedObject', 'token=Token{a'],
  ['endOfValue', 'password=\n'],
  ['every scanner', 'eyJghp_-----BEGIN ://%25<a>password='],
];

/**
 * The least of three, of the processor: what a busy machine gives to others doesn't count. Where one is below `enough`,
 * so is the least.
 */
function milliseconds(work: () => unknown, enough = 0): number {
  let least = Infinity;
  for (let time = 0; time < 3 && least >= enough; time += 1) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

const LENGTH = size(1 << 18, 1 << 20);
/** What an interruption may add to the time. */
const ALLOWED_MS = size(10, 40);

describe('hostile text', function () {
  this.timeout(120_000);
  for (const [scanner, unit] of hostile)
    it(`of ${JSON.stringify(unit)} takes ${scanner} a time that grows with its length`, () => {
      const timeOf = (length: number, enough?: number): number => {
        const text = unit.repeat(Math.ceil(length / unit.length));
        return Math.max(
          milliseconds(() => defaultMasker.text(text), enough),
          milliseconds(() => defaultMasker.json({ a: text }), enough),
        );
      };
      const short = timeOf(LENGTH / 8);
      // Eight times the length: eight times the time if linear, 64 times if not.
      const most = 32 * short + ALLOWED_MS;
      const long = timeOf(LENGTH, most);
      assert.ok(long < most, `${String(short)} ms, then ${String(long)} ms`);
    });
});
