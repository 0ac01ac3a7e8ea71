import type { Finding, Verification } from '../../../audit/verify.ts';
import { formatNumber } from '../../../base/locale.ts';
import { printable } from '../../../words/failures.ts';
import { printError, printJson, printLine } from '../../output.ts';
import type { Exit, Call } from '../../verb.ts';
import type { Trail } from '../../../audit/trail.ts';
import { exits, readText } from './evidence.ts';

/**
 * `audit verify`: whether the trail is as it was written, and what was changed first. With `--accept`, a trail whose
 * hashes fit, and that another key had signed, counts as sound from now on.
 */
export async function verify(trail: Trail, { root, json, flag, value, values }: Call): Promise<Exit> {
  const since = value('since');
  const input = {
    root,
    indexes: flag('indexes'),
    since: since === undefined ? undefined : readText(root, since),
    trusted: values('key'),
  };
  let result = await trail.run('verifyTrail', input);
  if (result.state === 'unknown' && flag('accept')) {
    await trail.run('acceptTrail', { root });
    result = await trail.run('verifyTrail', input);
  }
  if (json) await printJson(result);
  else await tell(result);
  return exits[result.state];
}

async function tell({ state, records, pruned, sealed, first }: Verification): Promise<void> {
  const gone = pruned === undefined ? '' : ` The first ${formatNumber(pruned)} were pruned.`;
  if (state === 'sound')
    await printLine(
      `Sound: ${formatNumber(records)} records, ${formatNumber(sealed)} under a checkpoint.${gone}`,
    );
  else if (state === 'unknown')
    printError(
      `All hashes of ${formatNumber(records)} records fit, but no checkpoint by a known key says that they are the old ones. Give its verifier key with --key, or say --accept to count the trail as it is.`,
    );
  else if (first !== undefined) printError(`The audit trail was changed: ${sentenceOf(first)}`);
}

const deeds: Readonly<Record<Finding['kind'], string>> = {
  altered: 'was altered',
  removed: 'was removed',
  inserted: 'was inserted',
  reordered: 'is not in its place',
  cut: 'is cut off',
  'rolled-back': 'is gone with an older copy',
  index: 'has an index that does not fit it',
};

function sentenceOf({ kind, seq, id, from, to }: Finding): string {
  const place =
    from === undefined || to === undefined
      ? `record ${formatNumber(seq)}${id === undefined ? '' : ` (${printable(id)})`}`
      : `something in the records ${formatNumber(from)} to ${formatNumber(to)}`;
  return `${place} ${deeds[kind]}.`;
}
