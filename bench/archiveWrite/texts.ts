import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeRealisticLog } from '../realisticLog.ts';
import { median } from '../sideBySide.ts';
import { mb, ms, times, type Row } from '../table.ts';
import { passwordText, versions, type writers } from './writers.ts';

const LOG_BYTES = 20_000_000;
/** Every contender has a process of its own, so that its garbage does not slow down the others. */
const ROUNDS = 3;
const LEAST_ZIP_JS_RATIO = 1.2;
const MOST_AES_SHARE = 0.15;
const LEAST_LZMA_RATE = 15;
const LEAST_LZMA_RATIO = 0.5;

/** How long it takes to compress and encrypt a text. */
export function textRows(folder: string): readonly Row[] {
  const log = join(folder, 'api.log');
  const dense = join(folder, 'dense.log');
  writeRealisticLog(log, LOG_BYTES);
  writeFileSync(dense, randomBytes((LOG_BYTES / 4) * 3).toString('base64'));
  return [...deflateRows('a 20 MB log', log), ...deflateRows('20 MB of base64', dense), ...sevenZipRows(log)];
}

const ofZipJs = ['native', 'nativeInWorkers', 'wasm', 'wasmInWorkers'] as const;

function deflateRows(what: string, source: string): Row[] {
  const deflate = (level: number): readonly string[] => ['-mm=Deflate', `-mx${String(level)}`, '-mmt1'];
  const found = inRounds(source, ['deflated', 'plain', 'archiver', ...ofZipJs], {
    // Its fastest and its default deflate; neither equals level 6 of zlib.
    sevenZipFast: deflate(1),
    sevenZipUsual: deflate(5),
  });
  const { deflated, plain, archiver, sevenZipFast, sevenZipUsual } = found;
  const fastest = ofZipJs.reduce((one, other) => (found[other].time < found[one].time ? other : one));
  const ratio = found[fastest].time / deflated.time;
  const share = deflated.time / plain.time - 1;
  return [
    {
      what: `${what}, deflate 6 and AES-256`,
      measured: told(deflated),
      against: `zip.js ${versions.zipJs}, the fastest of four settings (${fastest}), ${told(found[fastest])}`,
      ratio: times(ratio),
      goal: `≥ ${String(LEAST_ZIP_JS_RATIO)} ×`,
      met: ratio >= LEAST_ZIP_JS_RATIO,
    },
    compared(`archiver-zip-encrypted ${versions.archiverEncrypted}, ${told(archiver)}`, archiver, deflated),
    compared(`7zz -mx1 -mmt1 with its start, ${told(sevenZipFast)}`, sevenZipFast, deflated),
    compared(`7zz -mx5 -mmt1 with its start, ${told(sevenZipUsual)}`, sevenZipUsual, deflated),
    {
      what: `what AES adds to it`,
      measured: `${(share * 100).toFixed(1)} %`,
      against: `our deflate alone, ${ms(plain.time)}`,
      ratio: times(1 + share),
      goal: `≤ ${(MOST_AES_SHARE * 100).toFixed(0)} %`,
      met: share <= MOST_AES_SHARE,
    },
  ];
}

function sevenZipRows(source: string): Row[] {
  const { lzma, bzip2, sevenZipLzma, sevenZipBzip2 } = inRounds(source, ['lzma', 'bzip2'], {
    sevenZipLzma: ['-mm=LZMA', '-mx1', '-mmt1'],
    sevenZipBzip2: ['-mm=BZip2', '-md=900000b', '-mpass=1', '-mmt1'],
  });
  const rate = ({ time }: Writing): number => LOG_BYTES / 1000 / time;
  const ratio = sevenZipLzma.time / lzma.time;
  return [
    {
      what: 'a 20 MB log, LZMA of level 1 and AES-256',
      measured: `${rate(lzma).toFixed(0)} MB/s, ${mb(lzma.bytes)}`,
      against: `7zz -mx1 -mmt1 with its start, ${rate(sevenZipLzma).toFixed(0)} MB/s, ${mb(sevenZipLzma.bytes)}`,
      ratio: times(ratio),
      goal: `≥ ${String(LEAST_LZMA_RATE)} MB/s, ≥ ${String(LEAST_LZMA_RATIO)} ×`,
      met: rate(lzma) >= LEAST_LZMA_RATE && ratio >= LEAST_LZMA_RATIO,
    },
    {
      what: 'a 20 MB log, bzip2 of 900 KB and AES-256',
      measured: `${rate(bzip2).toFixed(0)} MB/s, ${mb(bzip2.bytes)}`,
      against: `7zz of the same with -mmt1, ${rate(sevenZipBzip2).toFixed(0)} MB/s, ${mb(sevenZipBzip2.bytes)}`,
      ratio: times(sevenZipBzip2.time / bzip2.time),
      goal: '',
      met: undefined,
    },
  ];
}

interface Writing {
  readonly time: number;
  readonly bytes: number;
}

function told({ time, bytes }: Writing): string {
  return `${ms(time)}, ${mb(bytes)}`;
}

function compared(against: string, theirs: Writing, ours: Writing): Row {
  const ratio = times(theirs.time / ours.time);
  return { what: '', measured: '', against, ratio, goal: '', met: undefined };
}

type Name = keyof typeof writers;

/** The medians for each contender; all of them are measured once per round. 7-Zip checks every zip. */
function inRounds<K extends Name, S extends string>(
  source: string,
  names: readonly K[],
  bySevenZip: Readonly<Record<S, readonly string[]>>,
): Readonly<Record<K | S, Writing>> {
  const contenders: Record<string, () => Writing> = {};
  for (const name of names) contenders[name] = () => writeAlone(name, source);
  for (const [name, words] of Object.entries<readonly string[]>(bySevenZip))
    contenders[name] = () => withSevenZip(words, source);
  const results: Record<string, Writing[]> = {};
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, measure] of Object.entries(contenders)) (results[name] ??= []).push(measure());
  return Object.fromEntries(
    Object.entries(results).map(([name, writings]) => [
      name,
      { time: median(writings.map(({ time }) => time)), bytes: writings[0]?.bytes ?? 0 },
    ]),
  ) as Record<K | S, Writing>;
}

function writeAlone(name: Name, source: string): Writing {
  const target = `${source}.zip`;
  const script = join(import.meta.dirname, 'writeAlone.ts');
  const output = execFileSync(process.execPath, [script, name, source, target], { encoding: 'utf8' });
  // The output of this contender is no zip.
  if (name !== 'plain') sevenZip('t', target);
  rmSync(target);
  return JSON.parse(output) as Writing;
}

function withSevenZip(words: readonly string[], source: string): Writing {
  const target = `${source}.7zz.zip`;
  const start = performance.now();
  sevenZip('a', '-tzip', '-mem=AES256', ...words, target, source);
  const time = performance.now() - start;
  const bytes = statSync(target).size;
  rmSync(target);
  return { time, bytes };
}

function sevenZip(...words: readonly string[]): void {
  execFileSync('7zz', [...words, `-p${passwordText}`], { stdio: 'ignore' });
}
