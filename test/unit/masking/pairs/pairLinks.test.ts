import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { defaultMasker } from '../../../../src/masking/masker.ts';

const M = '********';
const P = `x${randomBytes(5).toString('hex')}7`;

/** What may stand between a key and its value: § stands for a password made at run time. */
const rows: readonly string[] = [
  'os.environ["DB_PASSWORD"] = "§"',
  `os.environ['DB_PASSWORD'] = '§'`,
  'process.env["DB_PASSWORD"] ||= "§"',
  'req.Header.Set("X-Api-Key", "§")',
  `setProperty('db.password','§')`,
  `define( 'DB_PASSWORD', '§' );`,
  'os.getenv("DB_PASSWORD", "§")',
  'client.setPassword("§")',
  '.withPassword("§")',
  `password('§')`,
  'password.equals("§")',
  '$password .= "§"',
  'password &&= "§"',
  'password <- "§"',
  'password -> §',
  '"password" -> "§"',
  'env:\n- name: DB_PASSWORD\n  value: §\n- name: A\n  value: b',
  'env:\r\n  - name: "DB_PASSWORD"\r\n    value: "§"\r\n',
  '- value: §\n  name: DB_PASSWORD',
  'data:\n  a.conf: §\n  b: §\nkind: Secret\nmetadata:\n  name: a',
  'kind: Secret\ntype: Opaque\nstringData:\n  user: §',
  'password:\n  §',
  'a:\n  passwords:\n    §\n  b: c',
  '<add value="§" key="DbPassword"/>',
  `<add a="b" value='§' c="d" name='DbPassword' />`,
  '&lt;password&gt;§&lt;/password&gt;',
  'a "b" &lt;add key=&quot;DbPassword&quot; value=&quot;§&quot;/&gt; "c"',
  '&lt;add value=&quot;§&quot; key=&quot;DbPassword&quot;/&gt;',
  '&#34;password&#34;:&#34;§&#34;',
  '&#x22;password&#x22;: &#x22;§&#x22;, &#x22;a&#x22;: 1',
  '&amp;lt;password&amp;gt;§&amp;lt;/password&amp;gt;',
  'curl -u bob:§ https://a.example.com/c',
  `curl -u 'bob:§' https://a.example.com/c`,
  'curl -ubob:§ https://a.example.com/c',
  'curl --user bob:§ https://a.example.com/c',
  'curl --proxy-user=bob:§ https://a.example.com/c',
  'mysql -p§ -u bob',
  `mysqldump -u root -p'a §' db`,
  'sshpass -p § ssh a@b',
  'docker login -u bob -p § a.example.com',
  'redis-cli -h db -a § ping',
  'ldapsearch -D cn=a -w § -b dc=b',
  'unzip -P § a.zip',
  'the password is §',
  'Your new password was: § (change it)',
  'password is §. It expires',
  'bob:§@db.example.com/x',
  'cannot reach (bob:§@db.example.com:5432/x)',
  'via bob:§@10.0.0.1 now',
  'machine a.example.com login bob password § account c',
  'password | §',
  '| bob | token | § | c |',
  'a auth token |§\nb |',
  'set password §',
  "SET PASSWORD FOR 'bob'@'%' = PASSWORD('§')",
  'set password for bob = "§"',
  'enable password 7 §',
  'username bob privilege 15 password 0 §',
  'enable secret §',
  'sw1(config)# enable secret level 15 0 §',
  'enable algorithm-type scrypt secret §',
  'username bob privilege 15 secret §',
  'username bob algorithm-type sha256 secret 0 §',
  "okta token - '§'",
  'if ("§" == password) {',
  "if ('§' !== secret) {",
  'const password =\n  "§";',
  'curl -u ":§" https://a.example.com/c',
  'curl -u "§:" https://a.example.com/c',
  `curl --user bob:'§' https://a.example.com/c`,
  'curl --user "{b0b}":"§" https://a.example.com/c',
  'apiVersion: v1\ndata:\n\ta: §\nkind: secret',
  'BUNDLE_GEMS__CONTRIBSYS__COM=§',
  'X-JFrog-Art-Api: §',
];

/** What only looks like one of them. */
const kept: readonly string[] = [
  'the password is required',
  'the token is valid for 3600 seconds',
  'the token is 64 characters long',
  'this class is password2',
  'user:bob.smith@example.com',
  'mailto:bob1@example.com/x',
  'from:bob22@mail.example.com to:ann',
  'see pkg:npm/foo@1.2.3 and docker.io/a:b@sha256:ab12',
  'docker run -u 1000:1000 a',
  'docker run -p 8080:80 a',
  'mkdir -p abc1 && cp -a b2 c3',
  'kind: ConfigMap\ndata:\n  a: b1234',
  '- name: LOG_LEVEL\n  value: debug1',
  '<add value="x1" key="Theme"/>',
  '&lt;user&gt;bob1&lt;/user&gt; &amp; &quot;a&quot;',
  'Error: bad token:\n    at Object.parse (/a/b.js:1:2)',
  'password:\n  min: 8\n  max: 64',
  'hasAny("password", "email")',
  'getPassword("Database password 1")',
  'user->password->check1()',
  'a "b", "c1"',
  'login with password twice',
  'echo password | base64 -d',
  'cat token | sha256sum',
  'the secret || the token2',
  'set password for user2',
  'enable secret scanning for all 12 repositories',
  'a secret user2 keeps',
  'set password again',
  "bad token - 'a1b2'",
  "a token - 'some other words'",
  'if ("a b" == count1) {',
  'LeaseRenewer:bob@node-1:9000',
  'docker run -u :1000 a',
];

describe('what stands between key and value', () => {
  for (const input of rows)
    it(`may be as in ${input}`, () => {
      const output = input.replace("'a §'", `'${M}'`).replaceAll('§', M);
      assert.equal(defaultMasker.text(input.replaceAll('§', P)), output);
    });
  for (const input of kept)
    it(`isn't anything as in ${input}`, () => {
      assert.equal(defaultMasker.text(input), input);
    });
  it('masks the data of a Secret in JSON', () => {
    const secret = { apiVersion: 'v1', data: { a: P, b: P }, kind: 'Secret', metadata: { name: 'c' } };
    const masked = { apiVersion: 'v1', data: M, kind: 'Secret', metadata: { name: 'c' } };
    assert.equal(defaultMasker.json(secret), JSON.stringify(masked));
  });
});
