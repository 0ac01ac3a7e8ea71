import type * as Zlib from 'node:zlib';
import type { BodySample } from './bodyTaps.ts';

/** What a compressed body holds. */
export interface PlainBytes {
  /** At most as many as the sample may keep. */
  readonly bytes: Buffer;
  /** Whether bytes are missing at the end. */
  readonly isCut: boolean;
}

/**
 * Decoding goes this much beyond what is kept: most bodies need one attempt then. Two blocks of zstd fit, so that one of
 * the pieces below holds a whole block.
 */
const SLACK = 262_144;
/** The first piece that is decoded of a body that grows too far. */
const FIRST_PIECE = 64;
/** How often the piece between one that gives too little and one that gives too much is halved. */
const HALVINGS = 4;
/** Longer lists of codings are not undone. Only an attack has them. */
const MOST_CODINGS = 3;
/** 8 MiB: what RFC 9659 allows for `Content-Encoding: zstd`. */
const ZSTD_WINDOW_LOG = 23;

/** @param isPart whether the bytes may end before the end of the format: then what they give so far is enough */
type Decoder = (bytes: Buffer, most: number, isPart: boolean) => Buffer;

/**
 * Decompresses the beginning of a body. Nothing grows beyond what the sample may keep and a little more, so a bomb stops
 * there.
 * @param codings the value of `Content-Encoding`
 * @returns undefined for an unknown coding, and for bytes that are not in it
 */
export function plainBytes(sample: BodySample, codings: string): PlainBytes | undefined {
  const names = codings.toLowerCase().split(',');
  if (names.length > MOST_CODINGS) return undefined;
  let plain: PlainBytes = { bytes: sample.bytes, isCut: sample.isCut };
  for (const name of names.reverse()) {
    const word = name.trim();
    if (word === 'identity' || word === '') continue;
    const decode = decoderOf(word);
    if (decode === undefined) return undefined;
    try {
      plain = decodedBeginning(plain, sample.limit, decode);
    } catch {
      return undefined;
    }
  }
  return plain;
}

function decodedBeginning({ bytes, isCut }: PlainBytes, limit: number, decode: Decoder): PlainBytes {
  const most = 2 * limit + SLACK;
  const cut = (found: Buffer, isPart: boolean): PlainBytes => ({
    bytes: found.subarray(0, limit),
    isCut: isPart || found.length > limit,
  });
  const whole = unlessTooLong(decode, bytes, most, isCut);
  if (whole !== undefined) return cut(whole.bytes, whole.isCut);

  // What has been decoded is lost with the error. So pieces are decoded anew: longer ones until they give enough.
  let best: Buffer = Buffer.alloc(0);
  let short = 0;
  let long = FIRST_PIECE;
  for (; long < bytes.length; long *= 2) {
    const found = unlessTooLong(decode, bytes.subarray(0, long), most, true);
    if (found === undefined) break;
    best = found.bytes;
    short = long;
    if (best.length >= limit) return cut(best, true);
  }
  long = Math.min(long, bytes.length);
  for (let halving = 0; halving < HALVINGS && best.length < limit; halving += 1) {
    const middle = Math.floor((short + long) / 2);
    const found = unlessTooLong(decode, bytes.subarray(0, middle), most, true);
    if (found === undefined) long = middle;
    else {
      best = found.bytes;
      short = middle;
    }
  }
  return cut(best, true);
}

/** A body that ends before its format does was cut off where it was compressed, though all of its bytes came. */
function unlessTooLong(decode: Decoder, bytes: Buffer, most: number, isCut: boolean): PlainBytes | undefined {
  try {
    return { bytes: decode(bytes, most, isCut), isCut };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    if (code === 'Z_BUF_ERROR' && !isCut) return unlessTooLong(decode, bytes, most, true);
    throw error;
  }
}

/** The decoders give what a cut body holds: flushing at the end asks for no end of the format. */
function decoderOf(name: string): Decoder | undefined {
  // This is no import: each start of the command line would load the module.
  const zlib = process.getBuiltinModule('node:zlib') as Omit<typeof Zlib, 'zstdDecompressSync'> &
    Partial<Pick<typeof Zlib, 'zstdDecompressSync'>>;
  const { constants, zstdDecompressSync } = zlib;
  const flushed = (isPart: boolean): Zlib.ZlibOptions =>
    isPart ? { finishFlush: constants.Z_SYNC_FLUSH } : {};
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return (bytes, maxOutputLength, isPart) =>
        zlib.gunzipSync(bytes, { ...flushed(isPart), maxOutputLength });
    case 'deflate':
      // Some programs leave the wrapper of zlib out, whose first byte says 8 in its lower half.
      return (bytes, maxOutputLength, isPart) =>
        ((bytes[0] ?? 0) & 0x0f) === 8
          ? zlib.inflateSync(bytes, { ...flushed(isPart), maxOutputLength })
          : zlib.inflateRawSync(bytes, { ...flushed(isPart), maxOutputLength });
    case 'br':
      return (bytes, maxOutputLength, isPart) =>
        zlib.brotliDecompressSync(bytes, {
          ...(isPart ? { finishFlush: constants.BROTLI_OPERATION_FLUSH } : {}),
          maxOutputLength,
        });
    case 'zstd':
      // Node has it from 22.15 on.
      if (zstdDecompressSync === undefined) return undefined;
      return (bytes, maxOutputLength, isPart) =>
        zstdDecompressSync(bytes, {
          ...(isPart ? { finishFlush: constants.ZSTD_e_flush } : {}),
          maxOutputLength,
          params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG },
        });
    default:
      return undefined;
  }
}
