import { resolve } from 'node:path';
import { Failure } from '../../base/failure.ts';
import type { TargetResult } from '../../forward/forwardJobs.ts';
import type { TargetStatus } from '../../forward/targetStatus.ts';
import { readTargets, TARGETS_VARIABLE } from '../../forward/targets.ts';
import { inlineApp } from '../../jobs/jobs.ts';
import { printable } from '../../words/failures.ts';
import { print, printError, printJson } from '../output.ts';
import { untilStopped } from '../untilStopped.ts';
import { Exit, type Verb } from '../verb.ts';

export const forward: Verb = {
  options: { once: 'flag', follow: 'flag', 'create-tables': 'flag', targets: 'value' },
  positionals: { min: 0, max: 1 },
  async run({ root, json, flag, value, positionals: [part], environment }) {
    const modes = [flag('once'), flag('follow'), flag('create-tables'), part === 'status'];
    if ((part !== undefined && part !== 'status') || modes.filter(Boolean).length !== 1)
      throw new Failure('usage', { detail: 'Say one of --once, --follow, --create-tables and status.' });
    const given = value('targets') ?? environment[TARGETS_VARIABLE] ?? '';
    if (given === '')
      throw new Failure('usage', {
        detail: `Name the file of the targets by --targets or ${TARGETS_VARIABLE}.`,
      });
    const path = resolve(given);
    const input = { root: resolve(root), targets: readTargets(path), path };
    const app = inlineApp(environment);
    return untilStopped(async (signal) => {
      if (flag('follow')) {
        await app.run('forwardNews', input, { signal });
        return Exit.done;
      }
      if (flag('create-tables')) {
        const tables = await app.run('createForwardTables', input, { signal });
        if (tables.length === 0)
          throw new Failure('usage', { detail: 'None of the targets is a ClickHouse server.' });
        for (const { target, detail } of tables)
          if (detail !== null) printError(`“${target}” has no table (${printable(detail)}).`);
        return tables.every(({ detail }) => detail === null) ? Exit.done : Exit.refused;
      }
      const results = flag('once') ? await app.run('forwardWaiting', input, { signal }) : [];
      for (const sentence of results.flatMap(tell)) printError(sentence);
      const status = await app.run('forwardStatus', input, { signal });
      if (json) await printJson(status);
      else if (part === 'status') await print(status.map(inWords).join(''));
      return results.every((result) => tell(result).length === 0) ? Exit.done : Exit.refused;
    });
  },
};

/** What a person has to know of a target to which not everything was sent. */
function tell(result: TargetResult): string[] {
  const { target } = result;
  switch (result.kind) {
    case 'waiting':
      return [
        `“${target}” took not all of it (${printable(result.detail)}). What waits is sent by the next call.`,
      ];
    case 'busy':
      return [`Another process sends to “${target}” now.`];
    case 'done':
      return result.rejected === 0
        ? []
        : [
            `“${target}” refused ${String(result.rejected)} of the events; “forward status” has its last error.`,
          ];
  }
}

function inWords({ target, sent, waiting, missed, rejected, lastError }: TargetStatus): string {
  const counts = `${String(sent)} sent, ${String(waiting)} waiting, ${String(missed)} missed, ${String(rejected)} rejected`;
  return `${target}: ${counts}${lastError === null ? '' : `; last error: ${printable(lastError)}`}\n`;
}
