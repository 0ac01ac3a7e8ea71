/** `npm test`, `npm run check` and `npm run soak`: scripts/testing/run.ts says what they take. */
import { carryOut, continueUnderNode24, ensureDependencies } from './setup.mjs';

await carryOut(async () => {
  await ensureDependencies();
  await continueUnderNode24('scripts/testing/run.ts', process.argv.slice(2));
});
