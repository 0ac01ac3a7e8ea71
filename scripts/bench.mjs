/** `npm run bench`: bench/run.ts, with the programs that it compares with. */
import { carryOut, continueUnderNode24, ensureDependencies, ensureRivals } from './setup.mjs';

await carryOut(async () => {
  await ensureDependencies();
  await ensureRivals();
  await continueUnderNode24('bench/run.ts', process.argv.slice(2));
});
