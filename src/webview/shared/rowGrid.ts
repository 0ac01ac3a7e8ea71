import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';
import { create, say } from './elements.ts';

export interface RowGridOptions<Row> {
  /** The element with the role `grid`, which scrolls. It holds a header of one row. */
  readonly host: HTMLElement;
  /** The cells of a row by their classes, in the order of the header. */
  readonly cellsOf: (row: Row) => readonly (readonly [name: string, text: string])[];
  /** The class of a row; empty for most. */
  readonly classOf: (row: Row) => string;
  readonly rowAt: (index: number) => Row | undefined;
  /** The text of a row that is not read yet. */
  readonly waiting: string;
  /** Rows came into sight; they may not be read yet. */
  readonly inSight: (from: number, to: number) => void;
  /** A person moved to a row, or opened it by a click or Enter. */
  readonly moved: (index: number, opens: boolean) => void;
}

export interface RowGrid {
  /**
   * Shows as many rows as are there now.
   * @param total how many there are in all, for screen readers; undefined while that is not known
   */
  readonly show: (count: number, total: number | undefined) => void;
  /** Makes a row the active one, and scrolls to it if it is asked to; undefined for none. */
  readonly goTo: (index: number | undefined, scrolls?: boolean) => void;
  readonly at: () => number | undefined;
  readonly scrollToTop: () => void;
  readonly isAtTop: () => boolean;
}

/** In CSS pixels; the style sheet has the same number. */
const ROW_HEIGHT = 22;
const OVERSCAN = 8;
/** Browsers draw nothing taller than 33 million pixels. */
const MOST_ROWS = 1_500_000;

/** A table of any number of rows, of which only those in sight are elements. It is one tab stop. */
export function rowGrid<Row>({
  host,
  cellsOf,
  classOf,
  rowAt,
  waiting,
  inSight,
  moved,
}: RowGridOptions<Row>): RowGrid {
  const body = create('div', { role: 'rowgroup', class: 'rows' });
  host.append(body);
  const elements = new Map<number, HTMLElement>();
  let count = 0;
  let active: number | undefined;
  let seen = '';

  const virtualizer: Virtualizer<HTMLElement, HTMLElement> = new Virtualizer<HTMLElement, HTMLElement>({
    count,
    getScrollElement: () => host,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    // The header stays in sight above the rows.
    scrollMargin: ROW_HEIGHT,
    scrollPaddingStart: ROW_HEIGHT,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    // A screen reader is at the active row, so it stays an element when it is scrolled away.
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      if (active === undefined || active >= count || indexes.includes(active)) return indexes;
      return [...indexes, active].sort((one, other) => one - other);
    },
    onChange: render,
  });
  virtualizer._didMount();
  virtualizer._willUpdate();

  function render(): void {
    const items = virtualizer.getVirtualItems();
    body.style.height = `${String(count * ROW_HEIGHT)}px`;
    const wanted = new Set(items.map(({ index }) => index));
    for (const [index, each] of elements)
      if (!wanted.has(index)) {
        each.remove();
        elements.delete(index);
      }
    for (const { index } of items) {
      let each = elements.get(index);
      if (each === undefined) {
        each = create('div', {
          role: 'row',
          id: `row-${String(index)}`,
          'aria-rowindex': String(index + 2),
        });
        each.style.transform = `translateY(${String(index * ROW_HEIGHT)}px)`;
        elements.set(index, each);
        body.append(each);
      }
      fillRow(each, index);
    }
    const isShown = active !== undefined && elements.has(active);
    if (isShown) host.setAttribute('aria-activedescendant', `row-${String(active)}`);
    else host.removeAttribute('aria-activedescendant');
    const range = virtualizer.range;
    if (range === null) return;
    // The same range is reported once, unless rows came.
    const sight = `${String(range.startIndex)} ${String(range.endIndex)} ${String(count)}`;
    if (sight === seen) return;
    seen = sight;
    inSight(range.startIndex, range.endIndex);
  }

  function fillRow(target: HTMLElement, index: number): void {
    const row = rowAt(index);
    const name = row === undefined ? 'waiting' : classOf(row);
    target.className = index === active ? `row active ${name}` : `row ${name}`;
    target.setAttribute('aria-selected', String(index === active));
    const cells = row === undefined ? ([['waiting', waiting]] as const) : cellsOf(row);
    while (target.childElementCount > cells.length) target.lastElementChild?.remove();
    cells.forEach(([cellName, text], column) => {
      let cell = target.children[column] as HTMLElement | undefined;
      if (cell === undefined) {
        cell = create('div', { role: 'gridcell', 'aria-colindex': String(column + 1) });
        target.append(cell);
      }
      if (cell.className !== `cell ${cellName}`) cell.className = `cell ${cellName}`;
      say(cell, text);
      if (cell.title !== text) cell.title = text;
    });
  }

  function goTo(index: number | undefined, scrolls = true): void {
    active = index === undefined || count === 0 ? undefined : Math.min(Math.max(index, 0), count - 1);
    if (active !== undefined && scrolls) virtualizer.scrollToIndex(active, { align: 'auto' });
    // The range holds the active row, and so has to be computed again.
    virtualizer.measure();
    render();
  }

  const page = (): number => Math.max(1, Math.floor(host.clientHeight / ROW_HEIGHT) - 2);
  host.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || count === 0) return;
    const at = active ?? -1;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      j: at + 1,
      ArrowUp: Math.max(at, 1) - 1,
      k: Math.max(at, 1) - 1,
      PageDown: Math.max(at, 0) + page(),
      PageUp: at - page(),
      Home: 0,
      End: count - 1,
      Enter: Math.max(at, 0),
      ' ': Math.max(at, 0),
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    goTo(to);
    if (active !== undefined) moved(active, event.key === 'Enter' || event.key === ' ');
  });
  // The active row is what shows where the keys go.
  host.addEventListener('focus', () => {
    if (active === undefined && host.matches(':focus-visible')) goTo(0, false);
  });
  body.addEventListener('click', ({ target }) => {
    const row = target instanceof Element ? target.closest('[role=row]') : null;
    const index = [...elements].find(([, each]) => each === row)?.[0];
    if (index === undefined) return;
    goTo(index);
    moved(index, true);
  });

  return {
    show(shown, total) {
      count = Math.min(shown, MOST_ROWS);
      if (active !== undefined && active >= count) active = undefined;
      host.setAttribute('aria-rowcount', String(total === undefined ? -1 : total + 1));
      seen = '';
      virtualizer.setOptions({ ...virtualizer.options, count });
      virtualizer._willUpdate();
      render();
    },
    goTo,
    at: () => active,
    scrollToTop() {
      host.scrollTop = 0;
    },
    isAtTop: () => host.scrollTop < ROW_HEIGHT,
  };
}
