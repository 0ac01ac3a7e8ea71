/** Addresses that a page may load from; its content security policy forbids everything else. */
export interface PageSources {
  readonly nonce: string;
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
}

/** The content security policy of a page: its own styles and fonts, and the scripts with its nonce. */
export function contentPolicy({ nonce, cspSource }: PageSources): string {
  return `default-src 'none'; style-src ${cspSource}; font-src ${cspSource}; script-src 'nonce-${nonce}'`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes a text for HTML: a folder's name or a translation may hold any character. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
