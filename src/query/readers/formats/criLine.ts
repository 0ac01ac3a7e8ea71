import type { Line } from '../readLine.ts';
import { findTime } from '../times.ts';

const cri =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([FP])(?::\S*)?(?: (.*))?$/s;

/**
 * A line of a container's log as the Container Runtime Interface has it: time, stream, tags, and a line of the program,
 * which is `log` here. The tag `P` says that the program's line goes on in the next one of the stream, `F` that it ends.
 */
export function readCri(text: string): Line | undefined {
  const [, time, stream, tag, log = ''] = cri.exec(text) ?? [];
  if (time === undefined) return undefined;
  return { format: 'cri', fields: { stream, tag, log }, universal: {}, time: findTime(time) };
}
