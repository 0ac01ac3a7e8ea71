import assert from 'node:assert/strict';
import { defaultMasker } from '../../../src/masking/masker.ts';

const M = '********';
/** Characters that are random and yet the same in every run; no secret stands in this file. */
const some = (length: number, alphabet = 'aB3dE6gH9jK2mN5pQ8'): string =>
  Array.from({ length }, (_, at) => alphabet[(at * at + 7 * at + 3) % alphabet.length]!).join('');

/** A case that one scanner alone catches: with that scanner removed it must fail. */
const alone: [scanner: string, input: string, output: string][] = [
  ['scanJwt', `x eyJ${some(20)}.${some(30)}.${some(40)} y`, `x ${M} y`],
  ['scanPem', `a\n-----BEGIN PRIVATE KEY-----\n${some(64)}\n-----END PRIVATE KEY-----\nb`, `a\n${M}\nb`],
  [
    'scanVault',
    `$ANSIBLE_VAULT;1.1;AES256\n${some(80, '0a1b2c')}\n${some(40, '0a1b2c')}\nafter`,
    `${M}\nafter`,
  ],
  ['scanToken', `clone with ghp_${some(36)} now`, `clone with ${M} now`],
  ['scanBotToken', `bot 123456789:${some(35)} ok`, `bot ${M} ok`],
  ['scanAsana', `asana 1/1234567890123456:${some(32)} ok`, `asana ${M} ok`],
  ['scanAsana', `asana 2/1234567890123456/1234567890123457:${some(32)}`, `asana ${M}`],
  ['scanScheme', `sent Bearer ${some(24)} twice`, `sent Bearer ${M} twice`],
  ['scanDigest', `sent Digest username="bob", response="${some(8)}"\nb`, `sent Digest ${M}\nb`],
  ['scanUrl', `at redis://bob:${some(9)}@cache:6379/0`, `at redis://bob:${M}@cache:6379/0`],
  ['scanEquals', `/a?token=${some(9)}&b=1`, `/a?token=${M}&b=1`],
  ['scanColon', `X-Api-Key: ${some(9)} ${some(4)}\nHost: a`, `X-Api-Key: ${M}\nHost: a`],
  ['scanPercent', `/a?b=%7B%22pin%22%3A%22${some(9)}%22%7D&c=1`, `/a?b=%7B%22pin%22%3A%22${M}%22%7D&c=1`],
  ['scanXml', `<a><password>${some(9)} b</password></a>`, `<a><password>${M}</password></a>`],
  ['scanNamed', `form-data; name="pin"\r\n\r\n${some(9)}\r\n--b`, `form-data; name="pin"\r\n\r\n${M}\r\n--b`],
  ['scanFlag', `login --password ${some(9)} --user bob`, `login --password ${M} --user bob`],
  ['scanQuotedWord', `alter user bob with password '${some(9)} b'`, `alter user bob with password '${M}'`],
  ['scanJson', `{"name":"password","value":"${some(9)} b"}`, `{"name":"password","value":"${M}"}`],
];

describe('each scanner', () => {
  for (const [scanner, input, output] of alone)
    it(`${scanner} masks what no other does`, () => {
      assert.equal(defaultMasker.text(input), output);
    });
});

/** An assigned value that begins with a scheme goes on to the end of the credential. */
const assigned: [what: string, input: string, output: string][] = [
  ['an assigned Bearer', 'a authorization=Bearer hunter b', `a authorization=${M} b`],
  ['an assigned Bearer after other names', 'a token=bearer hunter, b', `a token=${M}, b`],
  ['an assigned Basic', 'a proxy_authorization=Basic a2V5 b', `a proxy_authorization=${M} b`],
  ['an assigned Token', 'a auth=Token hunter b', `a auth=${M} b`],
  ['an assigned Token with a pair', 'a auth=Token token="x y", nonce="z"\nb', `a auth=${M}\nb`],
  ['an assigned ApiKey', 'a X-Api-Key=ApiKey hunter b', `a X-Api-Key=${M} b`],
  ['an assigned Negotiate', 'a access_token=Negotiate YII= b', `a access_token=${M} b`],
  ['an assigned Digest', 'a Authorization=Digest u="b", response="c"\nd', `a Authorization=${M}\nd`],
  ['an assigned Hawk', 'a authorization=Hawk id="b", mac="c"\nd', `a authorization=${M}\nd`],
  [
    'an assigned AWS4',
    'a authorization=AWS4-HMAC-SHA256 Credential=b, Signature=c\nd',
    `a authorization=${M}\nd`,
  ],
  ['a scheme and another pair', 'a auth=basic user=bob', `a auth=${M} user=bob`],
];

/** Queries and forms with blanks that are not encoded. */
const queries: [what: string, input: string, output: string][] = [
  [
    'blanks in a form',
    'username=ada&password=correct horse&remember=1',
    `username=ada&password=${M}&remember=1`,
  ],
  ['blanks in the first pair of a form', 'password=correct horse&b=1', `password=${M}&b=1`],
  ['blanks in a form within text', 'sent password=correct horse&b=1', `sent password=${M}&b=1`],
  ['blanks in a query', '/a?password=correct horse', `/a?password=${M}`],
  ['blanks in a pair that is all', 'password=correct horse', `password=${M}`],
  ['blanks in a form in JSON', '{"body":"password=correct horse&b=1"}', `{"body":"password=${M}&b=1"}`],
  ['prose in a pair that is all', 'password=a b c', `password=${M}`],
  ['prose in a form', 'a=b&password=is the same&c=d', `a=b&password=${M}&c=d`],
  ['a query in a request line', 'GET /a?token=x y HTTP/1.1', `GET /a?token=${M} HTTP/1.1`],
  ['a query that a pair follows', 'url=/a?token=x status=200', `url=/a?token=${M} status=200`],
  ['a query that an address follows', '/a?token=x http://b/c', `/a?token=${M} http://b/c`],
  ['a query in quotes', 'got "/a?token=x y" twice', `got "/a?token=${M}" twice`],
  ['lines of a form', 'password=x y\nb', `password=${M}\nb`],
  ['a word and no form', 'a password=x && b', `a password=${M} && b`],
];

/** Marks and notations of vendors, countries and older tools. */
const further: [what: string, input: string, output: string][] = [
  ['an input', '<input value="x y" name="password"><b>c</b>', `<input value="${M}" name="password"><b>c</b>`],
  [
    'an input for a password',
    '<input type="password" id=a value=\'x "y\'>',
    `<input type="password" id=a value='${M}'>`,
  ],
  [
    'a hidden input',
    '<INPUT type=hidden name=csrf_token value=x>',
    `<INPUT type=hidden name=csrf_token value=${M}>`,
  ],
  ['an input that is cut', '<input type="password" value="x y', `<input type="password" value="${M}`],
  ['no other input', '<input name="city" value="x">', '<input name="city" value="x">'],
  ['a named element', '<string name="password">x y</string>', `<string name="password">${M}</string>`],
  [
    'entities',
    '{&quot;password&quot;: &quot;x y&quot;,&quot;b&quot;:1}',
    `{&quot;password&quot;: &quot;${M}&quot;,&quot;b&quot;:1}`,
  ],
  ['entities that are cut', '&quot;password&quot;:&quot;x y', `&quot;password&quot;:&quot;${M}`],
  ['no other entities', '&quot;city&quot;:&quot;x y&quot;', '&quot;city&quot;:&quot;x y&quot;'],
  [
    'a private RSA key',
    '{"kty":"RSA","n":"a","d":"b","dp":"c","qi":"e"}',
    `{"kty":"RSA","n":"a","d":"${M}","dp":"${M}","qi":"${M}"}`,
  ],
  [
    'a symmetric key',
    '{"keys":[{"kty":"oct","k":"b"}],"k":"c"}',
    `{"keys":[{"kty":"oct","k":"${M}"}],"k":"c"}`,
  ],
  ['no members without a kind of key', '{"d":"b","k":"c"}', '{"d":"b","k":"c"}'],
  [
    'a webhook of Slack',
    `to https://hooks.slack.com/services/T0/B0/${some(8)} x`,
    `to https://hooks.slack.com/services/${M} x`,
  ],
  [
    'a webhook of Discord',
    `to https://discord.com/api/webhooks/12/${some(8)} x`,
    `to https://discord.com/api/webhooks/12/${M} x`,
  ],
  ['a token before x-oauth-basic', 'https://abc:x-oauth-basic@github.com', `https://${M}:${M}@github.com`],
  ['a token before a password', `https://${some(20)}:x@github.com`, `https://${M}:${M}@github.com`],
  ['PASETO', `a v2.local.${some(24)} b`, `a ${M} b`],
  ['signed PASETO', `a v4.public.${some(24)}.${some(8)} b`, `a ${M} b`],
  ['a ticket of CAS', `/a?ticket=ST-1-${some(20)}-cas&b=1`, `/a?ticket=${M}&b=1`],
  ['a flag with one hyphen', 'keytool -password hunter -v', `keytool -password ${M} -v`],
  ['a flag of PowerShell', 'a -Password hunter', `a -Password ${M}`],
  ['a verifier', 'a code_verifier=x b', `a code_verifier=${M} b`],
  [
    'an assertion',
    'a=b&client_assertion=x&client_assertion_type=y',
    `a=b&client_assertion=${M}&client_assertion_type=y`,
  ],
  ['SAML', 'SAMLResponse=PHM&RelayState=a', `SAMLResponse=${M}&RelayState=a`],
  ['Spanish', 'a contraseña=x b', `a contraseña=${M} b`],
  ['French', 'a mot_de_passe=x b', `a mot_de_passe=${M} b`],
  ['Russian', '{"пароль":"x"}', `{"пароль":"${M}"}`],
  ['a new password', 'a newpass=x b', `a newpass=${M} b`],
  ['a full-width colon', 'a password：x', `a password：${M}`],
  ['a full-width equals sign', 'a password＝x b', `a password＝${M} b`],
  ['a full-width colon in JSON', '{"a":"password：x"}', `{"a":"password：${M}"}`],
  ['a no-break space before a colon', 'a password\u00a0: x', `a password\u00a0: ${M}`],
  ['a no-break space before a value', 'a password=\u00a0x b', `a password=\u00a0${M} b`],
];

describe('text', () => {
  const rows: [what: string, input: string, output: string][] = [
    ['two words in quotes', 'a "password": "two words" b', `a "password": "${M}" b`],
    ['an escaped quote', String.raw`a "password": "x\" y" b`, `a "password": "${M}" b`],
    ['a backslash at the end', String.raw`a "password": "x\\" b`, `a "password": "${M}" b`],
    [
      'quotes one level deep',
      String.raw`a {\"password\":\"x\\\" y\",\"b\":1}`,
      String.raw`a {\"password\":\"${M}\",\"b\":1}`,
    ],
    [
      'quotes two levels deep',
      String.raw`a {\\\"pin\\\":\\\"x\\\\\\\" y\\\",\\\"b\\\":1}`,
      String.raw`a {\\\"pin\\\":\\\"${M}\\\",\\\"b\\\":1}`,
    ],
    ['a string that stays open', 'a "password": "x y', `a "password": "${M}`],
    ['an escaped key', String.raw`{"pass\u0077ord":"x"}`, String.raw`{"pass\u0077ord":"${M}"}`],
    ['a number', 'a "pin": 1234, "b": 2', `a "pin": ${M}, "b": 2`],
    ['an object', `a secret: { b: 'c', d: ['e'] }, f: 1`, `a secret: ${M}`],
    ['SQL', `identified by 'it''s' now`, `identified by '${M}' now`],
    ['a cookie header', 'Cookie: a=b; c=d\nHost: x', `Cookie: ${M}\nHost: x`],
    ['a percent-encoded key', '/a?pass%77ord=x&b=1', `/a?pass%77ord=${M}&b=1`],
    ['a matrix parameter', '/a;token=x;b=1/c', `/a;token=${M};b=1/c`],
    ['a connection string', 'Server=a;Password=b c;Database=d', `Server=a;Password=${M};Database=d`],
    ['one that starts so', 'Password=b c;Server=a', `Password=${M};Server=a`],
    ['a slash in a password', 'pg://u:a/b@host/c', `pg://u:${M}@host/c`],
    ['a token for a user', `https://${some(20)}@github.com/a`, `https://${M}@github.com/a`],
    ['a URL that is cut', 'postgres://bob:hunter', `postgres://bob:${M}`],
    ['Basic', `Basic ${btoa('bob:x1')} b`, `Basic ${M} b`],
    ['a PEM that is cut', `-----BEGIN RSA PRIVATE KEY-----\n${some(64)}`, M],
    ['a PEM without its beginning', `${some(64)}\n-----END PRIVATE KEY-----`, M],
    ['a JWT that is cut', `a eyJ${some(5)}`, `a ${M}`],
    ['CDATA', '<token><![CDATA[a<b]]></token>', `<token><![CDATA[${M}]]></token>`],
    ['a property list', '<key>Password</key><string>x</string>', `<key>Password</key><string>${M}</string>`],
    ['an attribute', '<user password="x y" b="c"/>', `<user password="${M}" b="c"/>`],
    ['a name and a value', '<add name="ApiKey" value="x y"/>', `<add name="ApiKey" value="${M}"/>`],
    ['a block of YAML', 'a:\n  token: |\n    b\n    c\n  d: e', `a:\n  token: ${M}\n  d: e`],
    ['Ruby', ':password=>"x y", :b=>1', `:password=>"${M}", :b=>1`],
    ['two words for a key', 'the api key: x y', `the api key: ${M}`],
    ['JSON within text', 'got {"a":{"token":"x y"}} back', `got {"a":{"token":"${M}"}} back`],
    ['text behind JSON', '{"a":1} password=x', `{"a":1} password=${M}`],
    ['what only looks like JSON', '[info] {a} password=x', `[info] {a} password=${M}`],
    [
      'a string that begins in the wrong place',
      `say "[" and then password="x y" b`,
      `say "[" and then password="${M}" b`,
    ],
    ['an environment', 'PGPASSWORD=x psql', `PGPASSWORD=${M} psql`],
    ['an inspected object', `{ password: 'it\\'s', user: 'bob' }`, `{ password: '${M}', user: 'bob' }`],
    ['a hash of a password', `hash $2b$10$${some(53)} ok`, `hash ${M} ok`],
  ];
  for (const [what, input, output] of [...rows, ...assigned, ...queries, ...further])
    it(`masks ${what}`, () => {
      assert.equal(defaultMasker.text(input), output);
    });

  const kept = [
    'password is incorrect',
    'token expired',
    'invalid token: expected number',
    'password: must be at least 8 characters',
    'Unexpected token "}" in JSON',
    'the secret of a good log',
    'auth: listening on 3000',
    'max_tokens: 100, tokens: 20',
    'Unexpected token: punc (;)',
    'cost_per_token: 0.1',
    'a PWD=/home/ada b',
    'pincode=560001',
    '{"cursor":"eyJpZCI6MTIzfQ=="}',
    '/a?next=eyJpZCI6MTIzfQ&limit=10',
    '{"password":null,"token":"","secret":true,"tokens":12}',
    '2026-11-22T06:23:43.120Z [info] 10.0.0.1:8080 GET /api/v1.2.3/x?page=2',
    'integrity sha512-abcDEF0123456789abcDEF0123456789abcDEF0123456789==',
    'tokens.example.com:443',
    'git@github.com:a/b.git',
    'https://example.com/a?email=a@b.com',
    '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----',
    'Token::new(a)',
    'Bearer authentication, Basic auth',
    '',
  ];
  for (const text of kept)
    it(`leaves '${text.slice(0, 40)}' as it is`, () => {
      assert.equal(defaultMasker.text(text), text);
    });

  it('masks a full-width colon in a literal', () => {
    assert.equal(defaultMasker.literal('password：x'), `"password：${M}"`);
  });

  it('masks a token behind what only begins like a JSON web token', () => {
    const token = `ghp_${some(36)}`;
    assert.equal(defaultMasker.text(`eyJ${some(9)}-${token} b`), `eyJ${some(9)}-${M} b`);
  });

  it('masks nothing twice', () => {
    for (const [, , output] of alone) assert.equal(defaultMasker.text(output), output);
  });
});
