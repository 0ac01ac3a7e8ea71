import { getL10nJson, getL10nPseudoLocalized } from '@vscode/l10n-dev';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** Texts by their keys; with a comment for those who translate them. */
export type Texts = Awaited<ReturnType<typeof getL10nJson>>;

/** The pseudo-language of VS Code and its tools: `ŧḗḗẋŧ`. */
export const PSEUDO = 'qps-ploc';

/** Every text that the sources in a folder give to `l10n.t`, sorted by its key. */
export async function exportTexts(folder: string): Promise<Texts> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => extname(name) === '.ts').sort();
  const sources = await Promise.all(
    names.map(async (name) => ({ extension: '.ts', contents: await readFile(join(folder, name), 'utf8') })),
  );
  const texts = Object.entries(await getL10nJson(sources));
  return Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The problems of the bundle of texts, one per line. */
export function problemsOfBundle(exported: Texts, bundle: Texts): string[] {
  return [
    ...Object.keys(exported)
      .filter((key) => JSON.stringify(exported[key]) !== JSON.stringify(bundle[key]))
      .map((key) => `missing in l10n/bundle.l10n.json: ${key}`),
    ...Object.keys(bundle)
      .filter((key) => !Object.hasOwn(exported, key))
      .map((key) => `unused in l10n/bundle.l10n.json: ${key}`),
  ];
}

/** The problems of the manifest's texts, one per line. */
export function problemsOfManifest(manifest: unknown, texts: Readonly<Record<string, unknown>>): string[] {
  const found = [...textsIn(manifest, '')];
  const used = new Set(found.flatMap(({ text }) => /^%(.+)%$/.exec(text)?.[1] ?? []));
  return [
    ...[...used]
      .filter((key) => !Object.hasOwn(texts, key))
      .map((key) => `missing in package.nls.json: ${key}`),
    ...Object.keys(texts)
      .filter((key) => !used.has(key))
      .map((key) => `unused in package.nls.json: ${key}`),
    ...found
      .filter(({ text, key }) => shownKeys.has(key) && !/^%.+%$/.test(text))
      .map(({ text, key }) => `not localised in package.json: ${key}: ${text}`),
  ];
}

/** Keys of a manifest whose values are shown to people. */
const shownKeys = new Set([
  'altText',
  'category',
  'contents',
  'description',
  'displayName',
  'label',
  'markdownDescription',
  'title',
]);

function* textsIn(value: unknown, key: string): Generator<{ readonly key: string; readonly text: string }> {
  if (typeof value === 'string') yield { key, text: value };
  else if (Array.isArray(value)) for (const item of value) yield* textsIn(item, '');
  else if (typeof value === 'object' && value !== null)
    for (const [name, item] of Object.entries(value)) yield* textsIn(item, name);
}

/** The files of the language {@link PSEUDO}, by their paths in the checkout. */
export async function pseudoFiles(checkout: string): Promise<Readonly<Record<string, string>>> {
  const files = { 'package.nls': 'package.nls.json', 'l10n/bundle.l10n': 'l10n/bundle.l10n.json' };
  const pseudo = Object.entries(files).map(async ([name, english]) => {
    const texts = JSON.parse(await readFile(join(checkout, english), 'utf8')) as Texts;
    return [`${name}.${PSEUDO}.json`, JSON.stringify(getL10nPseudoLocalized(texts))] as const;
  });
  return Object.fromEntries(await Promise.all(pseudo));
}
