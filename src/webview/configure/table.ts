import type { PreviewTexts, RecordingTexts } from '../../policy/pageMessages.ts';
import { element } from './controls.ts';

/** A table of plain texts. `columns` names the keys of a row and their headings; a cell's class is its key. */
function table<K extends string>(
  columns: Readonly<Record<K, string>>,
  rows: readonly Readonly<Record<K, string>>[],
  more = '',
): HTMLElement {
  const keys = Object.keys(columns) as K[];
  const headings = keys.map((key) => {
    const heading = create('th', columns[key], key);
    heading.setAttribute('scope', 'col');
    return heading;
  });
  const lines = rows.map((row) => line(keys.map((key) => create('td', row[key], key))));
  if (more !== '') {
    const cell = create('td', more);
    cell.setAttribute('colspan', String(keys.length));
    lines.push(line([cell]));
  }
  const head = document.createElement('thead');
  head.append(line(headings));
  const body = document.createElement('tbody');
  body.append(...lines);
  const result = document.createElement('table');
  result.append(head, body);
  return result;
}

function line(cells: readonly HTMLElement[]): HTMLElement {
  const row = document.createElement('tr');
  row.append(...cells);
  return row;
}

function create(tag: 'li' | 'p' | 'td' | 'th', text: string, name = ''): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name !== '') element.className = name;
  return element;
}

/**
 * Shows the plan, or the reason why there is none yet: its summary, its steps as a table, and its notes, all as plain
 * text.
 */
export function showPreview(preview: PreviewTexts | undefined, waiting: string): void {
  // The reason why Save is disabled comes first.
  element('summary').textContent = waiting === '' ? (preview?.summary ?? '') : waiting;
  const steps = element('steps');
  steps.replaceChildren(
    preview === undefined || preview.steps.length === 0
      ? create('p', preview?.nothing ?? waiting)
      : table(preview.columns, preview.steps, preview.more),
  );
  // A list that scrolls must be reachable by Tab.
  if (steps.scrollHeight > steps.clientHeight) steps.tabIndex = 0;
  else steps.removeAttribute('tabindex');
  element('notes').replaceChildren(...(preview?.notes ?? []).map((note) => create('li', note)));
}

/** Shows which of the last requests would be recorded. */
export function showRecording(recording: RecordingTexts | undefined, waiting: string): void {
  element('recorded').textContent = recording?.summary ?? waiting;
  element('counts').textContent = recording?.counts ?? '';
  const tables = recording === undefined || recording.rows.length === 0 ? [] : [tableOf(recording)];
  element('requests').replaceChildren(...tables);
}

function tableOf({ columns, rows }: RecordingTexts): HTMLElement {
  return table(columns, rows);
}
