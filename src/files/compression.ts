import type { FileName } from './fileName.ts';

/** The extension of a compressed log, without the dot; empty for one that is plain, or was left half written. */
export function compressionOf(parts: FileName): string {
  if (parts.kind === 'archive') return 'zip';
  return parts.kind === 'foreign' ? parts.compression : '';
}

/** What a log is called once it is unzipped. */
export function plainNameOf({ name, parts }: { readonly name: string; readonly parts: FileName }): string {
  const compression = compressionOf(parts);
  const plain = compression === '' ? name : name.slice(0, -compression.length - 1);
  return plain === '' ? name : plain;
}
