import { turns } from '../base/turns.ts';
import { Failure } from '../base/failure.ts';
import { openNote, originOf, type OpenedNote, type Verifier } from './checkpoint.ts';
import { COLUMNS, columnsOf, columnsText, type Columns } from './columns.ts';
import { explain } from './explain.ts';
import { prunedBefore } from './record.ts';
import type { AuditStore, StoredRow } from './store.ts';
import {
  FAN_OUT,
  GrowingTree,
  isComparable,
  isEqual,
  leafHash,
  leafHex,
  STORED_EVERY,
  type TreeNode,
} from './tree.ts';

/** What was done to the trail. `seq` is the first record concerned, or the first of the stretch from `from` to `to`. */
export interface Finding {
  readonly kind: 'altered' | 'removed' | 'inserted' | 'reordered' | 'cut' | 'rolled-back' | 'index';
  readonly seq: number;
  readonly id?: string;
  /** Where the record itself cannot be named: the first and the last record of the stretch it is in. */
  readonly from?: number;
  readonly to?: number;
}

export interface Verification {
  /** `unknown`: all hashes fit, and no checkpoint by a known key says that they are the old ones. */
  readonly state: 'sound' | 'tampered' | 'unknown';
  /** How many records were ever appended. */
  readonly records: number;
  /** How many of them, the oldest ones, were pruned; absent if none was. */
  readonly pruned?: number;
  /** How many records the newest checkpoint by a known key covers. */
  readonly sealed: number;
  /** That checkpoint; `time` is when its last record was created, in ISO 8601. Absent if that record was pruned. */
  readonly checkpoint?: { readonly size: number; readonly time: string };
  readonly first?: Finding;
}

export interface Evidence {
  /** The keys that count. */
  readonly verifiers: readonly Verifier[];
  /** The newest note that was seen on this machine. */
  readonly seen: string | undefined;
  /** A note that was kept elsewhere. */
  readonly since?: string | undefined;
  /** The note of this person's by which the trail was accepted, although another key had signed it. */
  readonly accepted?: string | undefined;
  /** Whether the store's indexes are checked, too. */
  readonly indexes?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A note that the trail is compared with. */
interface Anchor {
  readonly size: number;
  readonly root: Uint8Array;
  readonly isTrusted: boolean;
  readonly isStored: boolean;
}

const CHUNK = 512;

/**
 * Reads every record, node and checkpoint, computes every hash and column anew, and says what was changed first.
 * @throws Failure `audit-note-invalid`, `audit-note-pruned`, those of the store, `cancelled`
 */
export async function verify(store: AuditStore, evidence: Evidence): Promise<Verification> {
  const began = await store.first();
  const { anchors, finding: wrongNote, isDoubtful, since = 0 } = await readNotes(store, evidence);
  const scan = new Scan(store, await allNodes(store), anchors);
  const first =
    (await scan.run(evidence.signal)) ??
    wrongNote ??
    (evidence.indexes === true && (await store.indexProblems()).length > 0 ? indexFinding(scan) : undefined);
  // Another process pruned the trail meanwhile.
  if (first !== undefined && (await store.first()) !== began) return verify(store, evidence);
  if (first === undefined && !isComparable(since, scan.pruned))
    throw new Failure('audit-note-pruned', { size: since });
  const trusted = anchors.findLast(
    ({ isTrusted, size }) => isTrusted && size <= scan.records && isComparable(size, scan.pruned),
  );
  const records = first === undefined ? scan.records : await store.size();
  const time = trusted === undefined ? undefined : scan.times.get(trusted.size);
  const isKnown = records === 0 || (trusted !== undefined && !isDoubtful);
  return {
    state: first === undefined ? (isKnown ? 'sound' : 'unknown') : 'tampered',
    records,
    ...(scan.pruned > 0 && { pruned: scan.pruned }),
    sealed: trusted?.size ?? 0,
    ...(trusted !== undefined &&
      time !== undefined && {
        checkpoint: { size: trusted.size, time: new Date(time * 1000).toISOString() },
      }),
    ...(first !== undefined && { first }),
  };
}

function indexFinding({ pruned, records }: Scan): Finding {
  return stretch('index', pruned, Math.max(0, records - 1));
}

interface Notes {
  /** By size. */
  readonly anchors: readonly Anchor[];
  readonly finding: Finding | undefined;
  /** A key that is not known signed before the known ones did: the key may be lost. */
  readonly isDoubtful: boolean;
  /** The number of records under the note that was kept elsewhere. */
  readonly since: number | undefined;
}

async function readNotes(store: AuditStore, { verifiers, seen, since, accepted }: Evidence): Promise<Notes> {
  const anchors: Anchor[] = [];
  let finding: Finding | undefined;
  const origin = originOf(store.trailId);
  const opened = (note: string): OpenedNote | undefined => {
    const read = openNote(note, verifiers);
    return read?.checkpoint.origin === origin && read.signature !== 'forged' ? read : undefined;
  };
  const keep = ({ checkpoint, signature }: OpenedNote, isStored: boolean): void => {
    anchors.push({ ...checkpoint, isTrusted: signature === 'known', isStored });
  };
  let sealed = 0;
  for (const { size, note } of await store.checkpoints()) {
    const read = opened(note);
    if (read?.checkpoint.size === size) keep(read, true);
    else finding ??= stretch('altered', sealed, Math.max(sealed, size - 1));
    sealed = size;
  }
  const last = seen === undefined ? undefined : opened(seen);
  if (last !== undefined) {
    keep(last, false);
    // Its removal from the store leaves no other trace.
    if (last.checkpoint.size > sealed && last.checkpoint.size <= (await store.size()))
      finding ??= stretch('removed', sealed, last.checkpoint.size - 1);
  } else if (seen !== undefined) finding ??= stretch('altered', 0, Math.max(0, sealed - 1));
  const kept = since === undefined ? undefined : opened(since);
  if (kept !== undefined) keep(kept, false);
  else if (since !== undefined) throw new Failure('audit-note-invalid', { trail: store.trailId });
  const consent = accepted === undefined ? undefined : opened(accepted);
  const isAccepted = consent !== undefined && isKnown(consent);
  if (isAccepted) keep(consent, false);
  anchors.sort((one, other) => one.size - other.size);
  const firstKnown = anchors.find(({ isTrusted }) => isTrusted)?.size ?? Infinity;
  const isStranger = ({ isTrusted, isStored, size }: Anchor): boolean =>
    isStored && !isTrusted && size <= firstKnown;
  const isDoubtful = (last !== undefined && !isKnown(last)) || (!isAccepted && anchors.some(isStranger));
  return { anchors, finding, isDoubtful, since: kept?.checkpoint.size };
}

function isKnown({ signature }: OpenedNote): boolean {
  return signature === 'known';
}

function stretch(kind: Finding['kind'], from: number, to: number): Finding {
  return { kind, seq: from, from, to };
}

async function allNodes(store: AuditStore): Promise<ReadonlyMap<string, TreeNode>> {
  const nodes = new Map<string, TreeNode>();
  for (let after = { level: -1, index: 0 }; ;) {
    const page = await store.nodes(after, CHUNK);
    for (const node of page) nodes.set(nameOf(node), node);
    const last = page.at(-1);
    if (last === undefined) return nodes;
    after = last;
  }
}

function nameOf({ level, index }: Pick<TreeNode, 'level' | 'index'>): string {
  return `${String(level)}/${String(index)}`;
}

/** One walk over all records. */
class Scan {
  /** When the records before an anchor were created, in seconds since 1970, by the anchor's size. */
  readonly times = new Map<number, number>();
  readonly #store: AuditStore;
  readonly #nodes: ReadonlyMap<string, TreeNode>;
  readonly #anchors: readonly Anchor[];
  readonly #tree = new GrowingTree();
  /** The tree before the newest 256 records that are not complete. */
  #before = new GrowingTree();
  #reached = 0;
  #found = 0;
  #pruned = 0;
  /** The highest number below which a record says that all were pruned. */
  #allowed = 0;
  /** The first node that does not fit, or is missing. */
  #wrongNode: { readonly kind: 'altered' | 'removed'; readonly node: TreeNode } | undefined;

  constructor(store: AuditStore, nodes: ReadonlyMap<string, TreeNode>, anchors: readonly Anchor[]) {
    this.#store = store;
    this.#nodes = nodes;
    this.#anchors = anchors;
  }

  get records(): number {
    return this.#tree.size;
  }

  /** How many records, the first ones, are known by the hashes of their blocks alone. */
  get pruned(): number {
    return this.#pruned;
  }

  async run(signal: AbortSignal | undefined): Promise<Finding | undefined> {
    const rest = turns();
    for (let from = -Infinity; ; from = this.#tree.size) {
      if (signal?.aborted === true) throw new Failure('cancelled', {});
      const rows = await this.#store.rows(from, CHUNK);
      if (rows.length === 0) return this.#end();
      for (const row of rows) {
        if (this.#tree.size === 0 && this.#begin(row.seq)) return this.#wrongAnchor();
        const finding = this.#row(row);
        if (finding !== undefined) return this.#wrongNode === undefined ? finding : this.#wrongBlock();
        if (this.#passAnchors(row)) return this.#wrongAnchor();
      }
      await rest();
    }
  }

  /**
   * Where the first record is that of a block, the hashes of the blocks before it begin the tree.
   * @returns whether the tree is not that of a note
   */
  #begin(first: number): boolean {
    if (first <= 0 || first % FAN_OUT !== 0 || first / FAN_OUT > this.#nodes.size) return false;
    const blocks = Array.from({ length: first / FAN_OUT }, (_, index) =>
      this.#nodes.get(nameOf({ level: STORED_EVERY, index })),
    );
    if (!blocks.every((block) => block !== undefined)) return false;
    this.#pruned = first;
    this.#found += blocks.length;
    for (const { hash } of blocks) {
      this.#before = this.#tree.copy();
      this.#tree.add(
        hash,
        (node) => {
          this.#node(node);
        },
        STORED_EVERY,
      );
      if (this.#passAnchors()) return true;
    }
    return false;
  }

  #row(row: StoredRow): Finding | undefined {
    const { size } = this.#tree;
    if (row.seq < size) return { kind: 'inserted', seq: row.seq, ...idOf(row) };
    if (row.seq > size) return this.#gap(size, row.seq);
    const columns = intactColumns(row);
    if (columns === undefined) return { kind: 'altered', seq: row.seq, ...idOf(row) };
    this.#allowed = Math.max(this.#allowed, prunedBefore(columns, this.#store.trailId));
    if (size % FAN_OUT === 0) this.#before = this.#tree.copy();
    this.#tree.add(row.leaf, (node) => {
      this.#node(node);
    });
    return undefined;
  }

  #gap(from: number, next: number): Finding {
    const missing: Finding = { kind: 'removed', seq: from };
    return next - from === 1 ? missing : { ...missing, from, to: next - 1 };
  }

  #node(node: TreeNode): void {
    const stored = this.#nodes.get(nameOf(node));
    const end = (node.index + 1) * 2 ** node.level;
    const isDue = this.#anchors.some(({ isStored, size }) => isStored && size >= end);
    if (stored === undefined && !isDue) return;
    if (stored !== undefined) {
      this.#found += 1;
      if (isEqual(stored.hash, node.hash)) return;
    }
    this.#wrongNode ??= { kind: stored === undefined ? 'removed' : 'altered', node };
  }

  /** @param last the last record of the tree, unless it was pruned @returns whether the tree is not that of a note */
  #passAnchors(last?: StoredRow): boolean {
    for (;;) {
      const anchor = this.#anchors[this.#reached];
      if (anchor === undefined || anchor.size > this.#tree.size) return false;
      if (anchor.size === this.#tree.size) {
        if (!isEqual(anchor.root, this.#tree.root())) return true;
        if (last !== undefined) this.times.set(anchor.size, Number(valuesOf(last.columns)[CREATED_AT]));
      }
      this.#reached += 1;
    }
  }

  async #wrongAnchor(): Promise<Finding> {
    if (this.#wrongNode !== undefined) return this.#wrongBlock();
    const { size } = this.#tree;
    const from = this.#anchors[this.#reached - 1]?.size ?? 0;
    const start = this.#before.size;
    // A record may have changed places with one behind this note: the last word on its 256 knows both.
    const isThere = size > this.#pruned && size - start <= FAN_OUT;
    for (const { length, fits } of isThere ? this.#wordsOn(start) : []) {
      const exact = await this.#explain(start, length, fits);
      if (exact !== undefined) return exact;
    }
    return stretch((await this.#isShort()) ? 'removed' : 'altered', from, size - 1);
  }

  /** What the first wrong note, and the node or the last note, say about the up to 256 records from `start` on. */
  #wordsOn(start: number): { readonly length: number; readonly fits: (root: Uint8Array) => boolean }[] {
    const end = start + FAN_OUT;
    const notes = this.#anchors.slice(this.#reached).filter(({ size }) => size <= end);
    const words = [notes.at(0), notes.length > 1 ? notes.at(-1) : undefined].flatMap((note) =>
      note === undefined
        ? []
        : [
            {
              length: note.size - start,
              fits: (root: Uint8Array) => isEqual(this.#before.rootWith(root), note.root),
            },
          ],
    );
    const node = this.#nodes.get(nameOf({ level: STORED_EVERY, index: start / FAN_OUT }));
    if (node === undefined) return words;
    return [...words, { length: FAN_OUT, fits: (root: Uint8Array) => isEqual(root, node.hash) }];
  }

  /** A note that the trail reached later fits, so the node is wrong; else a record below it is. */
  async #wrongBlock(): Promise<Finding> {
    const { kind, node } = this.#wrongNode ?? { kind: 'altered', node: { level: 0, index: 0 } };
    const width = 2 ** node.level;
    const from = node.index * width;
    const stored = this.#nodes.get(nameOf(node));
    const passed = this.#anchors[this.#reached - 1];
    if (stored === undefined || (passed !== undefined && passed.size >= from + width))
      return stretch(kind, from, from + width - 1);
    const exact =
      node.level === STORED_EVERY
        ? await this.#explain(from, width, (root) => isEqual(root, stored.hash))
        : undefined;
    if (exact !== undefined) return exact;
    return stretch((await this.#isShort()) ? 'removed' : 'altered', from, from + width - 1);
  }

  async #explain(
    from: number,
    length: number,
    fits: (root: Uint8Array) => boolean,
  ): Promise<Finding | undefined> {
    const leaves: Uint8Array[] = [];
    const named: Pick<Finding, 'seq' | 'id'>[] = [];
    for (let next = from; leaves.length <= length;) {
      const rows = await this.#store.rows(next, length + 1 - leaves.length);
      const last = rows.at(-1);
      if (last === undefined) break;
      leaves.push(...rows.map(({ entry }) => leafHash(entry ?? '')));
      named.push(...rows.map((row) => ({ seq: row.seq, ...idOf(row) })));
      next = last.seq + 1;
    }
    const found = explain(leaves, length, fits);
    const record = found && named[found.place];
    return found && record && { kind: found.kind, ...record };
  }

  /** Whether there are fewer records than a note says. */
  async #isShort(): Promise<boolean> {
    return (await this.#store.size()) < (this.#anchors.at(-1)?.size ?? 0);
  }

  #end(): Finding | Promise<Finding> | undefined {
    const { size } = this.#tree;
    const beyond = this.#anchors.at(-1);
    const cut = this.#anchors.findLast(({ isStored }) => isStored);
    if (this.#wrongNode !== undefined) return this.#wrongBlock();
    if (cut !== undefined && cut.size > size) return stretch('cut', size, cut.size - 1);
    if (beyond !== undefined && beyond.size > size) return stretch('rolled-back', size, beyond.size - 1);
    if (this.#pruned > this.#allowed) return stretch('removed', this.#allowed, this.#pruned - 1);
    if (this.#found === this.#nodes.size) return undefined;
    const extra = [...this.#nodes.values()].find(
      ({ level, index }) =>
        level % STORED_EVERY !== 0 || level <= 0 || index < 0 || (index + 1) * 2 ** level > size,
    );
    return stretch('inserted', (extra?.index ?? 0) * 2 ** (extra?.level ?? 0), size - 1);
  }
}

const CREATED_AT = COLUMNS.indexOf('created_at');
const ID = COLUMNS.indexOf('id');

/** The columns of a record; undefined unless its leaf and its columns are those of its entry. */
export function intactColumns({ entry, leaf, columns }: StoredRow): Columns | undefined {
  if (entry === undefined || leafHex(entry) !== leaf) return undefined;
  const expected = columnsIn(entry);
  return expected !== undefined && columnsText(expected) === columns ? expected : undefined;
}

function columnsIn(entry: string | undefined): Columns | undefined {
  try {
    return entry === undefined ? undefined : columnsOf(JSON.parse(entry));
  } catch {
    return undefined;
  }
}

/** The values of a stored row's columns, in the order of `COLUMNS`. */
export function valuesOf(columns: string): readonly unknown[] {
  return columns === '' ? [] : (JSON.parse(columns) as unknown[]);
}

/** The id as the entry says it, or the column where the entry cannot be read. */
function idOf({ entry, columns }: StoredRow): { readonly id?: string } {
  const id = columnsIn(entry)?.id ?? valuesOf(columns)[ID];
  return typeof id === 'string' ? { id } : {};
}
