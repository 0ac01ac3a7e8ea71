import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Failure, fromSystemError, isFailure } from '../base/failure.ts';
import type { Door, Environment } from '../base/job.ts';
import { replaceFile, writeAtomically } from '../files/durable.ts';
import { giveName } from '../files/newFile.ts';
import { isOpenToOthers, whileOpen } from '../files/safeOpen.ts';
import { idOfKey } from '../privacy/pseudonyms.ts';
import { makeStateFolder, stateBase } from './stateFolder.ts';

/** The key of this installation's pseudonyms, as bytes. */
export interface InstallationKey {
  readonly key: Uint8Array;
  /** 16 hexadecimal digits */
  readonly keyId: string;
}

/** The variable that holds the key of a backend or of the command line, as a text of 16 bytes or more. */
export const KEY_VARIABLE = 'WORKSPACE_LOGS_PRIVACY_KEY';

const KEY_BYTES = 32;
const SHORTEST_KEY = 16;
const FILE_MODE = 0o600;

/**
 * One person's key on this machine, for all workspaces: from the environment, else from a file in the state folder that
 * is made when it is first needed. Names of targets have keys of their own on request.
 */
export interface PrivacyKeys {
  /** @throws Failure `privacy-key-unusable`, `state-unwritable`, `disk-full` … */
  own(): InstallationKey;
  /** The key of one target. @param target a name of 1 to 64 letters, digits, `_` or `-` @throws Failure as `own` */
  ofTarget(target: string): InstallationKey;
  /** The names of the targets that have keys of their own. */
  targets(): readonly string[];
  /**
   * Replaces the installation's key and destroys the old one: equal people get other hashes from now on.
   * @throws Failure `privacy-key-unusable` where the environment holds it, `disk-full` …; then the old one stays
   */
  rotate(): { readonly oldKeyId: string; readonly newKeyId: string };
}

/** @param door VS Code ignores the environment of the shell that started it */
export function openPrivacyKeys(environment: Environment, door?: Door): PrivacyKeys {
  const folder = join(stateBase(environment), 'privacy');
  const path = join(folder, 'key');
  const given = door === 'vscode' ? '' : (environment[KEY_VARIABLE] ?? '');

  let known: { readonly file: string; readonly mark: string; readonly key: InstallationKey } | undefined;

  function keyAt(file: string): InstallationKey {
    // A backend asks for each event, and another process may rotate the key meanwhile.
    const mark = markAt(file);
    if (mark !== undefined && known?.file === file && known.mark === mark) return known.key;
    const key = makeOrRead(file);
    known = mark === undefined ? undefined : { file, mark, key };
    return key;
  }

  function makeOrRead(file: string): InstallationKey {
    if (!existsSync(file)) {
      makeStateFolder(folder);
      // Another process may be first; then its key counts.
      writeAtomically(file, [newKey()], (temporary) => giveName(temporary, file));
    }
    return withId(file, readKey(file));
  }

  return {
    own: () => (given === '' ? keyAt(path) : withId(KEY_VARIABLE, Buffer.from(given))),
    ofTarget: (target) => keyAt(join(folder, `target-${target}.key`)),
    targets() {
      const names = existsSync(folder) ? readdirSync(folder) : [];
      return names.flatMap((name) => /^target-([\w-]+)\.key$/.exec(name)?.[1] ?? []).sort();
    },
    rotate() {
      if (given !== '') throw new Failure('privacy-key-unusable', { path: KEY_VARIABLE, why: 'environment' });
      const { keyId: oldKeyId } = keyAt(path);
      replaceAndDestroy(path, newKey());
      return { oldKeyId, newKeyId: keyAt(path).keyId };
    },
  };
}

function markAt(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats && [stats.ino, stats.mtimeMs, stats.ctimeMs, stats.size].join(' ');
}

function replaceAndDestroy(path: string, content: Uint8Array): void {
  let old: number | undefined;
  try {
    old = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
    replaceFile(path, content, FILE_MODE);
    // The new file has the name, so nothing needs these bytes any longer.
    writeSync(old, Buffer.alloc(fstatSync(old).size), 0, undefined, 0);
    fsyncSync(old);
  } catch (error) {
    throw fromSystemError(error, path);
  } finally {
    if (old !== undefined) closeSync(old);
  }
}

function newKey(): Buffer {
  return Buffer.from(`${randomBytes(KEY_BYTES).toString('base64url')}\n`);
}

function readKey(path: string): Uint8Array {
  try {
    return whileOpen(path, (descriptor, stats) => {
      if (isOpenToOthers(stats)) throw new Failure('privacy-key-unusable', { path, why: 'readable' });
      const text = readFileSync(descriptor, 'utf8').trim();
      return Buffer.from(/^[\w-]{22,}$/.test(text) ? text : '', 'base64url');
    });
  } catch (error) {
    if (isFailure(error, 'not-a-regular-file'))
      throw new Failure('privacy-key-unusable', { path, why: 'content' }, error);
    throw error;
  }
}

function withId(path: string, key: Uint8Array): InstallationKey {
  if (key.length < SHORTEST_KEY) throw new Failure('privacy-key-unusable', { path, why: 'content' });
  return { key, keyId: idOfKey(key) };
}
