/** `npm start`: opens VS Code with this extension on a workspace full of logs. See scripts/open.ts. */
import { carryOut, continueUnderNode24, ensureDependencies } from './setup.mjs';

await carryOut(async () => {
  await ensureDependencies();
  await continueUnderNode24('scripts/open.ts', process.argv.slice(2));
});
