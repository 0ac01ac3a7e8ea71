import type { PreviewRow, PreviewTexts } from '../model/pageMessages.ts';

/** Shows the plan: its summary, its steps as a table, and what has to be said about it. All of it is plain text. */
export function showPreview(preview: PreviewTexts | undefined, isRight: boolean): void {
  const summary = document.getElementById('summary');
  const steps = document.getElementById('steps');
  const notes = document.getElementById('notes');
  const waiting = isRight ? '' : 'The preview follows when the values are right.';
  summary?.replaceChildren(preview?.summary ?? waiting);
  const nothing = create('p', preview === undefined ? '' : 'Nothing: every file is as the policy wants it.');
  steps?.replaceChildren(preview === undefined || preview.steps.length === 0 ? nothing : table(preview));
  notes?.replaceChildren(...(preview?.notes ?? []).map((note) => create('li', note)));
}

const columns = ['kind', 'file', 'size', 'reason'] as const satisfies readonly (keyof PreviewRow)[];
const titles = { kind: 'Step', file: 'File', size: 'Size', reason: 'Why' };

function table({ steps, more }: PreviewTexts): HTMLElement {
  const head = document.createElement('tr');
  head.append(...columns.map((column) => create('th', titles[column], column)));
  const rows = steps.map((step) => {
    const row = document.createElement('tr');
    row.append(...columns.map((column) => create('td', step[column], column)));
    return row;
  });
  const result = document.createElement('table');
  const body = document.createElement('tbody');
  body.append(...rows);
  if (more > 0) {
    const row = document.createElement('tr');
    const cell = document.createElement('td');
    cell.colSpan = columns.length;
    cell.textContent = `and ${more.toLocaleString('en-US')} more`;
    row.append(cell);
    body.append(row);
  }
  const header = document.createElement('thead');
  header.append(head);
  result.append(header, body);
  return result;
}

function create(tag: 'li' | 'p' | 'td' | 'th', text: string, name = ''): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name !== '') element.className = name;
  return element;
}
