import { pbkdf2Sync } from 'node:crypto';
import { parseAesField } from '../../../src/archive/aes/winZipAes.ts';
import { knowing } from './readWhole.ts';
import { zipRecords } from './zipRecords.ts';

/**
 * Why the first member of a zip is refused to passwords that are all wrong. Its verifier has two bytes, and its salt is
 * random: it lets one password of 65,536 through, and then the HMAC tells.
 */
export function refusalOf(
  zip: Buffer,
  ...wrong: readonly (string | Uint8Array)[]
): 'password-wrong' | 'damaged: hmac' {
  const { central, data } = zipRecords(zip).entries[0]!;
  const { keyBytes } = parseAesField(central.extra.subarray(-7))!;
  const salt = zip.subarray(data.start, data.start + keyBytes / 2);
  const verifier = zip.subarray(data.start + keyBytes / 2, data.start + keyBytes / 2 + 2);
  const isLetThrough = (password: Uint8Array): boolean =>
    pbkdf2Sync(password, salt, 1000, 2 * keyBytes + 2, 'sha1')
      .subarray(2 * keyBytes)
      .equals(verifier);
  return knowing(...wrong)
    .candidates()
    .some(isLetThrough)
    ? 'damaged: hmac'
    : 'password-wrong';
}
