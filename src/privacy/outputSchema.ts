import * as z from 'zod';
import { RULES } from './rules.ts';
import { TABLE, type EventKind, type Row } from './table.ts';

/**
 * The strict shape of what `anonymise` makes of a kind of event: nothing else is in it.
 * @param keys the names that the operator added
 */
export function outputSchema(kind: EventKind, keys: readonly string[] = []): z.ZodObject {
  return z.strictObject(shapeOf(TABLE[kind], keys));
}

function shapeOf(rows: readonly Row[], keys: readonly string[]): Record<string, z.ZodType> {
  const shape: Record<string, z.ZodType> = {};
  for (const row of rows) {
    if ('within' in row) {
      const named = row.isOpen === true ? keys.map((key) => [key, RULES.named.schemas[0]?.optional()]) : [];
      const group = z.strictObject({ ...Object.fromEntries(named), ...shapeOf(row.within, keys) });
      shape[row.field] = (row.isList === true ? z.array(group) : group).optional();
    } else {
      const { schemas } = RULES[row.rule];
      for (const [at, name] of row.sends.entries()) shape[name] ??= schemas[at]?.optional() ?? z.never();
    }
  }
  return shape;
}
