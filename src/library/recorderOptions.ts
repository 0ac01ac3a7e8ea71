import type { RecorderOptions } from '../recorder/recorderTypes.ts';
import { aFolder, checkOptions, optional, texts, yesOrNo } from './optionRules.ts';
import type { Rule } from './optionRules.ts';

const rules: { readonly [K in keyof Required<RecorderOptions>]: Rule } = {
  workspace: aFolder,
  mode: optional((value) =>
    value === 'bestEffort' || value === 'strict' ? undefined : 'bestEffort or strict',
  ),
  queueBytes: optional((value) => (isCount(value) ? undefined : 'a whole number of bytes, 1 or more')),
  knownSecrets: optional(texts),
  acceptPolicy: optional(yesOrNo),
};

/** @throws TypeError that says which option is unknown or wrong; its value, which may be a secret, is not in it */
export function checkRecorderOptions(options: unknown): asserts options is RecorderOptions {
  checkOptions('createRecorder', options, rules);
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
