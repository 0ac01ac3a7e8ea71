import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Failure } from '../base/failure.ts';

/**
 * A position as an opaque text, bound to what was asked: a cursor of another query or workspace is refused.
 * @param asked plain data: the workspace and the filter
 */
export function toCursor(position: unknown, asked: unknown): string {
  return Buffer.from(JSON.stringify([bindingOf(asked), position])).toString('base64url');
}

/** @throws Failure `cursor-invalid` */
export function fromCursor<T>(cursor: string, asked: unknown, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    value = undefined;
  }
  const result = z.tuple([z.literal(bindingOf(asked)), schema]).safeParse(value);
  if (!result.success) throw new Failure('cursor-invalid', {});
  return result.data[1];
}

function bindingOf(asked: unknown): string {
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 16);
}
