import { spawn } from 'node:child_process';
import { checkout } from './folders.ts';

/**
 * Runs a tool to its end and returns what it printed; what it said is otherwise seen only when it fails.
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
    // npm is a .cmd file there.
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

/** An npm that is started by an npm script must not take the script's package for its own. */
function environmentOfTools(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_(package_|lifecycle_|config_local_prefix$)/.test(name),
  );
  return { ...Object.fromEntries(own), DEBIAN_FRONTEND: 'noninteractive' };
}
