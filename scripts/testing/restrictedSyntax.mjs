import { builtinRules } from 'eslint/use-at-your-own-risk';

/** ESLint's `no-restricted-syntax` for oxlint, which has no rule that takes selectors. */
export default {
  meta: { name: 'house' },
  rules: { 'no-restricted-syntax': builtinRules.get('no-restricted-syntax') },
};
