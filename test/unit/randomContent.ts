import { createCipheriv, createHash } from 'node:crypto';
import { seed } from '../chance.ts';

/**
 * Bytes that do not shrink, the same again for the same seed.
 * @param name tells them from those of other tests
 */
export function randomContent(bytes: number, name: string): Buffer {
  const key = createHash('sha256')
    .update(`${String(seed)} ${name}`)
    .digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}
