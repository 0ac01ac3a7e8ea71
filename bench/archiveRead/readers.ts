import { openAsBlob, readFileSync } from 'node:fs';
import { BlobReader, ZipReader } from '@zip.js/zip.js';
import { passwordText } from './archives.ts';
import { read } from './read.ts';

/** Reads the only text of an archive to its end and counts its bytes. */
type Reader = (path: string) => Promise<number>;

/** Ours, and zip.js in each of its settings. */
export const readers = {
  ours: read,
  native: zipJs({ useCompressionStream: true, useWebWorkers: false }),
  nativeInWorkers: zipJs({ useCompressionStream: true, useWebWorkers: true }),
  wasm: zipJs({ useCompressionStream: false, useWebWorkers: false }),
  wasmInWorkers: zipJs({ useCompressionStream: false, useWebWorkers: true }),
} as const satisfies Readonly<Record<string, Reader>>;

/** Checks the HMAC, which is its default, but not the CRC-32. */
function zipJs(options: { readonly useCompressionStream: boolean; readonly useWebWorkers: boolean }): Reader {
  return async (path) => {
    const zip = new ZipReader(new BlobReader(await openAsBlob(path)), options);
    const [entry] = await zip.getEntries();
    if (entry === undefined || entry.directory) throw new Error('The archive is empty.');
    let bytes = 0;
    const sink = new WritableStream<Uint8Array>({
      write: (piece) => {
        bytes += piece.length;
      },
    });
    await entry.getData(sink, { password: passwordText, ...options });
    await zip.close();
    return bytes;
  };
}

export const zipJsVersion = (
  JSON.parse(readFileSync(new URL(import.meta.resolve('@zip.js/zip.js/package.json')), 'utf8')) as {
    version: string;
  }
).version;
