import { buffer } from 'node:stream/consumers';
import { ZipArchive } from 'archiver';

/** A zip with one deflated entry. */
export async function zipOf(name: string, text: string, comment = ''): Promise<Buffer> {
  const zip = new ZipArchive({ zlib: { level: 6 } });
  zip.append(text, { name, comment });
  void zip.finalize();
  return buffer(zip);
}
