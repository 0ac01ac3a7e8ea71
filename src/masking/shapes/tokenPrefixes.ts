/** The prefixes that mark vendors' tokens. Sources: the vendors' pages on formats and on secret scanning. */
import { alphanumericCharacters, tokenCharacters } from '../maskCharacters.ts';

export interface Prefix {
  readonly text: string;
  /** The least number of characters after the prefix. */
  readonly least: number;
  /** The least number if the text ends with the token, because it may have been cut off there. */
  readonly leastAtEnd: number;
  readonly characters: Uint8Array;
}

const prefix = (text: string, least: number, leastAtEnd = 1, characters = tokenCharacters): Prefix => ({
  text,
  least,
  leastAtEnd,
  characters,
});

const plain = alphanumericCharacters;
const dotted = new Uint8Array(tokenCharacters);
dotted[46] = 1;

export const prefixes: readonly Prefix[] = [
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'].map((text) => prefix(text, 16)),
  ...['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'whsec_'].map((text) => prefix(text, 10)),
  ...['npm_', 'hf_', 'gsk_'].map((text) => prefix(text, 24, 24, plain)),
  ...['dop_v1_', 'doo_v1_', 'dor_v1_'].map((text) => prefix(text, 32, 1, plain)),
  ...['shpat_', 'shpss_', 'shpca_', 'dckr_pat_', 'lin_api_', 'sntrys_'].map((text) => prefix(text, 16)),
  ...['glpat-', 'gldt-', 'glrt-', 'glptt-'].map((text) => prefix(text, 16)),
  prefix('xapp-', 8),
  // `xoxb-`, `xoxe.xoxp-` and so on. A prefix with the hyphen would make the scanner stop in every UUID.
  prefix('xox', 10, 2, dotted),
  prefix('sk-', 16, 12),
  prefix('pypi-', 32, 32),
  prefix('GOCSPX-', 16),
  prefix('AGE-SECRET-KEY-', 20),
  prefix('tskey-', 16),
  prefix('ya29.', 16),
  prefix('SG.', 20, 12, dotted),
  ...['hvs.', 'hvb.', 'hvr.'].map((text) => prefix(text, 16, 8)),
  // PASETO tokens, encrypted or signed, and service tickets of CAS.
  ...[1, 2, 3, 4].flatMap((version) =>
    ['local', 'public'].map((purpose) => prefix(`v${version}.${purpose}.`, 20, 8, dotted)),
  ),
  prefix('ST-', 16, 8, dotted),
  // These prefixes lack their last letter, an A in either case, which is too common to stop at.
  prefix('AKI', 17, 1, plain),
  prefix('ASI', 17, 1, plain),
  prefix('AIz', 31),
];

/** The last two characters of each prefix. */
export const tokenEndings: ReadonlySet<string> = new Set(prefixes.map(({ text }) => text.slice(-2)));
