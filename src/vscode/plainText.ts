/**
 * VS Code takes some of a text for more than text, and names from disk may hold anything. A sign without width keeps what
 * would begin a link or an icon from being one.
 */
const NOTHING = '\u200b';

/** For messages: `[this](command:…)` would be a link that runs a command. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', `]${NOTHING}(`);
}

/** For labels and descriptions in lists: `$(sync~spin)` would be an icon. */
export function withoutIcons(text: string): string {
  return text.replaceAll('$(', `$${NOTHING}(`);
}
