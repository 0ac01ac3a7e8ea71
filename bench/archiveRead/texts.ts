import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { duration, median } from '../sideBySide.ts';
import { ms, times, type Row } from '../table.ts';
import { sevenZip, type Archive, type Archives } from './archives.ts';
import { readers, zipJsVersion } from './readers.ts';

/** Every contender has a process of its own, so that its garbage does not slow down the others. */
const ROUNDS = 5;
const LEAST_ZIP_JS_RATIO = 4;
const LEAST_RATES = { lzma: 35, bzip2: 25 } as const;

/** The time to decrypt, authenticate and decompress a text. */
export async function textRows(archives: Archives): Promise<readonly Row[]> {
  return [
    ...(await zipJsRows('a 20 MB log', archives.deflated)),
    ...(await zipJsRows('20 MB of base64', archives.dense)),
    await rateRow('lzma', archives.lzma),
    await rateRow('bzip2', archives.bzip2),
  ];
}

type Name = keyof typeof readers;
const ofZipJs = ['native', 'nativeInWorkers', 'wasm', 'wasmInWorkers'] as const satisfies readonly Name[];

async function zipJsRows(what: string, archive: Archive): Promise<Row[]> {
  const medians = await inRounds(archive, ['ours', ...ofZipJs]);
  const fastest = ofZipJs.reduce((one, other) => (medians[other] < medians[one] ? other : one));
  const { ours, sevenZip: own, sevenZipAlone: alone } = medians;
  const ratio = medians[fastest] / ours;
  return [
    {
      what: `${what}, deflate and AES-256`,
      measured: ms(ours),
      against: `zip.js ${zipJsVersion}, the fastest of four settings (${fastest}), ${ms(medians[fastest])}`,
      ratio: times(ratio),
      goal: `≥ ${String(LEAST_ZIP_JS_RATIO)} ×`,
      met: ratio >= LEAST_ZIP_JS_RATIO,
    },
    {
      what: '',
      measured: '',
      against: `7zz t with its start, ${ms(own)}; with -mmt1 ${ms(alone)}`,
      ratio: times(alone / ours),
      goal: '',
      met: undefined,
    },
  ];
}

async function rateRow(method: 'lzma' | 'bzip2', archive: Archive): Promise<Row> {
  const medians = await inRounds(archive, ['ours']);
  const rate = (time: number): number => archive.bytesOfText / 1000 / time;
  const ours = rate(medians.ours);
  return {
    what: `a 20 MB log, ${method} and AES-256`,
    measured: `${ours.toFixed(0)} MB/s`,
    against: `7zz t, ${rate(medians.sevenZip).toFixed(0)} MB/s; with -mmt1 ${rate(medians.sevenZipAlone).toFixed(0)} MB/s`,
    ratio: times(ours / rate(medians.sevenZipAlone)),
    goal: `≥ ${String(LEAST_RATES[method])} MB/s`,
    met: ours >= LEAST_RATES[method],
  };
}

type Medians<K extends Name> = Readonly<Record<K | 'sevenZip' | 'sevenZipAlone', number>>;

/** The medians for each contender, in ms; all of them are measured once per round. */
async function inRounds<K extends Name>(archive: Archive, names: readonly K[]): Promise<Medians<K>> {
  const contenders: Record<string, () => number | Promise<number>> = {
    sevenZip: () => timeOfSevenZip(archive),
    sevenZipAlone: () => timeOfSevenZip(archive, '-mmt1'),
  };
  for (const name of names) contenders[name] = () => timeAlone(name, archive);
  const results: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, measure] of Object.entries(contenders)) (results[name] ??= []).push(await measure());
  return Object.fromEntries(
    Object.entries(results).map(([name, values]) => [name, median(values)]),
  ) as Medians<K>;
}

function timeAlone(name: Name, { path, bytesOfText }: Archive): number {
  const script = join(import.meta.dirname, 'timeAlone.ts');
  const words = [script, name, path, String(bytesOfText)];
  return Number(execFileSync(process.execPath, words, { encoding: 'utf8' }));
}

function timeOfSevenZip({ path }: Archive, ...words: readonly string[]): Promise<number> {
  return duration(() => {
    sevenZip('t', ...words, path);
  });
}
