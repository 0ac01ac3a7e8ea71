/** VS Code finds links and icons in texts that hold a name from disk, too; a space without width keeps them plain. */
const NOTHING = '\u200b';

/** For notifications and the words below a box, in which `[text](command:…)` is a link that runs a command. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', `]${NOTHING}(`);
}

/** For the rows of a list and the words below a box, in which `$(trash)` is an icon. */
export function withoutIcons(text: string): string {
  return text.replaceAll('$(', `$${NOTHING}(`);
}
