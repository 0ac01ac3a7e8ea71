import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import SevenZip from '7z-wasm';

/** What 7-Zip decodes for us. */
export type SevenZipFormat = 'bzip2' | 'xz';

/** Compressed bytes, read wherever 7-Zip wants to. */
export interface SevenZipInput {
  readonly bytes: number;
  /** Reads up to `length` bytes at `position` into `buffer` at `offset`. @returns how many; fewer only at the end */
  readonly read: (buffer: Int8Array, offset: number, length: number, position: number) => number;
}

/** What did not hold, or what 7-Zip lacks, under the names that `archive-damaged` and `archive-unsupported` have for it. */
export type SevenZipFailure = { readonly check: string } | { readonly what: string };

/**
 * Decodes by 7-Zip, in WebAssembly and synchronously: for a thread that nobody waits for. `write` gets pieces of the text,
 * up to about 1 MB each, that are valid until it returns.
 * @returns undefined where all is sound; otherwise the text that was written is short or wrong
 * @throws what `input` and `write` throw
 */
export async function decodeBySevenZip(
  format: SevenZipFormat,
  input: SevenZipInput,
  write: (piece: Int8Array) => void,
): Promise<SevenZipFailure | undefined> {
  const errors: string[] = [];
  const tell = (line: string): void => {
    if (/^(?:(?:Open )?ERROR: |Offset = )/.test(line) && errors.length < MAX_ERRORS) errors.push(line);
  };
  const limit = { isReached: false };
  const sevenZip = await start({
    print: tell,
    printErr: tell,
    instantiateWasm: instantiateWithin(limit),
  });
  mountInput(sevenZip.FS, input);
  mountOutput(sevenZip.FS, write);
  // To standard output, messages to standard error, no progress.
  const code = sevenZip.callMain(['x', '-so', '-bso2', '-bsp0', `-t${format}`, INPUT]);
  if (code === 0 && errors.length === 0) return undefined;
  // To 7-Zip itself this looks like invalid data.
  return limit.isReached ? { what: 'memory' } : failureIn(errors.join('\n'));
}

const MAX_ERRORS = 100;
const INPUT = '/input';

// Its types say that the module is called, and leave out most of what is used here.
const start = SevenZip as unknown as (options: object) => Promise<Program>;

/** The part of the program, and of Emscripten's file system, that is used here. */
interface Program {
  readonly FS: FileSystem;
  callMain(args: string[]): number;
}
interface FileSystem {
  readonly root: object;
  readonly streams: readonly object[];
  makedev(major: number, minor: number): number;
  registerDevice(device: number, operations: object): void;
  mkdev(path: string, mode: number, device: number): void;
  createNode(parent: object, name: string, mode: number, device: number): Node;
  open(path: string, flags: string): unknown;
  close(stream: object | undefined): void;
}
interface Node {
  readonly id: number;
  readonly mode: number;
  node_ops: object;
  stream_ops: object;
}

const REGULAR_READABLE = 0o100400;

const SEEK_SET = 0;
const SEEK_CUR = 1;

/** A file whose bytes stay where they are. */
function mountInput(fs: FileSystem, { bytes, read }: SevenZipInput): void {
  const node = fs.createNode(fs.root, INPUT.slice(1), REGULAR_READABLE, 0);
  const time = new Date(0);
  node.node_ops = {
    getattr: () => ({
      dev: 1,
      ino: node.id,
      mode: node.mode,
      nlink: 1,
      uid: 0,
      gid: 0,
      rdev: 0,
      size: bytes,
      atime: time,
      mtime: time,
      ctime: time,
      blksize: 4096,
      blocks: Math.ceil(bytes / 512),
    }),
  };
  node.stream_ops = {
    read: (_stream: object, buffer: Int8Array, offset: number, length: number, position: number): number =>
      read(buffer, offset, Math.max(0, Math.min(length, bytes - position)), position),
    llseek: ({ position }: { position: number }, offset: number, whence: number): number =>
      Math.max(0, offset + (whence === SEEK_SET ? 0 : whence === SEEK_CUR ? position : bytes)),
  };
}

/** Takes the place of standard output: what is opened next gets the number that was closed. */
function mountOutput(fs: FileSystem, write: (piece: Int8Array) => void): void {
  const device = fs.makedev(64, 0);
  fs.registerDevice(device, {
    write: (_stream: object, buffer: Int8Array, offset: number, length: number): number => {
      write(buffer.subarray(offset, offset + length));
      return length;
    },
  });
  fs.mkdev('/output', 0o600, device);
  fs.close(fs.streams[1]);
  fs.open('/output', 'w');
}

const PAGE_BYTES = 65_536;
/** More than the largest dictionary that xz takes by itself (64 MB); what asks for more is refused memory. */
const MAX_MEMORY_BYTES = 192 * 1024 * 1024;

const wasmPath = import.meta.url.endsWith('.ts')
  ? import.meta.resolve('7z-wasm/7zz.wasm')
  : new URL('./7zz.wasm', import.meta.url);

/** Starts the program and tells whether it was refused what it asked for last. */
function instantiateWithin(limit: { isReached: boolean }) {
  return (imports: object, receive: (instance: WasmInstance) => void): void => {
    const instance = new wasm.Instance(new wasm.Module(readFileSync(fileURLToPath(wasmPath))), imports);
    const { memory } = instance.exports;
    const grow = memory.grow.bind(memory);
    memory.grow = (pages) => {
      limit.isReached = memory.buffer.byteLength + pages * PAGE_BYTES > MAX_MEMORY_BYTES;
      if (limit.isReached) throw new RangeError();
      return grow(pages);
    };
    receive(instance);
  };
}

interface WasmInstance {
  readonly exports: {
    readonly memory: { readonly buffer: ArrayBuffer; grow: (pages: number) => number };
  };
}

// TypeScript knows it as a part of the browser only.
const { WebAssembly: wasm } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object, imports: object) => WasmInstance;
  };
};

/** The first line that fits decides. */
const meanings: readonly (readonly [RegExp, SevenZipFailure])[] = [
  [/Unsupported/i, { what: 'filter' }],
  [/Unexpected end/i, { check: 'cut' }],
  [/CRC/, { check: 'checksum' }],
  [/after the end/i, { check: 'trailing' }],
  // To 7-Zip no error: it passed over a first stream that it could not read.
  [/^Offset = /m, { check: 'header' }],
  [/Is not archive|Cannot open the file as/i, { check: 'header' }],
];

function failureIn(errors: string): SevenZipFailure {
  return meanings.find(([words]) => words.test(errors))?.[1] ?? { check: 'compression' };
}
