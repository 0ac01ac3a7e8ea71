import { create, fill, icon } from './elements.ts';

interface FacetValue {
  readonly value: string;
  readonly label: string;
  readonly count: string;
}

export interface FacetGroup {
  readonly name: string;
  readonly title: string;
  readonly values: readonly FacetValue[];
  /** How many values are not listed; empty if all are. */
  readonly others: string;
  readonly chosen: string | undefined;
}

export interface FacetsOptions {
  readonly host: HTMLElement;
  /** `{0}` stands for a number. */
  readonly words: { readonly more: string; readonly fewer: string; readonly others: string };
  readonly format: (count: number) => string;
  /** A person chose a value, or took back the choice. */
  readonly chosen: (group: string, value: string | undefined) => void;
}

/** As many values of a group are shown at first. */
const FEW = 6;

/**
 * Groups of values to filter by, one choice in each. All of it is one tab stop; the arrow keys move in it.
 * @returns a function that shows other groups
 */
export function facets({
  host,
  words,
  format,
  chosen,
}: FacetsOptions): (groups: readonly FacetGroup[]) => void {
  const folded = new Set<string>();
  const unfolded = new Set<string>();
  let shown: readonly FacetGroup[] = [];
  /** The button that Tab reaches, by its key. */
  let current = '';

  const buttons = (): HTMLButtonElement[] => [...host.querySelectorAll('button')];
  function stopAt(button: HTMLButtonElement | undefined, takesFocus: boolean): void {
    if (button === undefined) return;
    for (const each of buttons()) each.tabIndex = each === button ? 0 : -1;
    current = button.dataset.key ?? '';
    if (takesFocus) button.focus();
  }

  function render(): void {
    const hadFocus = host.contains(document.activeElement);
    host.replaceChildren(...shown.map(groupElement));
    const all = buttons();
    stopAt(all.find(({ dataset }) => dataset.key === current) ?? all[0], hadFocus);
  }

  function groupElement(group: FacetGroup): HTMLElement {
    const { name, title, values, others } = group;
    const isFolded = folded.has(name);
    const heading = button(`${name}/`, 'facet-title', { 'aria-expanded': String(!isFolded) }, [
      icon(isFolded ? 'chevron-right' : 'chevron-down'),
      title,
    ]);
    heading.addEventListener('click', () => {
      toggle(folded, name);
      render();
    });
    const section = create('section', { class: 'facet' }, create('h2', {}, heading));
    if (isFolded) return section;
    const isWhole = unfolded.has(name);
    const some = isWhole ? values : values.slice(0, FEW);
    const list = create('ul', {}, ...some.map((each) => valueElement(group, each)));
    if (values.length > FEW) {
      const text = isWhole ? words.fewer : fill(words.more, format(values.length - FEW));
      const more = button(`${name}/…`, 'facet-more', {}, [text]);
      more.addEventListener('click', () => {
        toggle(unfolded, name);
        render();
      });
      list.append(create('li', {}, more));
    }
    section.append(list);
    if (isWhole && others !== '')
      section.append(create('p', { class: 'facet-others' }, fill(words.others, others)));
    return section;
  }

  function valueElement(group: FacetGroup, { value, label, count }: FacetValue): HTMLElement {
    const isChosen = group.chosen === value;
    const box = create('span', { class: 'box', 'aria-hidden': 'true' }, ...(isChosen ? [icon('check')] : []));
    const text = create('span', { class: 'label' }, label);
    const each = button(
      `${group.name}/${value}`,
      'facet-value',
      { 'aria-pressed': String(isChosen), title: label },
      [box, text, create('span', { class: 'count' }, count)],
    );
    each.addEventListener('click', () => {
      chosen(group.name, isChosen ? undefined : value);
    });
    return create('li', {}, each);
  }

  host.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLButtonElement) stopAt(target, false);
  });
  host.addEventListener('keydown', (event) => {
    const all = buttons();
    const at = all.findIndex((each) => each === document.activeElement);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: all.length - 1,
    };
    const to = moves[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    stopAt(all[Math.min(Math.max(to, 0), all.length - 1)], true);
  });

  return (groups) => {
    shown = groups;
    render();
  };
}

function button(
  key: string,
  name: string,
  attributes: Readonly<Record<string, string>>,
  content: readonly (Node | string)[],
): HTMLButtonElement {
  const made = create('button', { type: 'button', class: name, tabindex: '-1', ...attributes }, ...content);
  made.dataset.key = key;
  return made;
}

function toggle(set: Set<string>, name: string): void {
  if (!set.delete(name)) set.add(name);
}
