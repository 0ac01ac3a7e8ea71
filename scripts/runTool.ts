import { spawn } from 'node:child_process';
import { checkout } from './folders.ts';

/**
 * Runs a tool to its end and returns its standard output. Its standard error is shown only after a failure.
 * @throws Error whose first line is `failed` and whose rest is the end of the tool's output
 */
export async function runTool(
  command: string,
  words: readonly string[],
  failed: string,
  folder = checkout,
): Promise<string> {
  const tool = spawn(command, words, {
    cwd: folder,
    env: environmentOfTools(),
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm is a .cmd file on Windows.
    shell: process.platform === 'win32',
  });
  const said: Buffer[] = [];
  tool.stdout.on('data', (piece: Buffer) => said.push(piece));
  tool.stderr.on('data', (piece: Buffer) => said.push(piece));
  const code = await new Promise<number | null>((resolve, reject) => {
    tool.once('error', reject);
    tool.once('close', resolve);
  });
  const output = Buffer.concat(said).toString();
  if (code !== 0) throw new Error(`${failed}\n${output.slice(-4000)}`);
  return output;
}

/** The environment without npm's own variables: an npm that an npm script starts must not use the script's package. */
function environmentOfTools(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_(package_|lifecycle_|config_local_prefix$)/.test(name),
  );
  return { ...Object.fromEntries(own), DEBIAN_FRONTEND: 'noninteractive' };
}
