import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import SevenZip from '7z-wasm';

/** The input of 7-Zip, which it reads at any position. */
export interface SevenZipInput {
  readonly bytes: number;
  /** Reads up to `length` bytes at `position` into `buffer` at `offset`. @returns how many; fewer only at the end */
  readonly read: (buffer: Int8Array, offset: number, length: number, position: number) => number;
}

/** The input of 7-Zip, its result and its messages. */
interface SevenZipWork {
  readonly input: SevenZipInput;
  /** Gets the result in pieces, mostly of about 1 MB; a piece is valid until `write` returns. */
  readonly write: (piece: Int8Array) => void;
  readonly print: (line: string) => void;
}

interface SevenZipRun {
  /** 7-Zip's exit code. */
  readonly code: number;
  /** True if 7-Zip asked for too much memory; 7-Zip itself then reports invalid data. */
  readonly isMemoryRefused: boolean;
  /** How much memory 7-Zip holds; it never frees any. */
  readonly memoryBytes: number;
}

/** The most memory that 7-Zip may take: more than the largest dictionary that xz uses by default (64 MB). */
export const MAX_MEMORY_BYTES = 192 * 1024 * 1024;

/** Runs a command of 7-Zip (its name and its switches) on one file, synchronously. */
export type SevenZipProgram = (words: readonly string[], work: SevenZipWork) => SevenZipRun;

/**
 * Starts 7-Zip, which takes ten times as long as a small text.
 * @returns a program that can be called again, unless `work` threw
 */
export async function startSevenZip(): Promise<SevenZipProgram> {
  let work = nothing;
  let isMemoryRefused = false;
  const started = Promise.withResolvers<WasmInstance['exports']>();
  const print = (line: string): void => {
    work.print(line);
  };
  const program = await start({
    print,
    printErr: print,
    instantiateWasm: (imports: object, receive: (instance: WasmInstance) => void): void => {
      compiled ??= new wasm.Module(readFileSync(fileURLToPath(wasmPath)));
      const instance = new wasm.Instance(compiled, imports);
      const { memory } = instance.exports;
      const grow = memory.grow.bind(memory);
      memory.grow = (pages) => {
        isMemoryRefused = memory.buffer.byteLength + pages * PAGE_BYTES > MAX_MEMORY_BYTES;
        if (isMemoryRefused) throw new RangeError();
        return grow(pages);
      };
      started.resolve(instance.exports);
      receive(instance);
    },
  });
  mountInput(program.FS, () => work.input);
  mountOutput(program.FS, (piece) => {
    work.write(piece);
  });
  const { memory, ...stack } = await started.promise;
  return (words, given) => {
    work = given;
    isMemoryRefused = false;
    const top = stack.emscripten_stack_get_current();
    // Write the result to standard output, messages to standard error, and no progress.
    const code = program.callMain([...words, '-so', '-bso2', '-bsp0', INPUT]);
    // 7-Zip leaves its arguments on the stack.
    stack._emscripten_stack_restore(top);
    work = nothing;
    return { code, isMemoryRefused, memoryBytes: memory.buffer.byteLength };
  };
}

const nothing: SevenZipWork = {
  input: { bytes: 0, read: () => 0 },
  write: () => undefined,
  print: () => undefined,
};

const INPUT = '/input';
const PAGE_BYTES = 65_536;

const wasmPath = import.meta.url.endsWith('.ts')
  ? import.meta.resolve('7z-wasm/7zz.wasm')
  : new URL('./7zz.wasm', import.meta.url);
let compiled: object | undefined;

interface WasmInstance {
  readonly exports: {
    readonly memory: { readonly buffer: ArrayBuffer; grow: (pages: number) => number };
    readonly emscripten_stack_get_current: () => number;
    readonly _emscripten_stack_restore: (top: number) => void;
  };
}

// TypeScript declares WebAssembly only for the browser.
const { WebAssembly: wasm } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object, imports: object) => WasmInstance;
  };
};

// The module's own types say that it is called, and leave out most of the functions used here.
const start = SevenZip as unknown as (options: object) => Promise<Program>;

/** The part of the program and of Emscripten's file system that is used here. */
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

/** Adds a file to 7-Zip's file system without copying its bytes. */
function mountInput(fs: FileSystem, input: () => SevenZipInput): void {
  const node = fs.createNode(fs.root, INPUT.slice(1), REGULAR_READABLE, 0);
  const time = new Date(0);
  node.node_ops = {
    getattr: () => {
      const { bytes } = input();
      return {
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
      };
    },
  };
  node.stream_ops = {
    read: (_stream: object, buffer: Int8Array, offset: number, length: number, position: number): number => {
      const { bytes, read } = input();
      return read(buffer, offset, Math.max(0, Math.min(length, bytes - position)), position);
    },
    llseek: ({ position }: { position: number }, offset: number, whence: number): number =>
      Math.max(0, offset + (whence === SEEK_SET ? 0 : whence === SEEK_CUR ? position : input().bytes)),
  };
}

/** Replaces standard output: the next opened file gets the number of the closed one. */
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
