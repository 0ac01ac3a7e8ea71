/** Fields without those that are undefined. */
export function compact(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const defined: Record<string, unknown> = {};
  for (const key of Object.keys(fields)) if (fields[key] !== undefined) defined[key] = fields[key];
  return defined;
}

/** Sets a key that a line chose. `__proto__` would set the prototype; the call that does not is slow. */
export function define(fields: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true });
  else fields[key] = value;
}
