import type { RowIndex } from './rowIndex.ts';

/** What was last seen in each workspace, by its root, so that pages of rows need no listing of their own. */
const listings = new Map<string, RowIndex>();

export function rememberListing(root: string, index: RowIndex): void {
  listings.set(root, index);
}

export function lastListing(root: string): RowIndex | undefined {
  return listings.get(root);
}
