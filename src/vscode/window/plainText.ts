/**
 * VS Code finds links and icons even in a name from disk. A zero-width space between their characters keeps the text
 * plain.
 */
const NOTHING = '\u200b';

/** For notifications and the texts below an input box, where `[text](command:…)` is a link that runs a command. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', `]${NOTHING}(`);
}

/** For the rows of a list and the texts below an input box, where `$(trash)` is an icon. */
export function withoutIcons(text: string): string {
  return text.replaceAll('$(', `$${NOTHING}(`);
}
