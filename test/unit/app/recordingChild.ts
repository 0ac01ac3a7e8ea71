import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';

const parts = ['../../../src/app/jobs.ts', './recordedLines.ts'].map((path) =>
  JSON.stringify(join(import.meta.dirname, path)),
);

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs statements in a process of their own, where `open(options, parts)` opens a recorder of the workspace, and
 * `entryAt(path)` makes an entry. `words` go to Node.
 */
export async function runRecording(root: string, statements: string, words: string[] = []): Promise<Ended> {
  const program = `
    import { inlineApp } from ${parts[0]!};
    import { entryAt, openRecorder } from ${parts[1]!};
    const open = (options, parts) => openRecorder(${JSON.stringify(root)}, options, parts);
    ${statements}`;
  const child = spawn(process.execPath, [...words, '--input-type=module-typescript', '-e', program], {
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
