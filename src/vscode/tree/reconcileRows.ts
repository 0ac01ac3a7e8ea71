import { keyOf, type LogNode } from './logNode.ts';
import { labelsOfBelow } from './rowLabels.ts';

interface Reconciled {
  /** The rows as they are now. A row that was there before is the same object with the new data. */
  readonly rows: readonly LogNode[];
  /** Whether they are the same rows in the same order. */
  readonly areSame: boolean;
  /** The earlier rows that look different now. */
  readonly changed: readonly LogNode[];
  /** The earlier rows that are gone. */
  readonly gone: readonly LogNode[];
}

/** Puts the new data into the existing rows, so that a person's tree keeps its state where nothing changed. */
export function reconcileRows(before: readonly LogNode[], now: readonly LogNode[]): Reconciled {
  const known = new Map(before.map((node) => [keyOf(node), node]));
  // Indexed by key: when the folder changes between two pages, a row may be on both.
  const rows = new Map<string, LogNode>();
  const changed: LogNode[] = [];
  for (const node of now) {
    const key = keyOf(node);
    const old = known.get(key);
    const isChanged = old !== undefined && looksOf(old) !== looksOf(node);
    if (isChanged) changed.push(old);
    // A file that has not changed keeps its data object, because the cached row depends on that object.
    const isKept = (old?.kind === 'file' || old?.kind === 'archive') && !isChanged;
    rows.set(key, old === undefined ? node : isKept ? old : Object.assign(old, node));
  }
  const keys = [...rows.keys()];
  return {
    rows: [...rows.values()],
    areSame: keys.length === before.length && before.every((node, index) => keyOf(node) === keys[index]),
    changed,
    gone: before.filter((node) => !rows.has(keyOf(node))),
  };
}

/**
 * A text that changes when the row has to be shown again. For a parent it is only the words, because showing a parent
 * again asks for all rows below it.
 */
function looksOf(node: LogNode): string {
  switch (node.kind) {
    case 'workspace':
      return '';
    case 'pending':
      return node.keys.join();
    case 'file':
      return JSON.stringify(node.file);
    case 'archive':
      return JSON.stringify([node.file, node.lock, node.message]);
    case 'member':
      return JSON.stringify(node.member);
    case 'store':
      return String(node.bytes);
    case 'more':
      return String(node.rest);
    default:
      return Object.values(labelsOfBelow(node.row)).join('\n');
  }
}
