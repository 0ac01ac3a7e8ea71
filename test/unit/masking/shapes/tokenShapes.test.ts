import assert from 'node:assert/strict';
import { defaultMasker } from '../../../../src/masking/masker.ts';
import { alphabets, type Alphabet } from '../../../../src/masking/shapes/tokenAlphabets.ts';
import { tokenShapes, type Run, type TokenShape } from '../../../../src/masking/shapes/tokenShapes.ts';
import { seededRandom } from '../secretPlacements.ts';

const M = '********';
const random = seededRandom(15);

function characters(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]!).join('');
}

/** Random characters that hold no full stop, sign of equality or slash, which a token may end before. */
function run({ alphabet, least, most }: Run, length = least): string {
  const inner = alphabets[alphabet].replace(/[.=/%@+|~-]/g, '');
  return length > most ? '' : varied(inner, length);
}

/** Random characters with a digit, a capital and a small letter where the alphabet has them. */
function varied(alphabet: string, length: number): string {
  for (;;) {
    const text = characters(alphabet, length);
    const holds = (kind: RegExp): boolean => !kind.test(alphabet) || length < 8 || kind.test(text);
    if (holds(/\d/) && holds(/[A-Z]/) && holds(/[a-z]/)) return text;
  }
}

/** A token of the shape, of the least length; `less` characters are missing at its end. */
function make({ mark, before, parts, must }: TokenShape, less = 0): string {
  const first = before === undefined ? '' : before.alphabet === 'tilde' ? `${run(before, 3)}7` : run(before);
  if (must === 'jwt')
    return (
      mark +
      btoa(`"${characters('abcdef', 31)}.x`)
        .slice(0, 44)
        .slice(less)
    );
  const body = parts.map((part) => (typeof part === 'string' ? part : run(part))).join('');
  return first + mark + body.slice(0, body.length - less);
}

const nameOf = ({ vendor, mark }: TokenShape): string => `${vendor} ${mark.slice(0, 4)}… (${mark.length})`;

/** What the masker shall leave of a token: the mark, where it is the beginning of an address. */
const left = ({ mark, keepsMark }: TokenShape): string => (keepsMark ? mark + M : M);

describe('each shape of a token', () => {
  for (const shape of tokenShapes)
    it(`${nameOf(shape)} is masked`, () => {
      for (let round = 0; round < 5; round += 1) {
        const token = make(shape);
        const shown = left(shape);
        assert.equal(defaultMasker.text(token), shown);
        assert.equal(defaultMasker.text(`sent ${token} twice`), `sent ${shown} twice`);
        assert.equal(defaultMasker.text(`(${token}, 2).`), `(${shown}, 2).`);
        assert.equal(defaultMasker.literal(token), `"${shown}"`);
        assert.equal(defaultMasker.json({ a: [`x ${token}.`] }), `{"a":["x ${shown}."]}`);
      }
    });

  for (const shape of tokenShapes)
    it(`${nameOf(shape)} is left as it is with a character too few`, () => {
      const last = shape.parts.at(-1);
      if (typeof last === 'string' || last === undefined || last.least === 0) return;
      const text = `sent ${make(shape, 1)} twice`;
      assert.equal(defaultMasker.text(text), text);
    });
});

const { plain, token, hex, lower, upper, base32 } = alphabets;

/**
 * Tokens as their vendors describe them, apart from the table: what the table forgot must be found here. The parts stand
 * apart, so that no scanner takes this file for a leak.
 */
const described: readonly (readonly [vendor: string, ...parts: (string | readonly [string, number])[]])[] = [
  ['AWS service', 'AB', 'IA', [base32, 16]],
  ['AWS context', 'AC', 'CA', [base32, 16]],
  ['Alibaba', 'LT', 'AI', [plain, 20]],
  ['Airtable', 'pa', 't', [plain, 14], '.', [hex, 64]],
  ['Artifactory', 'AK', 'Cp', [plain, 69]],
  ['Azure AD', [plain, 3], '8', 'Q', '~', [plain, 34]],
  ['Cloudflare', 'cf', 'at_', [plain, 48]],
  ['Databricks', 'da', 'pi', [hex.toLowerCase(), 32]],
  ['Doppler', 'dp.', 'pt.', [plain, 43]],
  ['GitLab feature flags', 'glf', 'fct-', [token, 20]],
  ['GitLab feeds', 'gl', 'ft-', [token, 20]],
  ['GitLab mail', 'gl', 'imt-', [token, 25]],
  ['GitLab agents', 'gla', 'gent-', [token, 50]],
  ['GitLab jobs', 'gl', 'cbt-', 'a1_', [token, 20]],
  ['GitLab applications', 'glo', 'as-', [token, 64]],
  ['GitLab SCIM', 'gls', 'oat-', [token, 20]],
  ['GitLab routable', 'gl', 'pat-', [plain, 27], '.', [lower, 9]],
  ['Grafana cloud', 'gl', 'c_', [plain, 60]],
  ['Grafana accounts', 'gl', 'sa_', [plain, 32], '_', [hex, 8]],
  ['Notion', 'nt', 'n_', ['0123456789', 11], [plain, 35]],
  ['1Password', 'op', 's_eyJ', [plain, 260]],
  ['Perplexity', 'pp', 'lx-', [plain, 48]],
  ['Postman', 'PM', 'AK-', [hex, 24], '-', [hex, 34]],
  ['Pulumi', 'pu', 'l-', [hex, 40]],
  ['RubyGems', 'ruby', 'gems_', [hex, 48]],
  ['Shippo', 'shippo', '_live_', [hex, 40]],
  ['Square', 'sq0', 'atp-', [token, 22]],
  ['Twilio', 'S', 'K', [hex, 32]],
  ['Vercel', 'vc', 'p_', [plain, 24]],
  ['Brevo', 'xkey', 'sib-', [hex, 64], '-', [plain, 16]],
  ['Discord', 'M', 'T', [plain, 24], '.', [plain, 6], '.', [plain, 38]],
  ['Octopus', 'AP', 'I-', [upper, 26]],
  [
    '1Password, with fewer hyphens',
    'A3',
    '-',
    [upper, 6],
    '-',
    [upper, 11],
    '-',
    [upper, 5],
    '-',
    [upper, 5],
    '-',
    [upper, 5],
  ],
  ['Facebook apps', ['123456789', 16], '|', [plain, 27]],
  ['Laravel', ['123456789', 2], '|', [plain, 40]],
  ['New Relic licences', [hex.toLowerCase(), 32], 'FFFF', 'NRAL'],
  ['Cisco, type 5', '$', '1$', [plain, 4], '$', [plain, 22]],
  ['Cisco, type 9', '$', '9$', [plain, 14], '$', [plain, 43]],
];

describe('a token as its vendor describes it', () => {
  for (const [vendor, ...parts] of described)
    it(`${vendor} is masked alone and in text`, () => {
      const made = parts.map((part) => (typeof part === 'string' ? part : varied(...part))).join('');
      assert.equal(defaultMasker.text(made), M);
      assert.equal(defaultMasker.text(`sent ${made} twice`), `sent ${M} twice`);
      assert.equal(defaultMasker.json({ made }), `{"made":"${M}"}`);
    });

  it('masks a webhook of Slack without a scheme, and shows where it goes', () => {
    const host = ['hooks', 'slack', 'com'].join('.');
    assert.equal(
      defaultMasker.text(`to ${host}/services/${characters(plain, 44)} x`),
      `to ${host}/services/${M} x`,
    );
  });

  it('masks a webhook of Microsoft Teams in the domain of its tenant', () => {
    const host = ['a', 'webhook', 'office', 'com'].join('.');
    assert.equal(
      defaultMasker.text(`to https://${host}/webhookb2/${characters(plain, 44)} x`),
      `to https://${host}/webhookb2/${M} x`,
    );
  });

  it('masks a JSON web token that was written in base64 again', () => {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const inner = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: '1' })}.${characters(plain, 43)}`;
    assert.equal(defaultMasker.text(`sent ${btoa(inner)} twice`), `sent ${M} twice`);
  });
});

/** Names and words that begin like a token. */
const words = [
  'npm_config_registry_of_the_workspace_folder',
  'access-production-readiness-review-board',
  'persona_sandbox_environment_configuration',
  'y1_axis_label_of_the_second_diagram_and_more_words',
  'sk-learn-contrib-and-other-packages',
  'SKATEBOARD dapiform pathways METHOD GMT AND NDJSON',
  `patch ${characters('abcdef0123456789', 40)}`,
  'outlook.office.com/webhook/',
  `12|${characters('abcdef0123456789', 40)}`,
];

describe('a word that begins like a token', () => {
  for (const word of words)
    it(`'${word.slice(0, 24)}' stays`, () => {
      assert.equal(defaultMasker.text(`the ${word} is here`), `the ${word} is here`);
    });
});

describe('the table of shapes', () => {
  it('has each mark once for each kind of token', () => {
    const seen = tokenShapes.map(({ vendor, mark }) => `${vendor} ${mark}`);
    assert.equal(new Set(seen).size, seen.length);
  });

  it('names only alphabets that exist', () => {
    for (const { parts } of tokenShapes)
      for (const part of parts)
        if (typeof part !== 'string') {
          assert.ok((part.alphabet satisfies Alphabet) in alphabets);
          assert.ok(part.least <= part.most && Number.isFinite(part.least));
        }
  });
});
