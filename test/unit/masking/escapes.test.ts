import assert from 'node:assert/strict';
import { defaultMasker } from '../../../src/masking/masker.ts';
import { isEscapeEnd } from '../../../src/masking/escapes.ts';
import { seededRandom } from './secretPlacements.ts';

const M = '********';
const random = seededRandom(152);
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const some = (length: number): string =>
  Array.from({ length }, () => letters[Math.floor(random() * letters.length)]!).join('');

/** Marks in parts, so that no scanner takes this file for a leak. */
const [GITHUB, AMAZON, TWILIO] = [['gh', 'p_'].join(''), ['AK', 'IA'].join(''), ['S', 'K'].join('')];

/** What may be written directly before a word. */
const befores: readonly string[] = [
  ...[
    '\n',
    '\t',
    '\\n',
    '\\\\n',
    '\\r',
    '\\t',
    '\\u003d',
    '\\u0022',
    '\\x3d',
    '\\033[1m',
    '%3D',
    '%20',
    '&quot;',
  ],
  ...[
    '\x1b[32m',
    '\x1b[1;31m',
    '\x1b[0m',
    '\x1b[38;5;12m',
    '\\x1b[32m',
    '\\u001b[32m',
    '\\e[0;32m',
    '^[[32m',
  ],
  ...['[32m', '\x9b32m', '\x1b[K', '密码', 'é'],
];
const tokens: readonly [what: string, make: () => string][] = [
  ['a scheme', () => `Bearer ${some(36)}`],
  ['a token of GitHub', () => GITHUB + some(35) + '7'],
  ['a token of Amazon', () => AMAZON + some(16).toUpperCase()],
  ['a token of Twilio', () => TWILIO + '0123456789abcdef'.repeat(2)],
];

describe('a letter that belongs to an escape or a colour', () => {
  for (const [what, make] of tokens)
    for (const before of befores)
      it(`hides not ${what}: ${JSON.stringify(before)}`, () => {
        const token = make();
        const secret = token.slice(-12);
        for (const text of [before + token, `x${before}${token} y`, `"a${before}${token}\x1b[0m"`]) {
          if (before.includes('%') && text.startsWith('"')) continue;
          const shown = [
            ...[defaultMasker.text(text), defaultMasker.literal(text), defaultMasker.json({ text })],
            defaultMasker.text(JSON.stringify({ text })),
            defaultMasker.json({ text: JSON.stringify({ text }) }),
          ];
          for (const one of shown) assert.ok(!one.includes(secret), one);
        }
      });

  it('is no letter of a key either', () => {
    const rows: [input: string, output: string][] = [
      ['a password\x1b[0m=hunter2 b', `a password\x1b[0m=${M} b`],
      ['\x1b[36mpassword\x1b[0m: hunter2', `\x1b[36mpassword\x1b[0m: ${M}`],
      ['\x1b[36mapi_key\x1b[39m=hunter2 b', `\x1b[36mapi_key\x1b[39m=${M} b`],
      ['x\\napi_key=hunter2 b', `x\\napi_key=${M} b`],
      ['x\\u0026api_key=hunter2 b', `x\\u0026api_key=${M} b`],
      ['a password\\u001b[0m=hunter2 b', `a password\\u001b[0m=${M} b`],
      ['a [32mapi_key[0m=hunter2 b', `a [32mapi_key[0m=${M} b`],
      ['user[api_key]=hunter2&b=1', `user[api_key]=${M}&b=1`],
    ];
    for (const [input, output] of rows) assert.equal(defaultMasker.text(input), output);
  });

  it('lets a digit stand before an unmistakable mark', () => {
    assert.equal(defaultMasker.text(`id7${GITHUB}${some(35)}8 x`), `id7${M} x`);
  });

  it('is a letter in a word', () => {
    for (const word of ['risk', 'n', 'array[m', 'cafe', 'a20', 'x\\k'])
      assert.equal(isEscapeEnd(word, word.length), false, word);
    const text = `desk${TWILIO} and rebasic auth is forbearer ${some(4)}`;
    assert.equal(defaultMasker.text(text), text);
  });
});
