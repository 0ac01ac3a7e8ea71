import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { checkout } from '../folders.ts';
import { REPORT_LINE, failedWhole, type Report } from './report.ts';

/**
 * Runs a command to its end. It counts as one test, unless it prints a report. Its output is shown only after a
 * failure.
 */
export async function runCommand(name: string, command: string): Promise<Report> {
  const child = spawn(command, { cwd: checkout, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  child.stderr.on('data', (piece: Buffer) => pieces.push(piece));
  const [code] = (await once(child, 'close')) as [number | null];
  const said = Buffer.concat(pieces).toString();
  const line = said.split('\n').find((each) => each.startsWith(REPORT_LINE));
  if (line !== undefined) {
    const report = JSON.parse(line.slice(REPORT_LINE.length)) as Report;
    if (code === 0 || report.failed > 0) return report;
  }
  if (code === 0) return { passed: 1, failed: 0, failures: [] };
  return failedWhole(name, `> ${command}\n${said}`);
}
