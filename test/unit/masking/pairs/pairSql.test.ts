import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { defaultMasker } from '../../../../src/masking/masker.ts';

const M = '********';
const P = Buffer.from(randomBytes(12).map((byte) => 97 + (byte % 26))).toString();

describe('a secret in SQL', () => {
  /** § stands for a password made at run time. */
  const rows: readonly string[] = [
    `INSERT INTO users (name, password) VALUES ('bob', '§')`,
    `insert into "users" ("password", "name") values ('§', 'it''s bob'), ('§', NULL)`,
    `INSERT INTO a (id, \`api_key\`, b)\n VALUES (12, N'§', now()) RETURNING id`,
    `INSERT INTO a (id, [token]) VALUES (12, "§"),\n(13, "§");`,
    `INSERT INTO a (id, token) VALUES (12, '§`,
    `IDENTIFIED WITH caching_sha2_password BY '§'`,
    `IDENTIFIED WITH mysql_native_password AS '§' REQUIRE NONE`,
  ];
  for (const input of rows)
    it(`is masked in ${input}`, () => {
      assert.equal(defaultMasker.text(input.replaceAll('§', P)), input.replaceAll('§', M));
      const json = JSON.stringify({ statement: input.replaceAll('§', P) });
      assert.equal(defaultMasker.json(JSON.parse(json)), json.replaceAll(P, M));
    });
  const kept: readonly string[] = [
    `INSERT INTO users (name, max_tokens) VALUES ('bob', 12)`,
    `INSERT INTO users (name, email) VALUES ('bob', 'b@example.com')`,
    `the values ('a', 'b') of (password) are wrong`,
    `INSERT INTO a (password) VALUES ($1)`,
    `INSERT INTO a SELECT password FROM b`,
  ];
  for (const input of kept)
    it(`isn't seen in ${input}`, () => {
      assert.equal(defaultMasker.text(input), input);
    });
});
