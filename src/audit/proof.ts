import { Failure } from '../base/failure.ts';
import { bytesOf, openNote, originOf, type Verifier } from './checkpoint.ts';
import type { AuditStore } from './store.ts';
import { isComparable, isConsistent, isEqual, leafHash, rootOfInclusion, Tree } from './tree.ts';

/** Shows, without the trail, that a record is in it. */
export interface Proof {
  /** The record's line as it is stored. */
  readonly record: string;
  /** The number of its leaf, from 0. */
  readonly leaf: number;
  /** The hashes beside the way to the root, in base64, from the leaf up. */
  readonly path: readonly string[];
  /** A checkpoint that covers the record. */
  readonly note: string;
  /** Shows that the trail of the note begins as that of an older one. */
  readonly consistency?: { readonly note: string; readonly path: readonly string[] };
}

/**
 * Proves a record under a checkpoint of the trail.
 * @param note a checkpoint that covers the record
 * @param since an older note that the trail has only grown since
 * @throws Failure `audit-no-record`, `audit-tampered`, `audit-note-invalid`, `audit-note-pruned`, those of the store
 */
export async function prove(store: AuditStore, id: string, note: string, since?: string): Promise<Proof> {
  const found = await store.find(id);
  const trail = store.trailId;
  const checkpoint = openNote(note, [])?.checkpoint;
  if (found === undefined) throw new Failure('audit-no-record', { id });
  if (checkpoint === undefined || found.seq >= checkpoint.size)
    throw new Failure('audit-tampered', { trail, sealed: checkpoint?.size ?? 0 });
  const tree = new Tree(checkpoint.size, store.hashes);
  const path = await tree.inclusion(found.seq);
  const root = rootOfInclusion(leafHash(Buffer.from(found.entry)), found.seq, checkpoint.size, path);
  if (root === undefined || !isEqual(root, checkpoint.root))
    throw new Failure('audit-tampered', { trail, sealed: checkpoint.size });
  const proof = { record: found.entry, leaf: found.seq, path: base64(path), note };
  if (since === undefined) return proof;
  const older = openNote(since, [])?.checkpoint;
  if (older?.origin !== originOf(trail)) throw new Failure('audit-note-invalid', { trail });
  if (older.size > checkpoint.size) throw new Failure('audit-tampered', { trail, sealed: older.size });
  if (!isComparable(older.size, await store.first()))
    throw new Failure('audit-note-pruned', { size: older.size });
  const consistency = await tree.consistency(older.size);
  if (!isConsistent(older, checkpoint, consistency))
    throw new Failure('audit-tampered', { trail, sealed: older.size });
  return { ...proof, consistency: { note: since, path: base64(consistency) } };
}

function base64(hashes: readonly Uint8Array[]): string[] {
  return hashes.map((hash) => Buffer.from(hash).toString('base64'));
}

/** A proof as a file: one line of JSON. A checker refuses any other spelling of it, so no byte can change unseen. */
export function formatProof({ record, leaf, path, note, consistency }: Proof): string {
  return `${JSON.stringify({ record, leaf, path, note, ...(consistency && { consistency }) })}\n`;
}

/**
 * Checks a proof without the trail.
 * @param verifiersFor the known keys under the name of a trail's origin
 * @returns `unknown` where all hashes fit and no known key signed the note
 */
export function checkProof(
  text: string,
  verifiersFor: (origin: string) => readonly Verifier[],
): 'sound' | 'tampered' | 'unknown' {
  const proof = parseProof(text);
  if (proof === undefined) return 'tampered';
  const { record, leaf, path, note, consistency } = proof;
  const opened = openedFor(note, verifiersFor);
  if (opened === undefined) return 'tampered';
  const { checkpoint, signature } = opened;
  const root = rootOfInclusion(leafHash(Buffer.from(record)), leaf, checkpoint.size, path);
  if (root === undefined || !isEqual(root, checkpoint.root)) return 'tampered';
  if (consistency !== undefined) {
    const older = openedFor(consistency.note, verifiersFor);
    if (older?.checkpoint.origin !== checkpoint.origin || older.signature !== signature) return 'tampered';
    if (!isConsistent(older.checkpoint, checkpoint, consistency.path)) return 'tampered';
  }
  return signature === 'known' ? 'sound' : 'unknown';
}

function openedFor(
  note: string,
  verifiersFor: (origin: string) => readonly Verifier[],
): ReturnType<typeof openNote> {
  const origin = openNote(note, [])?.checkpoint.origin;
  const opened = origin === undefined ? undefined : openNote(note, verifiersFor(origin));
  return opened?.signature === 'forged' ? undefined : opened;
}

interface ParsedProof extends Omit<Proof, 'path' | 'consistency'> {
  readonly path: readonly Buffer[];
  readonly consistency: { readonly note: string; readonly path: readonly Buffer[] } | undefined;
}

function parseProof(text: string): ParsedProof | undefined {
  try {
    const proof = JSON.parse(text) as Proof;
    if (text !== formatProof(proof)) return undefined;
    const path = hashesOf(proof.path);
    const isProof =
      typeof proof.record === 'string' && typeof proof.note === 'string' && Number.isSafeInteger(proof.leaf);
    if (!isProof || path === undefined) return undefined;
    if (proof.consistency === undefined) return { ...proof, path, consistency: undefined };
    const older = hashesOf(proof.consistency.path);
    if (older === undefined || typeof proof.consistency.note !== 'string') return undefined;
    return { ...proof, path, consistency: { note: proof.consistency.note, path: older } };
  } catch {
    return undefined;
  }
}

function hashesOf(path: readonly string[]): Buffer[] | undefined {
  const hashes = path.map(bytesOf);
  const isWhole = (hash: Buffer | undefined): hash is Buffer => hash?.length === 32;
  return hashes.every(isWhole) ? hashes : undefined;
}
