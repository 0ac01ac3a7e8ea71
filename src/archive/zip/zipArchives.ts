import { Failure } from '../../base/failure.ts';
import { openToRead } from '../../files/safeOpen.ts';
import { withZip, type ZipMember } from './readZip.ts';
import { writeZip, type Content } from './writeZip.ts';

/** Writes and reads the zips of one log for maintenance; the shape is that of the port `Archives` of `src/files/`. */
export const zipArchives = {
  write: writeZip,

  /**
   * The size, CRC-32 and comment of the only log, from the central directory; undefined unless there is exactly one.
   */
  async inspect(path: string): Promise<(Content & { readonly comment: string }) | undefined> {
    return withZip(path, ({ members: [member, ...others] }) =>
      Promise.resolve(member === undefined || others.length > 0 ? undefined : member),
    );
  },

  /**
   * Reads the archive again, to its end.
   * @throws Failure `archive-damaged` unless it holds exactly this content
   */
  async verify(path: string, content: Content): Promise<void> {
    await withZip(path, async (zip) => {
      const [member] = zip.members;
      if (zip.members.length !== 1 || !isContent(member, content)) {
        throw new Failure('archive-damaged', { name: path, check: 'content' });
      }
      // Read to the end: that is the check.
      for await (const { length } of zip.read(member)) if (length === 0) continue;
    });
  },

  /** Whether the archive's log is byte for byte the file at `source`. */
  async holds(path: string, source: string): Promise<boolean> {
    const { handle: file } = await openToRead(source);
    try {
      return await withZip(path, async (zip) => {
        const [member] = zip.members;
        if (member === undefined || zip.members.length !== 1) return false;
        let position = 0;
        for await (const chunk of zip.read(member)) {
          const piece = Buffer.alloc(chunk.length);
          const { bytesRead } = await file.read(piece, 0, piece.length, position);
          if (bytesRead !== chunk.length || !piece.equals(chunk)) return false;
          position += chunk.length;
        }
        return position === (await file.stat()).size;
      });
    } finally {
      await file.close();
    }
  },
};

function isContent(member: ZipMember | undefined, content: Content): member is ZipMember {
  return member?.bytes === content.bytes && member.crc32 === content.crc32;
}
