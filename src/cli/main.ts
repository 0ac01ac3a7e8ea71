import { commandLine } from './commandLine.ts';
import { Exit } from './verb.ts';
import { isBrokenPipe, printError } from './output.ts';

/** A reader that closes the pipe early (`| head`) is no failure. `print` reports every other error to its caller. */
process.stdout.on('error', (error) => {
  if (isBrokenPipe(error)) process.exit(Exit.done);
});

/** Hides Node's warning that SQLite is experimental: a person can do nothing about it. */
const emitWarning = process.emitWarning.bind(process);
process.emitWarning = (warning: string | Error, ...rest: [never]) => {
  if (!String(warning).includes('SQLite')) emitWarning(warning, ...rest);
};

process.exitCode = isOldNode() ? refuseOldNode() : await commandLine(process.argv.slice(2), process.env);

function isOldNode(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major < 22 || (major === 22 && minor < 13);
}

function refuseOldNode(): Exit {
  printError(`workspace-logs needs Node.js 22.13 or later; this is ${process.versions.node}.`);
  return Exit.failed;
}
