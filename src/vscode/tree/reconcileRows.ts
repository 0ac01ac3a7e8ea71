import { keyOf, type LogNode } from './logNode.ts';
import { labelsOfBelow } from './rowLabels.ts';

interface Reconciled {
  /** The rows as they are now; what was there before is the same object with the new data. */
  readonly rows: readonly LogNode[];
  /** Whether they are the same rows in the same order. */
  readonly areSame: boolean;
  /** Those of before that look different now. */
  readonly changed: readonly LogNode[];
  /** Those of before that are no more. */
  readonly gone: readonly LogNode[];
}

/** Takes over what is new into the rows that are there, so that a person's tree stays as it is where nothing changed. */
export function reconcileRows(before: readonly LogNode[], now: readonly LogNode[]): Reconciled {
  const known = new Map(before.map((node) => [keyOf(node), node]));
  // By their keys: where the folder changed from one page to the next, a row may stand on both.
  const rows = new Map<string, LogNode>();
  const changed: LogNode[] = [];
  for (const node of now) {
    const key = keyOf(node);
    const old = known.get(key);
    const isChanged = old !== undefined && looksOf(old) !== looksOf(node);
    if (isChanged) changed.push(old);
    // A file that has not changed keeps its data: the row made of them is kept, too.
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

/** What a row is shown by. Of those with others below it is the words: showing them again asks for all that is below. */
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
    case 'more':
      return String(node.rest);
    default:
      return Object.values(labelsOfBelow(node.row)).join('\n');
  }
}
