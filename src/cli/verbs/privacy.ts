import { resolve } from 'node:path';
import { formatNumber } from '../../base/locale.ts';
import { readTargets, TARGETS_VARIABLE } from '../../forward/targets.ts';
import { inlineApp } from '../../jobs/jobs.ts';
import { hasherOf } from '../../privacy/pseudonyms.ts';
import { printable } from '../../words/failures.ts';
import { openPrivacyKeys } from '../../workspace/privacyKeys.ts';
import { printError, printJson, printLine } from '../output.ts';
import { Exit, type Verb } from '../verb.ts';

/** `leak-report`: every field on disk, and what would be sent of it. The examples are never part of the JSON. */
export const leakReport: Verb = {
  options: {},
  positionals: { min: 0, max: 0 },
  async run({ root, json, environment }) {
    const { fields, unread, invalid } = await inlineApp(environment).run('leakReport', { root });
    if (json)
      await printJson(
        fields.map(({ event, field, count, rule, becomes }) => ({ event, field, count, rule, becomes })),
      );
    else
      for (const { event, field, count, rule, becomes, example, sent } of fields) {
        const outcome = becomes === '' ? 'not sent' : `${becomes}: ${sent}`;
        const cells = [event, field, formatNumber(count), rule, `${example} → ${outcome}`];
        await printLine(cells.map(printable).join('  '));
      }
    if (invalid > 0) printError(`${formatNumber(invalid)} lines are no JSON objects. They are never sent.`);
    for (const name of unread) printError(`“${name}” cannot be read.`);
    return unread.length === 0 ? Exit.done : Exit.refused;
  },
};

/** `rotate-key`: a new key for the pseudonyms, once the targets have all that waits; the old one is destroyed. */
export const rotateKey: Verb = {
  options: { targets: 'value' },
  positionals: { min: 0, max: 0 },
  async run({ root, json, value, environment }) {
    const targets = value('targets') ?? environment[TARGETS_VARIABLE] ?? '';
    if (targets !== '') {
      const path = resolve(targets);
      const input = { root, targets: readTargets(path), path };
      const results = await inlineApp(environment).run('forwardWaiting', input);
      const late = results.find(({ kind }) => kind !== 'done');
      if (late !== undefined) {
        printError(
          `The key stays: “${late.target}” has not taken all that waits for it. Run this again when it has.`,
        );
        return Exit.refused;
      }
    }
    const rotated = openPrivacyKeys(environment).rotate();
    if (json) await printJson(rotated);
    else
      await printLine(
        `The key ${rotated.newKeyId} takes the place of ${rotated.oldKeyId}, which is destroyed. Equal people get other hashes from now on.`,
      );
    return Exit.done;
  },
};

/** `pseudonym USER`: the hashes of a person, to ask a receiver for deletion. */
export const pseudonym: Verb = {
  options: {},
  positionals: { min: 1, max: 1 },
  async run({ json, environment, positionals: [user = ''] }) {
    const keys = openPrivacyKeys(environment);
    const { key } = keys.own();
    const pseudonyms = [
      { label: 'installation', hasher: hasherOf(key, 'hmac') },
      ...keys.targets().map((target) => ({
        label: target,
        hasher: hasherOf(key, 'hmac', keys.ofTarget(target).key),
      })),
      { label: 'sha256', hasher: hasherOf(undefined, 'sha256') },
    ].flatMap(({ label, hasher }) => {
      const found = hasher.person(user);
      return found === undefined ? [] : [{ label, ...found }];
    });
    if (json) await printJson(pseudonyms);
    else
      for (const { label, user_hash, key_id } of pseudonyms)
        await printLine([label, user_hash, key_id].join('  '));
    return pseudonyms.length === 0 ? Exit.refused : Exit.done;
  },
};
