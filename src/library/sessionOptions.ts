import type { SessionOptions } from '../recorder/sessions/sessionTypes.ts';
import { aFolder, checkOptions, optional, texts, yesOrNo } from './optionRules.ts';
import type { Rule } from './optionRules.ts';

const rules: { readonly [K in keyof Required<SessionOptions>]: Rule } = {
  workspace: aFolder,
  password: optional((value) =>
    typeof value === 'string' || value instanceof Uint8Array ? undefined : 'a text or bytes',
  ),
  knownSecrets: optional(texts),
  acceptPolicy: optional(yesOrNo),
  onWarning: optional((value) => (typeof value === 'function' ? undefined : 'a function')),
};

/** @throws TypeError that says which option is unknown or wrong; its value, which may be a secret, is not in it */
export function checkSessionOptions(options: unknown): asserts options is SessionOptions {
  checkOptions('openSession', options, rules);
}
