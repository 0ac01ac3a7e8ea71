import { resolve } from 'node:path';
import type { TrailReport } from '../../audit/outputs/outputs.ts';
import { storeChoice } from '../../audit/postgres/storeChoice.ts';
import { inStore, trailJobs, type Trail, type TrailJobs } from '../../audit/trail.ts';
import { Failure } from '../../base/failure.ts';
import { inlineRunner } from '../../base/job.ts';
import { forwardOn, forwardOnce, type Forwarding } from '../../forward/forward.ts';
import { statusOf, type TargetStatus } from '../../forward/forwardStatus.ts';
import { createTables } from '../../forward/receiver.ts';
import { readTargets, TARGETS_VARIABLE } from '../../forward/targets.ts';
import { printable } from '../../words/failures.ts';
import { print, printError, printJson } from '../output.ts';
import { untilStopped } from '../untilStopped.ts';
import { Exit, type Verb } from '../verb.ts';

export const forward: Verb = {
  options: { once: 'flag', follow: 'flag', 'create-tables': 'flag', targets: 'value' },
  positionals: { min: 0, max: 1 },
  async run({ root: given, json, flag, value, positionals: [part], environment }) {
    const root = resolve(given);
    const modes = [flag('once'), flag('follow'), flag('create-tables'), part === 'status'];
    if ((part !== undefined && part !== 'status') || modes.filter(Boolean).length !== 1)
      throw new Failure('usage', { detail: 'Say one of --once, --follow, --create-tables and status.' });
    const path = value('targets') ?? environment[TARGETS_VARIABLE];
    if (path === undefined || path === '')
      throw new Failure('usage', {
        detail: `Name the file of the targets by --targets or ${TARGETS_VARIABLE}.`,
      });
    const targets = readTargets(resolve(path), environment);
    const trail: Trail = inStore(
      inlineRunner<TrailJobs, TrailReport>(trailJobs, environment),
      storeChoice(environment),
    );
    return untilStopped(async (signal) => {
      const forwardings = targets.map((target): Forwarding => ({ root, target, environment, trail, signal }));
      if (flag('follow')) {
        await Promise.all(forwardings.map(forwardOn));
        return Exit.done;
      }
      if (flag('create-tables')) return createAll(forwardings);
      const isAllSent = flag('once') ? await sendAll(forwardings) : true;
      const status = await Promise.all(forwardings.map(statusOf));
      if (json) await printJson(status);
      else if (part === 'status') await print(status.map(inWords).join(''));
      return isAllSent ? Exit.done : Exit.refused;
    });
  },
};

/** Each target by itself: one that hangs holds up no other. */
async function sendAll(forwardings: readonly Forwarding[]): Promise<boolean> {
  const results = await Promise.all(forwardings.map(forwardOnce));
  for (const [index, result] of results.entries()) {
    const name = forwardings[index]?.target.name ?? '';
    if (result.kind === 'waiting')
      printError(
        `“${name}” did not take what waits for it (${printable(result.detail)}). Run this again to send it.`,
      );
    if (result.kind === 'busy') printError(`Another process sends to “${name}” now.`);
    if (result.kind === 'done' && result.rejected > 0)
      printError(`“${name}” refused ${String(result.rejected)} events. “forward status” says why.`);
  }
  return results.every((result) => result.kind === 'done' && result.rejected === 0);
}

async function createAll(forwardings: readonly Forwarding[]): Promise<Exit> {
  const stores = forwardings.filter(({ target }) => target.type === 'clickhouse');
  if (stores.length === 0)
    throw new Failure('usage', { detail: 'None of the targets is a ClickHouse server.' });
  let isMade = true;
  for (const { target, signal } of stores) {
    const answer = await createTables(target, signal);
    if (answer.kind === 'taken') continue;
    printError(`“${target.name}” has no table (${printable(answer.detail)}).`);
    isMade = false;
  }
  return isMade ? Exit.done : Exit.refused;
}

function inWords({ target, sent, waiting, missed, rejected, lastError }: TargetStatus): string {
  const counts = `${String(sent)} sent, ${String(waiting)} waiting, ${String(missed)} missed, ${String(rejected)} rejected`;
  return `${target}: ${counts}${lastError === null ? '' : `; last error: ${printable(lastError)}`}\n`;
}
