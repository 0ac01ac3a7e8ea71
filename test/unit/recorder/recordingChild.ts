import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { build } from 'esbuild';

const sources = [
  ...['../../../src/jobs/jobs.ts', '../../../src/base/patience.ts', '../../../src/base/job.ts'],
  ...['../../../src/audit/trail.ts', './recordedLines.ts'],
];
let bundle: Promise<string> | undefined;

/** What the programs import, in one file: to read the sources one by one costs each of them a second. */
async function bundled(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'workspace-logs-recording-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const outfile = join(folder, 'recording.mjs');
  await build({
    stdin: {
      contents: sources.map((path) => `export * from ${JSON.stringify(path)};`).join('\n'),
      resolveDir: import.meta.dirname,
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return outfile;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs statements in a process of their own, where `open(options, parts)` opens a recorder of the workspace,
 * `entryAt(path)` makes an entry, and `standing` is a patience that never ends. `words` go to Node.
 */
export async function runRecording(root: string, statements: string, words: string[] = []): Promise<Ended> {
  const program = `
    import { entryAt, inlineApp, inlineRunner, openRecorder, systemPatience, trailJobs } from ${JSON.stringify(await (bundle ??= bundled()))};
    const standing = { ...systemPatience, now: () => 0 };
    const open = (options, parts) => openRecorder(${JSON.stringify(root)}, options, parts);
    ${statements}`;
  const child = spawn(process.execPath, [...words, '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<Pick<Ended, 'code' | 'signal'>>((resolve) =>
    child.once('close', (code, signal) => {
      resolve({ code, signal });
    }),
  );
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { ...(await ended), stdout, stderr };
}
