import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withZip } from '../../../src/archive/zip/readZip.ts';

/** Random words, of no meaning and for these tests alone. */
export const PASSWORD = 'velvet orbit cactus lantern mosaic';

/** The zips of a folder, by their paths in it. */
export function zipsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.zip'))
    .sort();
}

/** The members of a zip as texts. */
export async function membersIn(path: string): Promise<Record<string, string>> {
  const passwords = { candidates: () => [Buffer.from(PASSWORD)], opened: () => undefined };
  return withZip(
    path,
    async (zip) => {
      const texts: Record<string, string> = {};
      for (const member of zip.members) {
        const pieces: Buffer[] = [];
        for await (const piece of zip.read(member)) pieces.push(piece);
        texts[member.name] = Buffer.concat(pieces).toString();
      }
      return texts;
    },
    { passwords },
  );
}

/** The messages in the archives of a folder. */
export async function messagesIn(folder: string): Promise<string[]> {
  const messages: string[] = [];
  for (const path of zipsIn(folder)) {
    const { 'logs.jsonl': lines = '' } = await membersIn(join(folder, path));
    for (const line of lines.split('\n').slice(0, -1))
      messages.push((JSON.parse(line) as { message: string }).message);
  }
  return messages;
}
