/** A table of plain texts. `columns` names the keys of a row and their headings; a cell's class is its key. */
export function table<K extends string>(
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

export function create(tag: 'li' | 'p' | 'td' | 'th', text: string, name = ''): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name !== '') element.className = name;
  return element;
}
