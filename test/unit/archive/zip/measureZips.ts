import { peakMemory } from '../../../../bench/peakMemory.ts';
import { withZip } from '../../../../src/archive/zip/readZip.ts';
import { knowing, reasonOf } from '../readWhole.ts';

/** Reads the first member of each zip, and prints the result for each and the peak memory in bytes. */
const before = peakMemory();
const results: (number | string)[] = [];
for (const path of process.argv.slice(2)) {
  const reading = withZip(
    path,
    async (zip) => {
      let bytes = 0;
      const [member] = zip.members;
      if (member !== undefined) for await (const piece of zip.read(member)) bytes += piece.length;
      return bytes;
    },
    { passwords: knowing('x') },
  );
  results.push(await reading.catch(reasonOf));
}
console.log(JSON.stringify({ results, peak: peakMemory() - before }));
