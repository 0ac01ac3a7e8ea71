import { readFileSync } from 'node:fs';

/**
 * The most memory that this process has held, in bytes. (`resourceUsage().maxRSS` also counts what the process that
 * started it held at that moment.)
 */
export function peakMemory(): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  const kilobytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
  return kilobytes * 1024;
}
