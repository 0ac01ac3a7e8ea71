import { openAsBlob, readFileSync } from 'node:fs';
import { BlobReader, terminateWorkers, ZipReader } from '@zip.js/zip.js';
import { duration, sideBySide } from '../sideBySide.ts';
import { ms, times } from '../table.ts';
import type { Row } from '../table.ts';
import { passwordText, sevenZip } from './archives.ts';
import type { Archive, Archives } from './archives.ts';
import { read } from './read.ts';

const TURNS = 7;
const LEAST_ZIP_JS_RATIO = 4;
const LEAST_RATES = { lzma: 35, bzip2: 25 } as const;

/** How long it takes to decrypt, prove and decode a text. */
export async function textRows(archives: Archives): Promise<readonly Row[]> {
  return [
    ...(await zipJsRows('a 20 MB log', archives.deflated)),
    ...(await zipJsRows('20 MB of base64', archives.dense)),
    await rateRow('lzma', archives.lzma),
    await rateRow('bzip2', archives.bzip2),
  ];
}

async function zipJsRows(what: string, archive: Archive): Promise<Row[]> {
  const medians = await sideBySide(TURNS, {
    ours: () => timed(archive, read),
    native: () => timed(archive, zipJs({ useCompressionStream: true, useWebWorkers: false })),
    nativeInWorkers: () => timed(archive, zipJs({ useCompressionStream: true, useWebWorkers: true })),
    wasm: () => timed(archive, zipJs({ useCompressionStream: false, useWebWorkers: false })),
    wasmInWorkers: () => timed(archive, zipJs({ useCompressionStream: false, useWebWorkers: true })),
    sevenZip: () => timed(archive, bySevenZip()),
    sevenZipAlone: () => timed(archive, bySevenZip('-mmt1')),
  });
  await terminateWorkers();
  const { ours, sevenZip: own, sevenZipAlone: alone, ...ofZipJs } = medians;
  const [fastest, time] = Object.entries(ofZipJs).reduce((one, other) => (other[1] < one[1] ? other : one));
  return [
    {
      what: `${what}, deflate and AES-256`,
      measured: ms(ours),
      against: `zip.js ${zipJsVersion}, the fastest of four settings (${fastest}), ${ms(time)}`,
      ratio: times(time / ours),
      goal: `≥ ${String(LEAST_ZIP_JS_RATIO)} ×`,
      met: time / ours >= LEAST_ZIP_JS_RATIO,
    },
    {
      what: '',
      measured: '',
      against: `7zz t, ${ms(own)}; with -mmt1 ${ms(alone)}`,
      ratio: times(alone / ours),
      goal: '',
      met: undefined,
    },
  ];
}

async function rateRow(method: 'lzma' | 'bzip2', archive: Archive): Promise<Row> {
  const medians = await sideBySide(TURNS, {
    ours: () => timed(archive, read),
    sevenZip: () => timed(archive, bySevenZip()),
    sevenZipAlone: () => timed(archive, bySevenZip('-mmt1')),
  });
  const rate = (time: number): number => archive.bytesOfText / 1000 / time;
  const ours = rate(medians.ours);
  return {
    what: `a 20 MB log, ${method} and AES-256`,
    measured: `${ours.toFixed(0)} MB/s`,
    against: `7zz t, ${rate(medians.sevenZip).toFixed(0)} MB/s; with -mmt1 ${rate(medians.sevenZipAlone).toFixed(0)} MB/s`,
    ratio: times(ours / rate(medians.sevenZipAlone)),
    goal: `≥ ${String(LEAST_RATES[method])} MB/s`,
    met: ours >= LEAST_RATES[method],
  };
}

/** Reads the text of an archive and tells how long it is, unless that is told by its not failing. */
type Reader = (path: string) => Promise<number> | undefined;

async function timed({ path, bytesOfText }: Archive, reader: Reader): Promise<number> {
  let bytes: number | undefined;
  const time = await duration(async () => (bytes = await reader(path)));
  if (bytes !== undefined && bytes !== bytesOfText) throw new Error(`${path}: ${String(bytes)} bytes`);
  return time;
}

function bySevenZip(...words: readonly string[]): Reader {
  return (path) => {
    sevenZip('t', ...words, path);
    return undefined;
  };
}

/** Checks the HMAC, as it does by itself, but not the CRC-32. */
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
const zipJsVersion = (
  JSON.parse(readFileSync(new URL(import.meta.resolve('@zip.js/zip.js/package.json')), 'utf8')) as {
    version: string;
  }
).version;
