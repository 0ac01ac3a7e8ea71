import { discard } from '../../src/archive/codec/memory.ts';
import { withZip } from '../../src/archive/zip/readZip.ts';
import { passwords } from './archives.ts';

/** Reads the only text of an archive to its end, as the extension does, and counts its bytes. */
export async function read(path: string): Promise<number> {
  return withZip(
    path,
    async (zip) => {
      const [member] = zip.members;
      if (member === undefined) throw new Error('The archive is empty.');
      let bytes = 0;
      for await (const piece of zip.read(member)) {
        bytes += piece.length;
        discard(piece);
      }
      return bytes;
    },
    { passwords },
  );
}
