/** What the policy will do next to a file. */
export type Outlook =
  /** Nothing at the next maintenance; an active file rotates at this size, in bytes. */
  | { readonly kind: 'rotates'; readonly atBytes: number }
  /** Zipped after so many rotations; 0 is the next maintenance. */
  | { readonly kind: 'zips'; readonly afterRotations: number }
  /** Expires at this time, in ms since 1970. */
  | { readonly kind: 'expires'; readonly at: number }
  /** The next maintenance does this. */
  | {
      readonly kind: 'due';
      readonly step: 'rotate' | 'delete' | 'sweep';
      readonly reason: 'size' | 'age' | 'cap' | 'leftover';
    }
  /** Would be deleted, but something holds it. */
  | { readonly kind: 'held'; readonly reason: 'hold' | 'unaccepted' | 'clock' };
