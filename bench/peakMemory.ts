import { readFileSync } from 'node:fs';

/**
 * The most memory that this process has used, in bytes. (`resourceUsage().maxRSS` also counts the memory that the
 * parent process had when it started this one.)
 */
export function peakMemory(): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  const kilobytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
  return kilobytes * 1024;
}
