/** Finds the examples that scanners of secrets publish with their rules. Their files are read, and nothing of them runs. */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Expression, flat, lineOf, sprintf, textLike, type Context, type Pieces } from './literals.ts';

export interface Example {
  readonly scanner: string;
  readonly rule: string;
  /** Relative to the folder of clones. */
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** The secret in the text; undefined if the scanner doesn't say which part it is. */
  readonly secret: string | undefined;
}

/** Which folder of a clone holds the files with examples, and how one file is read. */
const readers: Readonly<
  Record<
    string,
    readonly [files: string, read: (text: string, path: string, root: string) => readonly Found[]]
  >
> = {
  gitleaks: ['cmd/generate/config/rules/*.go', inGitleaks],
  secretlint: ['packages/**/test/snapshots/*/input.*', inSecretlint],
  trufflehog: ['pkg/detectors/**/*_test.go', inTrufflehog],
  'detect-secrets': ['tests/plugins/*_test.py', inDetectSecrets],
};

export const scanners: readonly string[] = Object.keys(readers);

type Found = Omit<Example, 'scanner' | 'file'>;

/** All examples of one scanner; none if it isn't in the folder. */
export function examplesOf(scanner: string, folder: string): Example[] {
  const reader = readers[scanner];
  if (reader === undefined) return [];
  const [files, read] = reader;
  const root = join(folder, scanner);
  return globSync(files, { cwd: root })
    .sort()
    .flatMap((path) =>
      read(readFileSync(join(root, path), 'utf8'), path, root).map((found) => ({
        ...found,
        ...{ scanner, file: join(scanner, path) },
      })),
    )
    .filter(({ text }) => text.trim() !== '');
}

/** Always the same random texts, so that two runs can be compared. */
function chance(): () => number {
  let state = 15;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
const random = chance();

const texts = (text: string): Pieces => [{ text, line: 0 }];

/** The alphabets that gitleaks' rules name by functions. */
const namedPatterns: Readonly<Record<string, string>> = {
  ...{ Numeric: '[0-9]', Hex: '[a-f0-9]', AlphaNumeric: '[a-z0-9]', AlphaNumericExtendedShort: '[a-z0-9_-]' },
  ...{ AlphaNumericExtended: '[a-z0-9=_-]', AlphaNumericExtendedLong: '[a-z0-9/=_+-]' },
};
const HEX_BY_DASHES = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** The names that a file of Go has given a value so far. */
class Scope {
  readonly names = new Map<string, Pieces>();
  readonly context: Context;

  constructor(
    more: (name: string, args: readonly (Pieces | undefined)[]) => Pieces | undefined = () => undefined,
  ) {
    this.context = {
      language: 'go',
      name: (name) => this.names.get(name) ?? (name === 'true' || name === 'false' ? texts(name) : undefined),
      call: (name, args) => {
        if (name === 'append') return flat(args);
        if (name === 'fmt.Sprintf') return sprintf(args);
        if (name === 'string' || name === 'strings.TrimSpace') return args[0];
        if (name === 'strings.Repeat')
          return args[0]?.map((piece) => ({ ...piece, text: piece.text.repeat(Number(args[1]?.[0]?.text)) }));
        return more(name, args);
      },
    };
  }

  /** Reads the assignments and the fields `field:` of `text` in their order, and hands each field over. */
  walk(
    text: string,
    fields: RegExp,
    field: (name: string, value: Pieces | undefined, at: number) => void,
  ): void {
    const steps = new RegExp(
      `(?:^|[\\n;({,])\\s*(?:(?:var|const)\\s+)?(?:(\\w+)(?:\\s+string)?\\s*:?=(?!=)\\s*|(${fields.source}):\\s*)`,
      'g',
    );
    for (let found = steps.exec(text); found !== null; found = steps.exec(text)) {
      const expression = new Expression(text, steps.lastIndex, this.context);
      const value = expression.read();
      // Steps may lie within what could not be read, and never within a literal that was.
      if (value !== undefined && expression.at > steps.lastIndex) steps.lastIndex = expression.at;
      else steps.lastIndex = found.index + found[0].length;
      if (found[1] !== undefined && value !== undefined) this.names.set(found[1], value);
      else if (found[2] !== undefined) field(found[2], value, found.index + found[0].length);
    }
  }
}

function inGitleaks(text: string, path: string, root: string): Found[] {
  const samples = samplesOf(root);
  const found: Found[] = [];
  for (const [part, offset] of functionsOf(text)) {
    const scope = new Scope((name, args) => {
      const [first, second] = [args[0]?.[0], args[1]?.[0]];
      const last = name.split('.').at(-1) ?? '';
      if (last === 'Hex8_4_4_4_12') return texts(HEX_BY_DASHES);
      const pattern = namedPatterns[last];
      if (pattern !== undefined) return first && texts(`${pattern}{${first.text}}`);
      if (last === 'NewSecret' || last === 'newPlausibleSecret' || last === 'NewSecretWithEntropy') {
        const made = first && textLike(first.text, random);
        return made === undefined ? undefined : texts(made);
      }
      if (last === 'MustCompile' || last === 'GenerateUniqueTokenRegex') return args[0];
      if (last === 'GenerateSemiGenericRegex') return args[1];
      if (last === 'MergeRegexps')
        return texts(
          flat(args)
            .map((one) => one.text)
            .join('|'),
        );
      if (first === undefined || second === undefined) return undefined;
      const { line, text: secret } = second;
      const sample = (form: string) => ({
        text: form
          .replaceAll('{i}', first.text)
          .replaceAll('{I}', first.text.toUpperCase())
          .replaceAll('{s}', secret),
        ...{ line: first.line || line, secret },
      });
      if (last === 'GenerateSampleSecrets') return samples.map(sample);
      if (last === 'GenerateSampleSecret') return [sample('{i}_api_token = "{s}"')];
      return undefined;
    });
    let rule = basename(path, '.go');
    let pattern: RegExp | undefined;
    scope.walk(part, /RuleID|Regex/, (name, value) => {
      const said = value?.[0]?.text;
      if (said === undefined) return;
      if (name === 'RuleID') rule = said;
      else pattern ??= patternOf(said);
    });
    for (const piece of scope.names.get('tps') ?? [])
      found.push({
        ...{ rule, line: piece.line + offset, text: piece.text },
        secret: piece.secret ?? longestMatch(pattern, piece.text),
      });
  }
  return found;
}

/** The functions of a file, each with the number of lines before it. */
function functionsOf(text: string): (readonly [string, number])[] {
  const starts = [...text.matchAll(/^func /gm)].map(({ index }) => index);
  return starts.map(
    (start, number) => [text.slice(start, starts[number + 1]), lineOf(text, start) - 1] as const,
  );
}

/** The notations in which gitleaks writes each sample. */
function samplesOf(root: string): string[] {
  const text = readFileSync(join(root, 'cmd/generate/config/utils/generate.go'), 'utf8');
  const at = text.indexOf('map[string]string{');
  return at < 0
    ? []
    : (new Expression(text, at, new Scope().context).read() ?? []).map((piece) => piece.text);
}

/** A regular expression of Go in JavaScript's syntax. */
function patternOf(source: string): RegExp | undefined {
  try {
    const plain = source
      .replaceAll('(?i)', '')
      .replaceAll('(?P<', '(?<')
      .replaceAll('\\z', '$')
      .replaceAll('[[:alnum:]]', '[A-Za-z0-9]');
    return new RegExp(plain, source.includes('(?i)') ? 'gi' : 'g');
  } catch {
    return undefined;
  }
}

function longestMatch(pattern: RegExp | undefined, text: string): string | undefined {
  if (pattern === undefined) return undefined;
  const matches = [...text.matchAll(pattern)].map(
    (match) => match.slice(1).find((group: string | undefined) => (group?.length ?? 0) > 7) ?? match[0],
  );
  const longest = matches.sort((a, b) => b.length - a.length)[0]?.trim();
  return longest === undefined || longest.length < 8 ? undefined : longest;
}

interface Report {
  readonly messages?: readonly { readonly messageId: string; readonly range: readonly [number, number] }[];
}

function inSecretlint(text: string, path: string, root: string): Found[] {
  const rule = path.split('/').at(-5) ?? '';
  const { messages = [] } = JSON.parse(
    readFileSync(join(root, dirname(path), 'output.json'), 'utf8'),
  ) as Report;
  return messages.map(({ messageId, range: [from, to] }) => ({
    ...{ rule: `${rule}/${messageId}`, line: lineOf(text, from), text, secret: text.slice(from, to) },
  }));
}

function inTrufflehog(text: string, path: string): Found[] {
  const rule = path.split('/').slice(2, -1).join('/');
  const found: Found[] = [];
  const scope = new Scope();
  // Names that are given a value after their use.
  scope.walk(text, /(?!)/, () => undefined);
  const inputs: (Pieces[number] & { readonly at: number })[] = [];
  scope.walk(text, /input|data|want/, (name, value, at) => {
    const piece = value?.[0];
    if (name !== 'want') {
      if (piece !== undefined) inputs.push({ ...piece, at });
      return;
    }
    const input = inputs.pop();
    if (input === undefined) return;
    for (const wanted of value ?? [])
      for (const secret of partsIn(wanted.text, input.text))
        found.push({ rule, line: lineOf(text, input.at), text: input.text, secret });
    inputs.length = 0;
  });
  return found;
}

/** What is wanted, if it stands in the text, or the two parts that it is joined of. */
function partsIn(wanted: string, text: string): string[] {
  if (wanted.length >= 4 && text.includes(wanted)) return [wanted];
  for (let cut = 8; cut <= wanted.length - 8; cut += 1)
    for (const glue of [0, 1]) {
      const [one, other] = [wanted.slice(0, cut), wanted.slice(cut + glue)];
      if (text.includes(one) && text.includes(other)) return [other];
    }
  return [];
}

function inDetectSecrets(text: string, path: string): Found[] {
  const rule = basename(path, '_test.py');
  const names = new Map<string, Pieces>();
  const context: Context = { language: 'python', name: (name) => names.get(name), call: () => undefined };
  for (const one of text.matchAll(/^(\w+) = /gm)) {
    const value = new Expression(text, one.index + one[0].length, context).read();
    if (value !== undefined && one[1] !== undefined) names.set(one[1], value);
  }
  const found: Found[] = [];
  // `(text, True)` and `(text, secret)`.
  for (const open of text.matchAll(/(?<=[[(,\s])\((?=\s*(?:[rbuf]{0,2}["']|\())/g)) {
    const expression = new Expression(text, open.index + 1, context);
    const value = expression.read()?.[0];
    const behind = /^\s*,\s*(?:#[^\n]*\s*)?(True\b|[A-Z_]{4,}\b|(?=["']))/.exec(
      text.slice(expression.at, expression.at + 200),
    );
    if (value === undefined || behind === null) continue;
    const said =
      behind[1] === 'True'
        ? undefined
        : new Expression(
            text,
            expression.at + behind[0].length - (behind[1]?.length ?? 0),
            context,
          ).read()?.[0]?.text;
    if (behind[1] !== 'True' && (said === undefined || !value.text.includes(said))) continue;
    found.push({ rule, line: value.line, text: value.text, secret: said });
  }
  // A list of texts alone.
  for (const list of text.matchAll(/parametrize\(\s*'\w+',\s*\[/g)) {
    let at = list.index + list[0].length;
    for (;;) {
      const expression = new Expression(text, at, context);
      const value = expression.read()?.[0];
      if (value === undefined) break;
      found.push({ rule, line: value.line, text: value.text, secret: undefined });
      const comma = /^\s*(?:#[^\n]*)?\s*,/.exec(text.slice(expression.at, expression.at + 200));
      if (comma === null) break;
      at = expression.at + comma[0].length;
    }
  }
  return found;
}
