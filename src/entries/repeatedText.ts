/** The number of places, a power of two. */
const PLACES = 256;
const LONGEST = 512;

/**
 * Caches the bytes of literals whose texts come again and again, such as user agents. A text is cached when it comes
 * for the second time in a row at its place, so that texts which never repeat cost almost nothing.
 */
export class RepeatedText {
  readonly #texts = new Array<string>(PLACES).fill('');
  readonly #literals = new Array<Uint8Array | undefined>(PLACES).fill(undefined);

  /** The bytes of the text's literal if they are cached. */
  find(text: string): Uint8Array | undefined {
    const place = placeOf(text);
    return this.#texts[place] === text ? this.#literals[place] : undefined;
  }

  /** @param literal returns the bytes; it is called once a text repeats */
  see(text: string, literal: () => Uint8Array): void {
    if (text.length > LONGEST) return;
    const place = placeOf(text);
    if (this.#texts[place] === text) this.#literals[place] = literal();
    else {
      this.#texts[place] = text;
      this.#literals[place] = undefined;
    }
  }
}

/** The place of a text. Similar texts mostly differ at their ends and in their middle. */
function placeOf(text: string): number {
  const { length } = text;
  const ends = text.charCodeAt(length - 1) * 31 + text.charCodeAt(length >> 1);
  return (ends * 31 + text.charCodeAt(length - 4) * 7 + length) & (PLACES - 1);
}
