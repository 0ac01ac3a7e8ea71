import { distinctNames } from '../files/copyNames.ts';

/** The files of a session archive that hold its log, the one that is shown first before the others (FORMATS §2). */
const LOGS = ['logs.jsonl', 'logs.txt'];

/** The log of an archive, or its only file; undefined where nothing tells. */
export function mainMember(names: readonly string[]): string | undefined {
  const log = LOGS.find((name) => names.includes(name));
  return log ?? (names.length === 1 ? names[0] : undefined);
}

/**
 * What decrypted copies are called in one folder: `msg-0001-logs.jsonl`, and of the same name in another chat
 * `msg-0001-logs (2).jsonl`. Nothing in the names of an archive leads to another folder.
 */
export function memberCopyNames(
  members: readonly { readonly archive: string; readonly member: string }[],
): string[] {
  const names = members.map(({ archive, member }) =>
    `${archive.replace(/\.zip$/i, '')}-${member}`.replaceAll(/[/\\<>:"|?*\u0000-\u001f]/g, '_'),
  );
  return distinctNames(names.map((name) => ({ name, extension: /\.\w+$/ })));
}
