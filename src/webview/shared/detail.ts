import { create, fill, icon } from './elements.ts';

/** A name and its value, as a row of a list. */
export type Fact = readonly [name: string, value: string];

export interface DetailWords {
  readonly oldValue: string;
  readonly newValue: string;
  /** `{0}` stands for a number. */
  readonly cut: string;
}

/** A longer value is cut on the screen. */
const MOST_CHARACTERS = 4000;

export function detailSection(
  title: string,
  symbol: string,
  ...content: readonly (Node | string)[]
): HTMLElement {
  return create('section', { class: 'detail' }, create('h2', {}, icon(symbol), title), ...content);
}

/** A list of facts; one without a value is left out. */
export function factList(facts: readonly Fact[], words: DetailWords): HTMLElement {
  const rows = facts.filter(([, value]) => value !== '');
  return create(
    'dl',
    {},
    ...rows.flatMap(([name, value]) => [
      create('dt', {}, name),
      create('dd', {}, shortened(value, words.cut)),
    ]),
  );
}

/** A change of a field as two lines. */
export function changeElement(
  field: string,
  before: unknown,
  after: unknown,
  words: DetailWords,
): HTMLElement {
  return create(
    'div',
    { class: 'change' },
    create('h3', {}, field),
    line('−', 'old', words.oldValue, before, words),
    line('+', 'new', words.newValue, after, words),
  );
}

function line(sign: string, name: string, spoken: string, value: unknown, { cut }: DetailWords): HTMLElement {
  return create(
    'div',
    { class: `line ${name}` },
    create('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    create('span', { class: 'spoken' }, `${spoken}: `),
    create('span', { class: 'value' }, shortened(textOf(value), cut)),
  );
}

/** A value of JSON as a text. */
export function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : JSON.stringify(value ?? null, undefined, 1).replace(/\n */g, ' ');
}

function shortened(text: string, cut: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  return `${text.slice(0, MOST_CHARACTERS)}… ${fill(cut, String(text.length - MOST_CHARACTERS))}`;
}
