import {
  type Bound,
  type Field,
  type FieldTest,
  type Parts,
  type Query,
  literalOf,
  universalOf,
} from './queryTree.ts';

/** Writes a query that parses to the same tree. */
export function printQuery(query: Query): string {
  switch (query.kind) {
    case 'all':
      return '';
    case 'and':
      return query.items.map((item) => printItem(item, item.kind === 'and' || item.kind === 'or')).join(' ');
    case 'or':
      return query.items.map((item) => printItem(item, item.kind === 'or')).join(' OR ');
    case 'not':
      return printNot(query.item);
    case 'text':
      return printParts(query.parts, isPlainText);
    case 'field':
      return `${printField(query.field)}:${printTest(query.test)}`;
  }
}

function printItem(item: Query, isGroup: boolean): string {
  return isGroup ? `(${printQuery(item)})` : printQuery(item);
}

function printNot(item: Query): string {
  const text = printItem(item, item.kind === 'and' || item.kind === 'or');
  return item.kind === 'not' ? `NOT ${text}` : `-${text}`;
}

/** A field as a query needs it, without the colon: `user.email`, `"odd key"`. */
function printField({ path, universal }: Field): string {
  // Quotes tell a key of the entry from the universal field of the same name.
  if (universal === null && universalOf(path) !== null) return path.map(quote).join('.');
  return path
    .map((key, index) => {
      const isPlain = index === 0 ? /^[A-Za-z_@$][\w@$/#-]*$/ : /^[\w@$/#-]+$/;
      return isPlain.test(key) ? key : quote(key);
    })
    .join('.');
}

function printTest(test: FieldTest): string {
  switch (test.kind) {
    case 'exists':
      return '*';
    case 'value':
      return printParts(test.parts, isPlainValue);
    case 'class':
      return `${String(test.hundreds)}xx`;
    case 'range':
      return printRange(test.from, test.to);
    case 'pattern':
      // A backslash before another character belongs to the expression.
      return `~"${test.pattern.replace(/\\[^]|"/g, (part) => (part === '"' ? '\\"' : part))}"`;
  }
}

function printRange(from: Bound | null, to: Bound | null): string {
  if (from && !to) return `>${from.inclusive ? '=' : ''}${printBound(from)}`;
  if (to && !from) return `<${to.inclusive ? '=' : ''}${printBound(to)}`;
  if (!from || !to) return '*';
  const [opening, closing] = [from.inclusive ? '[' : '{', to.inclusive ? ']' : '}'];
  return `${opening}${printBound(from)} TO ${printBound(to)}${closing}`;
}

function printBound({ text }: Bound): string {
  return /^[\w.:+-]+$/.test(text) ? text : quote(text);
}

function printParts(parts: Parts, isPlain: (text: string) => boolean): string {
  const text = literalOf(parts);
  if (text !== undefined) return isPlain(text) ? text : quote(text);
  return parts.map((part) => (typeof part === 'string' ? escape(part) : part.wild)).join('');
}

const plainCharacters = /^[\p{L}\p{N}_./@+][\p{L}\p{N}_./@+-]*$/u;

function isPlainText(text: string): boolean {
  return plainCharacters.test(text) && !/^(?:AND|OR|NOT)$/.test(text);
}

function isPlainValue(text: string): boolean {
  return /^[\p{L}\p{N}_./@+:-]+$/u.test(text) && !/^[1-9]xx$|\.\./.test(text) && isPlainText(text);
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, String.raw`\$&`)}"`;
}

/** A literal beside wildcards: a backslash before each character that could mean something. */
function escape(text: string): string {
  return text.replace(/[^\p{L}\p{N}_./@+]/gu, String.raw`\$&`);
}
