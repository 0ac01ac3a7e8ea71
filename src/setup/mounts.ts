import { readFileSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';
import { fromSystemError } from '../base/failure.ts';

/** A mounted file system, as `/proc/self/mountinfo` has it. */
export interface Mount {
  readonly path: string;
  /** `ext4`, `nfs4`, `fuse.sshfs` … */
  readonly type: string;
}

/** File systems that several machines can write to, each with its own locks. A virtual machine and its host count. */
const shared = new Set([
  '9p',
  'afs',
  'ceph',
  'cifs',
  'coda',
  'drvfs',
  'gfs2',
  'gpfs',
  'lustre',
  'ncpfs',
  'nfs',
  'nfs4',
  'ocfs2',
  'orangefs',
  'prl_fs',
  'smb3',
  'smbfs',
  'vboxsf',
  'virtiofs',
]);

/** FUSE file systems that keep their files on this machine. Any other one may keep them anywhere. */
const localPrograms =
  /^fuse\.(?:bindfs|cryfs|encfs|exfat|ext[234]|fuse-overlayfs|gocryptfs|mergerfs|ntfs(?:-3g)?)$/;

export function isShared(type: string): boolean {
  return shared.has(type) || (type.startsWith('fuse.') && !localPrograms.test(type));
}

/** The file system of a path: that of the longest mount point above it. Of equal ones, the last one counts. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of mounts) {
    const isAbove = path === mount.path || path.startsWith(mount.path.replace(/\/?$/, sep));
    if (isAbove && mount.path.length >= (found?.path.length ?? 0)) found = mount;
  }
  return found;
}

/** Parses lines of `36 35 98:0 /root /mount/point options fields - type source options`; spaces in paths are octal. */
export function parseMounts(table: string): Mount[] {
  return table.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const path = before.split(' ')[4];
    const [type = ''] = after.split(' ');
    return path === undefined || type === '' ? [] : [{ path: plain(path), type }];
  });
}

function plain(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

/** The file system of an existing path after links are resolved; undefined if the system does not report it. */
export function mountOfFile(path: string, platform: string = process.platform): Mount | undefined {
  if (platform !== 'linux') return undefined;
  try {
    return mountOf(realpathSync(path), parseMounts(readFileSync('/proc/self/mountinfo', 'utf8')));
  } catch (error) {
    throw fromSystemError(error, path);
  }
}
