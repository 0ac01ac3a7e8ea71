type Attributes = Readonly<Record<string, string | undefined>>;

export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found;
}

/** Makes an element. A text in `content` becomes a text node, so nothing in it is read as HTML. */
export function create<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes,
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

/** An icon that a screen reader skips. */
export function icon(name: string): HTMLElement {
  return create('span', { class: `codicon codicon-${name}`, 'aria-hidden': 'true' });
}

/** Sets a text only if it differs, because a screen reader reads a text again when it is set again. */
export function say(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Puts texts into the places `{0}`, `{1}` … of a sentence. */
export function fill(sentence: string, ...parts: readonly string[]): string {
  return sentence.replace(/\{(\d)\}/g, (place, number: string) => parts[Number(number)] ?? place);
}
