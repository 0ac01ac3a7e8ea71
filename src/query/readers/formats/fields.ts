/** Fields without those that are undefined. */
export function compact(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const defined: Record<string, unknown> = {};
  for (const key of Object.keys(fields)) if (fields[key] !== undefined) defined[key] = fields[key];
  return defined;
}

/** Sets a key that a line chose, which may be `__proto__`. */
export function define(fields: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true });
}
