import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { defaultMasker } from '../../../../src/masking/masker.ts';

const M = '********';
/** Letters and digits that are no hash. */
const key = `g1${BigInt(`0x${randomBytes(30).toString('hex')}`).toString(36)}`;
const long = `a1${randomBytes(12).toString('hex')}`;

describe('a long random value', () => {
  for (const input of [
    '/cb?code=§&state=1',
    '/a?x=1&sid=§#b',
    'code=§&grant_type=b',
    'https://a.example.com/b?maps_key=§ 200',
    'export STRIPE_KEY=§',
    'A=b\nSESSION_SALT="§"\nC=d',
    'APP_KEY=§',
  ])
    it(`is masked in ${input}`, () => {
      assert.equal(defaultMasker.text(input.replace('§', long)), input.replace('§', M));
    });
  for (const input of [
    'Using Key=§',
    'using key = §\nb',
    'API KEY = §',
    'clarifai_key: "§"',
    `let clarifaiKey := '§'`,
    '/a?key=§&b=1',
  ])
    it(`of letters and digits is masked in ${input}`, () => {
      assert.equal(defaultMasker.text(input.replace('§', key)), input.replace('§', M));
    });
  for (const input of [
    { code: long, sid: long, maps_key: long, STRIPE_KEY: long, SESSION_SALT: long },
    { session_id: long, request_id: long, chat_id: long },
    `/a?session_id=${long}&request_id=${long}&chat_id=${long}`,
    `/a?code=${randomUUID()}`,
    `SESSION_ID=${long}`,
    `SESSION_KEY_COUNT=12 code=${long}`,
    '/a?code=some_error_that_has_a_long_name',
    '/a?code=404&sort_key=created_at_descending_2',
    `/a?primary_key=${long}`,
    { key, clarifai_key: key },
    `cache_key=${key}`,
    `key=${key}/a.txt`,
    `key=${long}`,
    `monkey=${key}`,
  ])
    it(`stays readable in ${JSON.stringify(input).replaceAll(long, '§')}`, () => {
      const plain = typeof input === 'string' ? input : JSON.stringify(input);
      const masked = typeof input === 'string' ? defaultMasker.text(input) : defaultMasker.json(input);
      assert.equal(masked, plain);
    });
});
