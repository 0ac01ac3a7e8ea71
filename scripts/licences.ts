import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: unknown;
  readonly repository?: string | { readonly url: string };
}

/** Licence texts for packages that lack theirs: `PACKAGE.txt`. */
const kept = join(import.meta.dirname, 'licences');

const introduction =
  'Workspace Logs contains software of others. This file names each package, where its source is, and its licence.';

/**
 * The licences of all bundled packages as one text: nearly all licences require that their text goes along with a copy.
 * @param paths the files that are bundled or copied, as esbuild's metafile names them
 * @returns the notices, sorted by package and version
 * @throws Error that names a package without a licence
 */
export async function thirdPartyNotices(paths: readonly string[]): Promise<string> {
  const packages = new Map<string, { folder: string; manifest: Manifest }>();
  for (const folder of new Set(paths.flatMap((path) => packageFolder(path) ?? []))) {
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
    // The same version may be installed in several places.
    packages.set(`${manifest.name} ${manifest.version}`, { folder, manifest });
  }
  const notices = [...packages]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(async ([title, { folder, manifest }]) => {
      const texts = await licenceTexts(folder, manifest.name);
      if (texts.length === 0 || typeof manifest.license !== 'string')
        throw new Error(`${title} is bundled without a licence: put its text into ${kept}.`);
      return [`${title} (${manifest.license})`, sourceOf(manifest), ...texts].join('\n\n');
    });
  return [introduction, ...(await Promise.all(notices))].join(`\n\n${'='.repeat(80)}\n\n`) + '\n';
}

/** The innermost package that a file belongs to; undefined for a file of our own. */
function packageFolder(path: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
}

/** Where a person finds the source. Some licences ask for that. */
function sourceOf({ name, repository }: Manifest): string {
  const address = typeof repository === 'string' ? repository : repository?.url;
  if (address === undefined) return `https://www.npmjs.com/package/${name}`;
  const web = address.replace(/^git\+/, '').replace(/^git:/, 'https:');
  return web.includes(':') ? web : `https://github.com/${web}`;
}

async function licenceTexts(folder: string, name: string): Promise<string[]> {
  const own = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && /licen[cs]e|^copying|^notice/i.test(entry.name))
    .map((entry) => join(folder, entry.name))
    .sort();
  const keptText = join(kept, `${name}.txt`);
  const files = existsSync(keptText) ? [...own, keptText] : own;
  const texts = await Promise.all(files.map((path) => readFile(path, 'utf8')));
  return texts.map((text) =>
    text
      .replace(/^\uFEFF/, '')
      .replaceAll('\r\n', '\n')
      .trim(),
  );
}
