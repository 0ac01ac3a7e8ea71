import { anonymiser } from './anonymise.ts';
import type { ModelOptions } from './model.ts';
import { isFields, type Fields } from './rules.ts';
import { isPersonalVariable, PERSONAL_NAMES, TABLE, type EventKind, type Row } from './table.ts';

/** One field path of a kind of event, as the leak report shows it. */
export interface FieldReport {
  readonly event: EventKind;
  /** `messages[].content`: names with dots between them, `[]` for the items of a list. */
  readonly field: string;
  /** How often it occurs. */
  readonly count: number;
  /** The name of its rule in docs/privacy.md; `unnamed` for what the table does not name, `personal` for a person's. */
  readonly rule: string;
  /** The fields that are sent for it, with commas between them; empty if nothing is. */
  readonly becomes: string;
}

/** The same for the screen alone: a value, and what is sent for it. */
export interface FieldExample extends FieldReport {
  readonly example: string;
  readonly sent: string;
}

interface Tally {
  count: number;
  readonly rule: string;
  readonly becomes: Set<string>;
  readonly example: string;
  sent: string;
}

/** What a rule made of one field. */
interface Outcome {
  readonly rule: string;
  readonly sent: readonly (readonly [name: string, value: unknown])[];
}

const LONGEST_EXAMPLE = 60;
/** More paths than this come from keys that are values; they are counted together. */
const MOST_PATHS = 5000;
const OTHERS = '…';

/** Counts every field of events, with what becomes of it. Pure: the events are handed in. */
export interface LeakTally {
  add(kind: EventKind, event: unknown): void;
  /** Sorted by kind and field. */
  report(): FieldExample[];
}

export function leakTally(options: ModelOptions): LeakTally {
  const anonymise = anonymiser(options);
  const known: Record<EventKind, Map<string, Tally>> = {
    entry: new Map(),
    audit: new Map(),
    usage: new Map(),
  };

  /** Counts the values in `value`, which one rule handles. */
  function count(kind: EventKind, path: string, value: unknown, outcome: Outcome): void {
    if (Array.isArray(value) && value.length > 0) {
      for (const item of value) count(kind, `${path}[]`, item, outcome);
      return;
    }
    const entries = isFields(value) ? Object.entries(value) : [];
    if (entries.length > 0) {
      for (const [key, inner] of entries) count(kind, `${path}.${key}`, inner, outcome);
      return;
    }
    const all = known[kind];
    const field = all.has(path) || all.size < MOST_PATHS ? path : OTHERS;
    let tally = all.get(field);
    if (tally === undefined) {
      tally = { count: 0, rule: outcome.rule, becomes: new Set(), example: exampleOf(value), sent: '' };
      all.set(field, tally);
    }
    tally.count += 1;
    for (const [name, sent] of outcome.sent) {
      tally.becomes.add(name);
      if (tally.sent === '') tally.sent = exampleOf(sent);
    }
  }

  function visit(
    kind: EventKind,
    rows: readonly Row[],
    owner: Fields,
    sent: Fields,
    prefix: string,
    isOpen: boolean,
  ): void {
    const inVariables = prefix.endsWith('variables.');
    for (const [key, value] of Object.entries(owner)) {
      const row = rows.find(
        ({ field, also }) => field === key || (also === key && !Object.hasOwn(owner, field)),
      );
      const path = prefix + key;
      if (row === undefined) {
        const isSent = isOpen && Object.hasOwn(sent, key);
        const isPersonal = PERSONAL_NAMES.has(key.toLowerCase()) || (inVariables && isPersonalVariable(key));
        const rule = isSent ? 'named' : isPersonal ? 'personal' : 'unnamed';
        count(kind, path, value, { rule, sent: isSent ? [[path, sent[key]]] : [] });
      } else if ('within' in row) visitGroup(kind, row, value, sent[row.field], path);
      else {
        const made = row.sends.filter((name) => sent[name] !== undefined);
        count(kind, path, value, { rule: row.rule, sent: made.map((name) => [prefix + name, sent[name]]) });
      }
    }
  }

  function visitGroup(
    kind: EventKind,
    row: Row & { readonly within: readonly Row[] },
    value: unknown,
    sent: unknown,
    path: string,
  ): void {
    const isOpen = 'isOpen' in row;
    if ('isList' in row && Array.isArray(value) && value.length > 0) {
      for (const [at, item] of value.entries()) {
        const made: unknown = Array.isArray(sent) ? sent[at] : undefined;
        if (isFields(item)) visit(kind, row.within, item, isFields(made) ? made : {}, `${path}[].`, isOpen);
        else count(kind, `${path}[]`, item, { rule: 'unnamed', sent: [] });
      }
    } else if (!('isList' in row) && isFields(value) && Object.keys(value).length > 0)
      visit(kind, row.within, value, isFields(sent) ? sent : {}, `${path}.`, isOpen);
    else count(kind, path, value, { rule: 'unnamed', sent: [] });
  }

  return {
    add(kind, event) {
      if (isFields(event)) visit(kind, TABLE[kind], event, anonymise(event, kind), '', false);
    },
    report() {
      return Object.entries(known).flatMap(([event, fields]) =>
        [...fields]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([field, { count: times, rule, becomes, example, sent }]) => ({
            ...{ event: event as EventKind, field, count: times, rule },
            ...{ becomes: [...becomes].sort().join(', '), example, sent },
          })),
      );
    },
  };
}

function exampleOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST_EXAMPLE ? `${text.slice(0, LONGEST_EXAMPLE - 1).toWellFormed()}…` : text;
}
