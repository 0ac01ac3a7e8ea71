import { createCipheriv, createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';

export interface AesZipMember {
  readonly name: string;
  readonly text: string | Buffer;
  /** Deflated, unless said otherwise. */
  readonly method?: 'stored' | 'deflated';
}

export interface AesZipOptions {
  readonly password: string | Buffer;
  readonly bits?: 128 | 192 | 256;
  /** 1 keeps the plaintext's CRC-32. */
  readonly version?: 1 | 2;
  /**
   * The seed of the salts. A verifier accepts one wrong password in 65,536, so among thousands of archives some would
   * accept one.
   */
  readonly salt?: string;
}

/** A WinZip-AES zip, written in the simplest way, for the tests of code that reads such zips. */
export function aesZip(members: readonly AesZipMember[], options: AesZipOptions): Buffer {
  const { password, bits = 256, version = 2 } = options;
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, text, method = 'deflated' } of members) {
    const plain = Buffer.from(text);
    const packed = method === 'stored' ? plain : deflateRawSync(plain);
    const salt = options.salt ?? `salt ${String((salts += 1))}`;
    const data = encrypted(packed, password, bits, `${salt} ${name}`);
    const encodedName = Buffer.from(name);
    const extra = aesField(version, bits, method === 'stored' ? 0 : 8);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(51, 0);
    // Encrypted, and the name in UTF-8.
    common.writeUInt16LE(0x801, 2);
    common.writeUInt16LE(99, 4);
    // 2026-01-01 00:00.
    common.writeUInt16LE(0, 6);
    common.writeUInt16LE(((2026 - 1980) << 9) | (1 << 5) | 1, 8);
    common.writeUInt32LE(version === 1 ? crc32(plain) : 0, 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(encodedName.length, 22);
    common.writeUInt16LE(extra.length, 24);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, encodedName, extra, data]);
    const behind = Buffer.alloc(14);
    behind.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x33\x03'), common, behind, encodedName, extra]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

function aesField(version: 1 | 2, bits: 128 | 192 | 256, method: 0 | 8): Buffer {
  return Buffer.from([0x01, 0x99, 7, 0, version, 0, 0x41, 0x45, bits / 64 - 1, method, 0]);
}

/** Each member has a salt of its own: a proof for one of them is none for another. */
let salts = 0;

function encrypted(packed: Buffer, password: string | Buffer, bits: 128 | 192 | 256, seed: string): Buffer {
  const keyBytes = bits / 8;
  const salt = createHash('sha256')
    .update(seed)
    .digest()
    .subarray(0, keyBytes / 2);
  const keys = pbkdf2Sync(password, salt, 1000, 2 * keyBytes + 2, 'sha1');
  const cipher = createCipheriv(`aes-${String(bits)}-ecb`, keys.subarray(0, keyBytes), null);
  const counters = Buffer.alloc(Math.ceil(packed.length / 16) * 16);
  for (let at = 0; at < counters.length; at += 16) counters.writeUInt32LE(at / 16 + 1, at);
  const stream = cipher.update(counters);
  const ciphertext = Buffer.from(packed.map((byte, at) => byte ^ (stream[at] ?? 0)));
  const mac = createHmac('sha1', keys.subarray(keyBytes, 2 * keyBytes))
    .update(ciphertext)
    .digest();
  return Buffer.concat([salt, keys.subarray(2 * keyBytes), ciphertext, mac.subarray(0, 10)]);
}
