import assert from 'node:assert/strict';
import { isShared, mountOf, mountOfFile, parseMounts } from '../../../src/setup/mounts.ts';

const table = parseMounts(
  [
    '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
    '23 22 0:21 / /home rw,relatime shared:2 master:1 - nfs4 server:/home rw,addr=10.0.0.1',
    '24 23 0:22 / /home/ann rw - ext4 /dev/sdb1 rw',
    String.raw`25 22 0:23 / /mnt/two\040words\011and\134more rw - fuse.sshfs ann@host:/ rw`,
    '26 22 0:24 / /mnt/é rw - cifs //server/é rw',
    '27 22 0:25 / /over rw - nfs server:/ rw',
    '28 22 0:26 / /over rw - tmpfs tmpfs rw',
    'no mount at all',
    '',
  ].join('\n'),
);

describe('mounts', () => {
  const places: [path: string, type: string][] = [
    ['/', 'ext4'],
    ['/home', 'nfs4'],
    ['/home/bob/logs', 'nfs4'],
    ['/homes/bob', 'ext4'],
    ['/home/ann', 'ext4'],
    ['/home/ann/logs', 'ext4'],
    ['/home/anna', 'nfs4'],
    ['/mnt/two words\tand\\more/logs', 'fuse.sshfs'],
    ['/mnt/é/logs', 'cifs'],
    ['/over/logs', 'tmpfs'],
  ];
  for (const [path, type] of places)
    it(`${JSON.stringify(path)} lies on ${type}`, () => {
      assert.equal(mountOf(path, table)?.type, type);
    });

  const types: [type: string, shared: boolean][] = [
    ...['nfs', 'nfs4', 'cifs', 'smb3', '9p', 'afs', 'ceph', 'drvfs', 'virtiofs', 'vboxsf'].map(
      (type): [string, boolean] => [type, true],
    ),
    ...['fuse.sshfs', 'fuse.glusterfs', 'fuse.s3fs', 'fuse.grpcfuse', 'fuse.vmhgfs-fuse', 'fuse.unknown'].map(
      (type): [string, boolean] => [type, true],
    ),
    ...[
      'ext4',
      'btrfs',
      'xfs',
      'zfs',
      'tmpfs',
      'overlay',
      'fuseblk',
      'fuse.gocryptfs',
      'ntfs3',
      'ecryptfs',
    ].map((type): [string, boolean] => [type, false]),
  ];
  for (const [type, shared] of types)
    it(`${type} is ${shared ? 'shared with other machines' : 'local'}`, () => {
      assert.equal(isShared(type), shared);
    });

  for (const platform of ['win32', 'darwin'])
    it(`are not told by ${platform}`, () => {
      assert.equal(mountOfFile('/', platform), undefined);
    });

  it('are read from this system', function () {
    if (process.platform === 'linux') assert.equal(mountOfFile('/proc/self/status')?.type, 'proc');
    else assert.equal(mountOfFile('/'), undefined);
  });
});
