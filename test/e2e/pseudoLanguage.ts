import { getL10nPseudoLocalized } from '@vscode/l10n-dev';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { checkout } from '../../scripts/folders.ts';
import { PSEUDO, pseudoFiles } from '../../scripts/localisation.ts';
import type { VscodeServer } from '../../scripts/vscodeServer.ts';

/** The text as the extension says it in the pseudo-language: `Ŧḗḗẋŧ`. */
export function pseudo(text: string): string {
  const { text: said } = getL10nPseudoLocalized({ text });
  return typeof said === 'string' ? said : text;
}

/** Gives the installed extension its words in the pseudo-language, and opens pages in it. */
export async function speakPseudo(server: VscodeServer, context: BrowserContext): Promise<void> {
  const extensions = join(server.folder, 'extensions');
  const name = (await readdir(extensions)).find((one) => one.startsWith('workspace-logs.'));
  for (const [path, text] of Object.entries(await pseudoFiles(checkout)))
    await writeFile(join(extensions, name ?? '', path), text);
  // The value that VS Code's language pack would set. There is no language pack for this language.
  await context.addInitScript(`globalThis._VSCODE_NLS_LANGUAGE = ${JSON.stringify(PSEUDO)};`);
}

/** Texts that are the same in every language: names, numbers, units, times and words of the policy file. */
const allowed = [
  // Addresses.
  /\bhttp:\/\/[\d.:]+/g,
  // Names of files and folders, paths and patterns.
  /[\w*.@-]*\/[\w/.*@-]*/g,
  /[\w.@-]*\.(?:log|zip|gz|json|gitignore)\b(?:\.tmp-\w+)?/g,
  /\b(?:billing|api|worker|README)\b/g,
  // Names of other products, and examples of them.
  /“[\w/*.-]+”/g,
  /\b[a-z]+_[a-z]+\b/g,
  // Keys and values of the policy.
  /\b(?:rotation|retention|recording|masking)(?:\.\w+)+/g,
  /\b(?:NONE|METADATA|GET|POST|PUT|PATCH|DELETE)\b/g,
  // By Intl, which knows no such language and writes as this machine does.
  /\b[\d.,]+ (?:bytes?|kB|MB|GB|days?|months?|hours?|minutes?)\b/g,
  /\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b/g,
  /\b(?:AM|PM|UTC|GMT)\b/g,
];

/** The untranslated words of a text; none in a text of the pseudo-language. */
export function plainWords(text: string): string[] {
  const rest = allowed.reduce((left, pattern) => left.replace(pattern, ' '), text);
  return rest.match(/[A-Za-z]{2,}/g) ?? [];
}
