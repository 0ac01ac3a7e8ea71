/** The checks of `doctor`, in this order: a contract. */
export const checkNames = [
  'policy',
  'ignored',
  'untracked',
  'writable',
  'unlinked',
  'history',
  'leftovers',
  'mount',
  'commit-check',
];
