import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { compress } from '../../src/archive/codec/compress.ts';
import { encryptedZip } from '../../src/archive/zip/encryptedZip.ts';
import type { Method } from '../../src/archive/zip/unpack.ts';

/** The bytes of an encrypted zip (AES-256) of one text, in one or several pieces. The text may be overwritten. */
export type Writer = (text: Buffer) => Promise<Uint8Array | readonly Uint8Array[]>;

export const passwordText = 'of the bench';
const LEVEL = 6;

/** Ours by each method, our deflate alone, and the others' deflate; zip.js in each of its settings. */
export const writers = {
  deflated: ours('deflated'),
  lzma: ours('lzma'),
  bzip2: ours('bzip2'),
  plain: (text) => compress(text, { method: 'deflated', level: LEVEL }, undefined),
  native: zipJs({ useCompressionStream: true, useWebWorkers: false }),
  nativeInWorkers: zipJs({ useCompressionStream: true, useWebWorkers: true }),
  wasm: zipJs({ useCompressionStream: false, useWebWorkers: false }),
  wasmInWorkers: zipJs({ useCompressionStream: false, useWebWorkers: true }),
  archiver: withArchiver,
} as const satisfies Readonly<Record<string, Writer>>;

function ours(method: Method): Writer {
  return async (text) => {
    const level = method === 'deflated' ? LEVEL : null;
    const sealing = { method, level, password: Buffer.from(passwordText), modified: Date.now() };
    return encryptedZip([{ name: 'logs.jsonl', text }], sealing);
  };
}

function zipJs(options: { readonly useCompressionStream: boolean; readonly useWebWorkers: boolean }): Writer {
  return async (text) => {
    const zip = new ZipWriter(new Uint8ArrayWriter(), { level: LEVEL, ...options });
    const encryption = { password: passwordText, encryptionStrength: 3 } as const;
    await zip.add('logs.jsonl', new Uint8ArrayReader(text), { ...encryption, ...options });
    return zip.close();
  };
}

const require = createRequire(import.meta.url);
/** It needs an older archiver, which it has as a dependency. */
const itsRequire = createRequire(require.resolve('archiver-zip-encrypted'));
const archiver = itsRequire('archiver') as {
  registerFormat(name: string, format: unknown): void;
  create(format: string, options: object): Archiver;
};
interface Archiver extends NodeJS.ReadableStream {
  append(source: Buffer, entry: { readonly name: string }): void;
  finalize(): Promise<void>;
}
archiver.registerFormat('zip-encrypted', require('archiver-zip-encrypted'));

async function withArchiver(text: Buffer): Promise<Uint8Array> {
  const options = { zlib: { level: LEVEL }, encryptionMethod: 'aes256', password: passwordText };
  const zip = archiver.create('zip-encrypted', options);
  zip.append(text, { name: 'logs.jsonl' });
  const [bytes] = await Promise.all([buffer(zip), zip.finalize()]);
  return bytes;
}

function versionOf(path: string): string {
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

export const versions = {
  zipJs: versionOf(new URL(import.meta.resolve('@zip.js/zip.js/package.json')).pathname),
  archiverEncrypted: versionOf(require.resolve('archiver-zip-encrypted/package.json')),
} as const;
