import { formsOf, type Passwords } from '../../../src/archive/aes/passwords.ts';
import { withZip, type OpenZip, type ZipMember } from '../../../src/archive/zip/readZip.ts';
import { hasCode } from '../../../src/base/failure.ts';

/** These passwords, in each form. */
export function knowing(...passwords: (string | Uint8Array)[]): Passwords {
  const forms = passwords.flatMap((password) => formsOf(Buffer.from(password)));
  return { candidates: () => forms };
}

/** Why something was refused, in short: `damaged: crc-32`, `unsupported: method`, `password-needed` … */
export function reasonOf(error: unknown): string {
  if (!hasCode(error)) throw error;
  const { check, what } = error.data as { check?: string; what?: string };
  const detail = check ?? what;
  return detail === undefined ? error.code : `${error.code.replace('archive-', '')}: ${detail}`;
}

export async function textOf(
  zip: OpenZip,
  member: ZipMember,
  digest?: Parameters<OpenZip['read']>[1],
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of zip.read(member, digest)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The texts of all members by their names. */
export async function readWhole(
  path: string,
  opening: Parameters<typeof withZip>[2],
): Promise<Record<string, string>> {
  return withZip(
    path,
    async (zip) => {
      const texts: Record<string, string> = {};
      for (const member of zip.members) texts[member.name] = (await textOf(zip, member)).toString();
      return texts;
    },
    opening,
  );
}
