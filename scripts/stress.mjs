/** `npm run stress -- FILE`: scripts/testing/stress.ts. */
import { carryOut, continueUnderNode24, ensureDependencies } from './setup.mjs';

await carryOut(async () => {
  await ensureDependencies();
  await continueUnderNode24('scripts/testing/stress.ts', process.argv.slice(2));
});
