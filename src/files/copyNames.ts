import { compressionOf, plainNameOf, type LogFile } from './logFile.ts';

/** The names of copies in one folder: the second `server.log` becomes `server (2).log`. */
export function copyNames(files: readonly LogFile[], { unzipped }: { readonly unzipped: boolean }): string[] {
  return distinctNames(
    files.map((file) => {
      const name = unzipped ? plainNameOf(file) : file.name;
      // A file that is still compressed has two extensions: `api.2026-01-01.log.zip`.
      const extension = compressionOf(file.parts) !== '' && !unzipped ? /(\.log)?\.\w+$/ : /\.\w+$/;
      return { name, extension };
    }),
  );
}

/** Distinct names for one folder: if a name is taken, a number is put before its `extension`. */
export function distinctNames(
  names: readonly { readonly name: string; readonly extension: RegExp }[],
): string[] {
  const taken = new Set<string>();
  return names.map(({ name, extension }) => {
    const at = Math.max(name.search(extension), 0) || name.length;
    let unique = name;
    for (let serial = 2; taken.has(unique.toLowerCase()); serial += 1)
      unique = `${name.slice(0, at)} (${String(serial)})${name.slice(at)}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}
