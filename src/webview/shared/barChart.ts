import { barAt, brushBetween, moveCursor, type BarCursor, type Brush } from './brush.ts';
import { create } from './elements.ts';

/**
 * The bars of a chart. The layers are parts of the totals; they are drawn at the top of each bar, in the colours
 * `--layer-0`, `--layer-1` … of the style sheet.
 */
interface Bars {
  readonly totals: readonly number[];
  readonly layers: readonly (readonly number[])[];
}

export interface BarChartOptions {
  /** An element with the role `slider` that holds a canvas. */
  readonly host: HTMLElement;
  /** A table that only screen readers show. */
  readonly table: HTMLTableElement;
  /** The cells of a bar's row in the table, its time first. */
  readonly cellsOf: (bar: number) => readonly string[];
  /** A bar in words, for its tip and for screen readers. */
  readonly describe: (bar: number) => string;
  /** A person marked bars; undefined: none. */
  readonly brushed: (brush: Brush | undefined) => void;
}

export interface BarChart {
  readonly show: (bars: Bars, brush: Brush | undefined) => void;
  /** The most bars that there is room for. */
  readonly room: () => number;
}

/** In CSS pixels. */
const BAR_WIDTH = 11;
const GAP = 1;
const LEAST_HEIGHT = 2;

/** A bar chart on a canvas. A person marks bars with the mouse, or with Shift and the arrow keys. */
export function barChart({ host, table, cellsOf, describe, brushed }: BarChartOptions): BarChart {
  const canvas = create('canvas', { 'aria-hidden': 'true' });
  host.append(canvas);
  let bars: Bars = { totals: [], layers: [] };
  let brush: Brush | undefined;
  let cursor: BarCursor = { at: 0 };
  /** Where the mouse began to mark. */
  let pressed: number | undefined;

  function draw(): void {
    const { clientWidth: width, clientHeight: height } = host;
    const scale = window.devicePixelRatio;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const context = canvas.getContext('2d');
    if (context === null) return;
    context.scale(scale, scale);
    const [barColour, focusColour] = [colourOf(host, '--bar'), colourOf(host, '--bar-focus')];
    const most = Math.max(1, ...bars.totals);
    const step = width / Math.max(1, bars.totals.length);
    const isFocused = document.activeElement === host;
    bars.totals.forEach((total, bar) => {
      const x = bar * step;
      if (total > 0) {
        const tall = Math.max(LEAST_HEIGHT, (total / most) * height);
        context.globalAlpha = brush === undefined || (bar >= brush.from && bar <= brush.to) ? 1 : 0.35;
        context.fillStyle = barColour;
        context.fillRect(x, height - tall, Math.max(1, step - GAP), tall);
        let y = height - tall;
        bars.layers.forEach((layer, number) => {
          const part = layer[bar] ?? 0;
          if (part === 0) return;
          const high = Math.min(height - y, Math.max(LEAST_HEIGHT, (part / total) * tall));
          context.fillStyle = colourOf(host, `--layer-${String(number)}`);
          context.fillRect(x, y, Math.max(1, step - GAP), high);
          y += high;
        });
        context.globalAlpha = 1;
      }
      if (isFocused && bar === cursor.at) {
        context.strokeStyle = focusColour;
        context.lineWidth = 1;
        context.strokeRect(x + 0.5, 0.5, Math.max(2, step - GAP - 1), height - 1);
      }
    });
    if (brush === undefined) return;
    const [left, right] = [brush.from * step, (brush.to + 1) * step];
    context.globalAlpha = 0.15;
    context.fillStyle = focusColour;
    context.fillRect(left, 0, right - left, height);
    context.globalAlpha = 1;
    context.fillRect(left, 0, 2, height);
    context.fillRect(right - 2, 0, 2, height);
  }

  function tellCursor(): void {
    host.setAttribute('aria-valuemax', String(Math.max(0, bars.totals.length - 1)));
    host.setAttribute('aria-valuenow', String(cursor.at));
    host.setAttribute('aria-valuetext', bars.totals.length === 0 ? '' : describe(cursor.at));
  }

  function choose(chosen: Brush | undefined): void {
    const isSame = chosen?.from === brush?.from && chosen?.to === brush?.to;
    brush = chosen;
    draw();
    if (!isSame) brushed(chosen);
  }

  const barBelow = (event: MouseEvent): number => {
    const { left, width } = host.getBoundingClientRect();
    return barAt(event.clientX - left, width, bars.totals.length);
  };
  host.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || bars.totals.length === 0) return;
    host.setPointerCapture(event.pointerId);
    pressed = barBelow(event);
    brush = brushBetween(pressed, pressed);
    draw();
  });
  host.addEventListener('pointermove', (event) => {
    if (bars.totals.length === 0) return;
    const bar = barBelow(event);
    host.title = describe(bar);
    if (pressed === undefined) return;
    brush = brushBetween(pressed, bar);
    draw();
  });
  host.addEventListener('pointerup', (event) => {
    if (pressed === undefined) return;
    cursor = { at: barBelow(event) };
    pressed = undefined;
    tellCursor();
    brushed(brush);
  });
  host.addEventListener('keydown', (event) => {
    if (bars.totals.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      choose(brushBetween(cursor.anchor ?? cursor.at, cursor.at));
    } else if (event.key === 'Escape' && brush !== undefined) {
      choose(undefined);
    } else {
      const moved = moveCursor(cursor, event.key, event.shiftKey, bars.totals.length);
      if (moved === undefined) return;
      cursor = moved;
      tellCursor();
      if (moved.anchor === undefined) draw();
      else choose(brushBetween(moved.anchor, moved.at));
    }
    event.preventDefault();
    event.stopPropagation();
  });
  for (const name of ['focus', 'blur'] as const) host.addEventListener(name, draw);
  new ResizeObserver(draw).observe(host);
  // VS Code changes the colours of the page in place.
  const themes = { attributes: true, attributeFilter: ['class', 'style'] };
  const redraw = new MutationObserver(draw);
  redraw.observe(document.documentElement, themes);
  redraw.observe(document.body, themes);

  return {
    show(shown, marked) {
      bars = shown;
      brush = marked;
      cursor = { at: Math.min(cursor.at, Math.max(0, bars.totals.length - 1)) };
      tellCursor();
      const filled = bars.totals.flatMap((total, bar) => (total > 0 ? [bar] : []));
      const body = table.tBodies[0] ?? table.createTBody();
      body.replaceChildren(
        ...filled.map((bar) => {
          const [time = '', ...counts] = cellsOf(bar);
          const cells = counts.map((text) => create('td', {}, text));
          return create('tr', {}, create('th', { scope: 'row' }, time), ...cells);
        }),
      );
      draw();
    },
    room: () => Math.max(10, Math.floor(host.clientWidth / BAR_WIDTH)),
  };
}

/** The style sheet names the colours, since a canvas knows no variables. */
function colourOf(host: HTMLElement, name: string): string {
  return getComputedStyle(host).getPropertyValue(name).trim();
}
