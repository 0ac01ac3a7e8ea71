import { distinctNames } from '../files/copyNames.ts';

/** The files of a session archive that hold its log; the first is shown before the other (FORMATS §2). */
const LOGS = ['logs.jsonl', 'logs.txt'];

/** The log of an archive, or its only file; undefined if neither exists. */
export function mainMember(names: readonly string[]): string | undefined {
  const log = LOGS.find((name) => names.includes(name));
  return log ?? (names.length === 1 ? names[0] : undefined);
}

/**
 * The files of an archive that may be logs: without folders, which have no content, and without what macOS and Windows
 * add of their own.
 */
export function textMembers(names: readonly string[]): string[] {
  return names.filter(
    (name) => !/\/$|^__MACOSX\/|(?:^|\/)(?:\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)$/i.test(name),
  );
}

/**
 * The names of decrypted copies in one folder: `msg-0001-logs.jsonl`, and for the same name in another chat
 * `msg-0001-logs (2).jsonl`. No name in an archive can lead to another folder.
 */
export function memberCopyNames(
  members: readonly { readonly archive: string; readonly member: string }[],
): string[] {
  const names = members.map(({ archive, member }) =>
    `${archive.replace(/\.zip$/i, '')}-${member}`.replaceAll(/[/\\<>:"|?*\u0000-\u001f]/g, '_'),
  );
  return distinctNames(names.map((name) => ({ name, extension: /\.\w+$/ })));
}
