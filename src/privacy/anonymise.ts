import { personOf } from './pseudonyms.ts';
import { modelOf, type Model, type ModelOptions } from './model.ts';
import type { Anonymous } from './privacyTypes.ts';
import { isFields, RULES, USAGE_EVENT, type Fields, type Rule, type Surroundings } from './rules.ts';
import { PERSONAL_NAMES, TABLE, type EventKind, type Group, type Row } from './table.ts';

/**
 * What may leave the machine of one event: an entry of the API log, a record of the audit trail, or a usage event. The
 * event is never changed, whatever it is, and nothing is thrown because of it. Equal events give equal results.
 * @param kind found by the event's fields where it is left out
 * @throws TypeError for a key that is missing or too short
 */
export function anonymise(event: unknown, options: ModelOptions, kind?: EventKind): Anonymous {
  return anonymiser(options)(event, kind);
}

/** `anonymise` for many events with the same options. @throws TypeError as `anonymise` */
export function anonymiser(options: ModelOptions): (event: unknown, kind?: EventKind) => Anonymous {
  const model = modelOf(options);
  return (event, kind) => anonymiseBy(model, event, kind);
}

function anonymiseBy(model: Model, event: unknown, given: EventKind | undefined): Anonymous {
  const copy = maskedCopy(event, model);
  const kind = given ?? kindOf(copy);
  const person = personOf(copy.user) ?? personOf(copy.user_id);
  return send(TABLE[kind], copy, { model, person, isStored: copy.event === USAGE_EVENT }, false);
}

/** Guesses the kind of an event; the table of each kind lets nothing else out, so a wrong guess only sends less. */
function kindOf(event: Fields): EventKind {
  if (Object.hasOwn(event, 'entity_type') || Object.hasOwn(event, 'verb') || Object.hasOwn(event, 'note'))
    return 'audit';
  return Object.hasOwn(event, 'method') && Object.hasOwn(event, 'path') ? 'entry' : 'usage';
}

/**
 * A plain, masked copy. Two kinds of values come from the event itself, since the masker takes them for secrets; their
 * rules let nothing but counts and hashes out: `tokens`, and the person.
 */
function maskedCopy(event: unknown, { masker }: Model): Fields {
  const copy: unknown = JSON.parse(masker.json(event));
  if (typeof copy !== 'object' || copy === null || Array.isArray(copy)) return {};
  const fields = copy as Record<string, unknown>;
  for (const name of ['tokens', 'user', 'user_id', 'note'] as const) {
    if (!Object.hasOwn(fields, name)) continue;
    const value = flatCopy(() => (event as Fields)[name]);
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

/** A text or number, or the texts and numbers in an object; undefined for anything else and where reading fails. */
function flatCopy(read: () => unknown): unknown {
  try {
    const value = read();
    if (typeof value === 'string' || typeof value === 'number') return value;
    if (typeof value !== 'object' || value === null) return undefined;
    const { input, output, email, name } = value as Fields;
    return { input, output, email, name };
  } catch {
    return undefined;
  }
}

function send(rows: readonly Row[], owner: Fields, around: Surroundings, isOpen: boolean): Fields {
  const out: Record<string, unknown> = {};
  for (const row of rows) {
    const value = Object.hasOwn(owner, row.field)
      ? owner[row.field]
      : row.also !== undefined && Object.hasOwn(owner, row.also)
        ? owner[row.also]
        : undefined;
    if (value === undefined && !('isConstant' in row)) continue;
    if ('within' in row) {
      const group = sendGroup(row, value, around);
      if (group !== undefined) out[row.field] = group;
    } else if (value !== null || row.rule === 'content') {
      const rule: Rule = RULES[row.rule];
      const values = rule.apply(value, around, owner);
      for (let at = 0; at < values.length; at++) {
        const name = row.sends[at];
        if (name !== undefined && values[at] !== undefined) out[name] ??= values[at];
      }
    }
  }
  if (isOpen) sendNamed(rows, owner, around, out);
  return out;
}

function sendGroup(row: Group, value: unknown, around: Surroundings): unknown {
  if (row.isList === true) {
    if (!Array.isArray(value)) return undefined;
    return value.map((item) => send(row.within, isFields(item) ? item : {}, around, false));
  }
  if (!isFields(value)) return undefined;
  const group = send(row.within, value, around, row.isOpen === true);
  return Object.keys(group).length === 0 ? undefined : group;
}

/** The names that the operator added. */
function sendNamed(
  rows: readonly Row[],
  owner: Fields,
  around: Surroundings,
  out: Record<string, unknown>,
): void {
  for (const key of around.model.keys) {
    if (!Object.hasOwn(owner, key) || !isAllowed(key) || rows.some(({ field }) => field === key)) continue;
    const [value] = RULES.named.apply(owner[key], around, owner);
    if (value !== undefined) out[key] = value;
  }
}

/** Whether an operator may add a name. */
function isAllowed(key: string): boolean {
  return key !== '__proto__' && !PERSONAL_NAMES.has(key.toLowerCase());
}
