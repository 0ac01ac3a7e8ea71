import { IGNORE_FILE } from '../files/places.ts';

/** The change of the ignore file, with all data to undo it later, even if other programs changed the file since. */
export interface IgnoreChange {
  readonly lines: readonly string[];
  /** The bytes that were added at the end, one character each. */
  readonly added: string;
  /** There was no file before. */
  readonly isNew: boolean;
  /** The SHA-256 of the content after the change. */
  readonly after: string;
  /** The folders that got a `.gitignore` of their own, relative to the workspace, where the workspace's can't be changed. */
  readonly folders?: readonly string[] | undefined;
}

/** The files of a change, relative to the workspace. */
export function filesOf({ folders }: IgnoreChange): string[] {
  return folders === undefined ? [IGNORE_FILE] : folders.map((folder) => `${folder}/${IGNORE_FILE}`);
}
