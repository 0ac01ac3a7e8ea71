import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { defaultMasker } from '../../../../src/masking/masker.ts';

const M = '********';
const P = randomBytes(6).toString('hex');

/** Where a value ends: in the input, § stands for a password made at run time. */
const rows: [what: string, input: string, output: string][] = [
  ['an ampersand in a line of .env', `A=1\nDB_PASSWORD=ab&§\nB=2`, `A=1\nDB_PASSWORD=${M}\nB=2`],
  ['a semicolon in a line of .env', `A=1\nDB_PASSWORD=ab;§\nB=2`, `A=1\nDB_PASSWORD=${M}\nB=2`],
  ['two words in a line of .env', `A=1\nDB_PASSWORD=two §\nB=2`, `A=1\nDB_PASSWORD=${M}\nB=2`],
  ['a quote in a line of .env', `A=1\nDB_PASSWORD=a" §\nB=2`, `A=1\nDB_PASSWORD=${M}\nB=2`],
  ['an ampersand in the only line', 'DB_PASSWORD=ab&§', `DB_PASSWORD=${M}`],
  ['a semicolon in the only line', 'DB_PASSWORD=ab;§', `DB_PASSWORD=${M}`],
  ['two words in the only line', 'DB_PASSWORD=two §', `DB_PASSWORD=${M}`],
  ['two words in the only line in JSON', '{"a":"DB_PASSWORD=two §"}', `{"a":"DB_PASSWORD=${M}"}`],
  ['two words in INI', '[db]\n  password = two §\nuser = a', `[db]\n  password = ${M}\nuser = a`],
  ['an ampersand in INI', '[db]\r\npassword = a & §\r\nuser = a', `[db]\r\npassword = ${M}\r\nuser = a`],
  ['two words after set of cmd.exe', 'set DB_PASSWORD=two §', `set DB_PASSWORD=${M}`],
  ['properties', 'db.user=a\ndb.password=a;b §\nx=y', `db.user=a\ndb.password=${M}\nx=y`],
  ['a blank and base64', 'DB_PASSWORD=two §==\nA=1', `DB_PASSWORD=${M}\nA=1`],
  ['an ampersand within text', 'with password=ab&§ twice', `with password=${M} twice`],
  ['a semicolon within text', 'with password=ab;§ twice', `with password=${M} twice`],
  [
    'an ampersand in a list of pairs',
    'Server=a;Password=b&§;Database=c',
    `Server=a;Password=${M};Database=c`,
  ],
  ['one that starts a list of pairs', 'Password=b&§;Server=a', `Password=${M};Server=a`],
  ['base64 that starts a list of pairs', 'AccountKey=§==;Server=a', `AccountKey=${M};Server=a`],
  ['a semicolon in a query', '/a?token=b;§&c=d', `/a?token=${M}&c=d`],
  ['a command after it', 'PGPASSWORD=§ psql -h db', `PGPASSWORD=${M} psql -h db`],
  ['a path after it', 'MYSQL_PWD=§ ./run.sh', `MYSQL_PWD=${M} ./run.sh`],
  ['logfmt', 'token=§ level=info msg="a b"', `token=${M} level=info msg="a b"`],
  ['a form without other marks', 'a password=§&b=1 c', `a password=${M}&b=1 c`],
  ['many blanks before the sign', `password${' '.repeat(30)}= "§" b`, `password${' '.repeat(30)}= "${M}" b`],
  ['tabs before the sign', `a password\t\t\t\t\t\t:= '§' b`, `a password\t\t\t\t\t\t:= '${M}' b`],
  ['many blanks before a colon', `API key${' '.repeat(9)}: §`, `API key${' '.repeat(9)}: ${M}`],
  [
    'many blanks in JSON in text',
    `x "password"${' '.repeat(9)}: "§" b`,
    `x "password"${' '.repeat(9)}: "${M}" b`,
  ],
  ['an arrow', `'password'${' '.repeat(12)}=> '§',`, `'password'${' '.repeat(12)}=> '${M}',`],
];

describe('the end of a value', () => {
  for (const [what, input, output] of rows)
    it(`is found with ${what}`, () => {
      assert.equal(defaultMasker.text(input.replaceAll('§', P)), output);
    });
});
