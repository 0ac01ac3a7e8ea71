import type { IncomingMessage, ServerResponse } from 'node:http';
import { firstHeader } from './rawHeaders.ts';
import type { StreamBelow } from './unanswered.ts';

const nothing = Buffer.alloc(0);
/** A block of zstd (128 KiB at most) gives nothing before it is whole. Its head and the frame's take the rest. */
const ZSTD_BLOCK = 131_072 + 1024;

/** The beginning of a body that passes by, and the length of the body. */
export class BodySample {
  /** How many bytes of the body an entry needs. */
  readonly limit: number;
  /** How many of the bytes that pass are kept. */
  #room: number;
  /** Grows as it fills. A Buffer for each of many tiny chunks would cost far more than their bytes. */
  #store = nothing;
  #kept = 0;
  #total = 0;
  /** True if the body began before this sample observed it. */
  isLate = false;
  /** True if the last of the written bytes has passed. */
  isComplete = true;

  /** @param limit how many bytes are kept */
  constructor(limit: number) {
    this.limit = limit;
    this.#room = limit;
  }

  /** Has enough bytes kept to decompress the beginning, where a coding needs more. Call it before the first `add`. */
  prepareFor(coding: string | undefined): void {
    if (coding !== undefined && /zstd/i.test(coding)) this.#room = Math.max(this.limit, ZSTD_BLOCK);
  }

  /** The number of bytes that passed. */
  get total(): number {
    return this.#total;
  }

  get isCut(): boolean {
    return this.#total > this.#kept;
  }

  /** The bytes that were kept. */
  get bytes(): Buffer {
    return this.#store.subarray(0, this.#kept);
  }

  /** Takes a chunk as streams take it. The kept bytes are copied, so that a small piece keeps no large buffer. */
  add(chunk: unknown, encoding?: unknown): void {
    if (typeof chunk === 'string') this.#addText(chunk, encoding);
    else if (chunk instanceof Uint8Array) {
      this.#add(chunk.subarray(0, this.#room - this.#kept), chunk.byteLength);
    }
  }

  #addText(text: string, encoding: unknown): void {
    const known = typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
    // One UTF-16 unit is at least one byte of UTF-8, so `room` units are always enough.
    const room = this.#room - this.#kept;
    const beginning = /^utf-?8$/i.test(known) ? text.slice(0, room) : text;
    const bytes = room > 0 ? Buffer.from(beginning, known) : nothing;
    this.#add(bytes.subarray(0, room), Buffer.byteLength(text, known));
  }

  #add(piece: Uint8Array, total: number): void {
    this.#total += total;
    if (piece.length === 0) return;
    const kept = this.#kept + piece.length;
    if (kept > this.#store.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#room, Math.max(kept, 2 * this.#store.length)));
      this.#store.copy(grown);
      this.#store = grown;
    }
    this.#store.set(piece, this.#kept);
    this.#kept = kept;
  }
}

/** A body that is observed, and the headers that came with it, by their names in lower case. */
export interface TappedBody {
  readonly sample: BodySample;
  readonly header: (name: string) => string | undefined;
}

/**
 * Observes a request's body as it comes in and changes nothing of its flow: the reader of the body decides when it is
 * read, and a body without a reader stays where it is.
 * @returns undefined if there is no body
 */
export function tapRequest(request: IncomingMessage, limit: number): TappedBody | undefined {
  const header = (name: string): string | undefined => firstHeader(request.rawHeaders, name);
  const length = Number(header('content-length') ?? '0');
  if (!mayHaveBody(request, length)) return undefined;
  const sample = new BodySample(limit);
  sample.prepareFor(header('content-encoding'));
  sample.isComplete = firstHeader(request.rawHeaders, 'content-length') === '0';
  sample.isLate = request.readableDidRead || request.readableLength > 0 || request.readableEnded;
  const push = request.push.bind(request);
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    quietly(() => {
      if (chunk !== null) sample.add(chunk, encoding);
      // The end may be reported only after a quick response is closed, so the length counts, too.
      sample.isComplete = chunk === null ? isRealEnd(request, sample) : sample.total === length;
    });
    return push(chunk, encoding);
  };
  return { sample, header };
}

/**
 * Whether an end is that of the body. A request of HTTP/2 also ends when its stream is closed, and then a body that is not read
 * began to read has passed by unseen.
 */
function isRealEnd(request: WithStream, sample: BodySample): boolean {
  if (request.httpVersionMajor < 2) return true;
  return request.stream?.readableEnded === true && (sample.total > 0 || request.readableDidRead);
}

type WithStream = IncomingMessage & {
  readonly stream?: { readonly endAfterHeaders?: boolean; readonly readableEnded?: boolean };
};

/** In HTTP/2, a body needs neither header: the frame of the headers says whether a body follows. */
function mayHaveBody(request: WithStream, length: number): boolean {
  if (request.httpVersionMajor >= 2) return request.stream?.endAfterHeaders !== true;
  return length > 0 || firstHeader(request.rawHeaders, 'transfer-encoding') !== undefined;
}

type Method = (...words: readonly unknown[]) => unknown;

/**
 * Observes a response's body as the handler writes it. In HTTP/2, everything that is written to the response passes
 * through its stream, where a handler may write, too.
 */
export function tapResponse(
  response: ServerResponse,
  stream: StreamBelow | undefined,
  limit: number,
): TappedBody {
  const sample = new BodySample(limit);
  const target = stream ?? response;
  const write = (target.write as Method).bind(target);
  const end = (target.end as Method).bind(target);
  const writeHead = response.writeHead.bind(response);
  let given: unknown;
  let isInside = false;
  const header = (name: string): string | undefined => {
    const value = stream?.sentHeaders?.[name] ?? givenHeader(given, name) ?? response.getHeader(name);
    return Array.isArray(value) ? value.join() : value?.toString();
  };

  /**
   * Calls the method with the same arguments and observes the chunk, unless it is refused: every chunk after the end
   * is. The `end` of some responses (injected requests) calls `write` with the same chunk, which must not count twice.
   */
  function through(method: Method, words: readonly unknown[]): unknown {
    if (isInside) return method(...words);
    const isTaken = !target.writableEnded;
    let result: unknown;
    isInside = true;
    try {
      result = method(...words);
    } finally {
      isInside = false;
    }
    if (isTaken)
      quietly(() => {
        if (sample.total === 0) sample.prepareFor(header('content-encoding'));
        sample.add(words[0], words[1]);
      });
    return result;
  }
  target.write = ((...words: unknown[]) => through(write, words)) as typeof response.write;
  target.end = ((...words: unknown[]) => through(end, words)) as typeof response.end;
  // Headers that were only passed to `writeHead` cannot be read from the response afterwards.
  response.writeHead = (...words: unknown[]) => {
    given = words.at(-1);
    return Reflect.apply(writeHead, response, words as never);
  };
  return { sample, header };
}

/** The value of a header that `writeHead` was given in an object, in pairs, or as names and values in turn. */
function givenHeader(given: unknown, name: string): string | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const pairs: unknown[] = Array.isArray(given) ? given.flat() : Object.entries(given).flat(1);
  const values = pairs.filter(
    (_, index) => index % 2 === 1 && String(pairs[index - 1]).toLowerCase() === name,
  );
  return values.length === 0 ? undefined : values.join();
}

/** A failure while a body is observed must never harm the body. */
function quietly(look: () => void): void {
  try {
    look();
  } catch {
    // The entry lacks this piece.
  }
}
