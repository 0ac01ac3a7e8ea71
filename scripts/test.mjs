/** `npm test`, or `npm test -- unit faults`: every suite, or the named ones. The suites: scripts/runSuites.ts. */
import { carryOut, continueUnderNode24, ensureDependencies } from './setup.mjs';

await carryOut(async () => {
  await ensureDependencies();
  await continueUnderNode24('scripts/runSuites.ts', process.argv.slice(2));
});
