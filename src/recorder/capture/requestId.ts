import { randomBytes } from 'node:crypto';

const plausible = /^[A-Za-z0-9._:/+=@-]{1,128}$/;

export function isPlausibleId(id: unknown): id is string {
  return typeof id === 'string' && plausible.test(id);
}

/** Ids of one process share what is drawn here: 72 random bits, and a count that costs less than random bits each time. */
const prefix = `${randomBytes(9).toString('base64url')}-`;
let count = 0;

/** An id that no other request has. */
export function makeRequestId(): string {
  count += 1;
  return prefix + count.toString(36);
}
