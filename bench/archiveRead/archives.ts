import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Passwords } from '../../src/archive/aes/passwords.ts';
import { writeRealisticLog } from '../realisticLog.ts';

const MB = 1_048_576;
const LOG_BYTES = 20_000_000;
const BOMB_BYTES = 300 * MB;
/** The dictionary size of Python's zipfile. */
const DICTIONARY_BYTES = 8 * MB;

/** An encrypted zip of one text. */
export interface Archive {
  readonly path: string;
  readonly bytes: number;
  readonly bytesOfText: number;
  /** The dictionary size of LZMA; 0 for the other methods. */
  readonly dictionaryBytes: number;
}

const methods = { deflated: 'Deflate', lzma: `LZMA:d=${String(DICTIONARY_BYTES)}b`, bzip2: 'BZip2' } as const;
type Method = keyof typeof methods;
export type Archives = Readonly<Record<Method | `${Method}Bomb` | 'dense', Archive>>;

const password = Buffer.from('of the bench');
export const passwordText = password.toString();
export const passwords: Passwords = { candidates: () => [password] };

/** Archives of a log by each method, of one that hardly compresses, and of zeros; each is checked by 7-Zip. */
export function makeArchives(folder: string): Archives {
  const log = join(folder, 'api.log');
  const dense = join(folder, 'dense.log');
  const zeros = join(folder, 'zeros.log');
  writeRealisticLog(log, LOG_BYTES);
  writeFileSync(dense, randomBytes((LOG_BYTES / 4) * 3).toString('base64'));
  writeFileSync(zeros, '');
  truncateSync(zeros, BOMB_BYTES);
  const make = (method: Method, text: string, name: string): Archive => {
    const path = join(folder, `${name}.zip`);
    sevenZip('a', '-tzip', '-mem=AES256', `-mm=${methods[method]}`, path, text);
    sevenZip('t', path);
    return {
      path,
      bytes: statSync(path).size,
      bytesOfText: statSync(text).size,
      dictionaryBytes: method === 'lzma' ? DICTIONARY_BYTES : 0,
    };
  };
  return {
    deflated: make('deflated', log, 'deflated'),
    lzma: make('lzma', log, 'lzma'),
    bzip2: make('bzip2', log, 'bzip2'),
    dense: make('deflated', dense, 'dense'),
    deflatedBomb: make('deflated', zeros, 'deflatedBomb'),
    lzmaBomb: make('lzma', zeros, 'lzmaBomb'),
    bzip2Bomb: make('bzip2', zeros, 'bzip2Bomb'),
  };
}

/** Runs 7-Zip with the password. */
export function sevenZip(...words: readonly string[]): void {
  execFileSync('7zz', [...words, `-p${passwordText}`], { stdio: 'ignore' });
}
