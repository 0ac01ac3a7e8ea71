import type { ShownFilter, TimeRange } from '../../audit/page/pageData.ts';

/** What a person chose on the page. */
export interface Choice {
  readonly user?: string | undefined;
  readonly action?: string | undefined;
  readonly kind?: string | undefined;
  /** One thing of the chosen kind. */
  readonly thing?: string | undefined;
  readonly text?: string | undefined;
  /** The range of the chart: the last so many seconds, or fixed; undefined for all times. */
  readonly range?: number | TimeRange | undefined;
  /** The part of the chart that is marked. */
  readonly brush?: TimeRange | undefined;
}

/** The parts of a choice that can be taken back one by one. */
export const CHIPS = ['text', 'action', 'user', 'kind', 'thing', 'brush'] as const;
export type Chip = (typeof CHIPS)[number];

/** @param now in seconds since 1970 */
export function rangeOf({ range }: Choice, now: number): TimeRange {
  if (typeof range === 'number') return { from: now - range };
  return range ?? {};
}

/** The filter that a choice stands for. */
export function filterOf(choice: Choice, now: number): ShownFilter {
  const { user, action, kind, thing, text, brush } = choice;
  const range = rangeOf(choice, now);
  const all = {
    user,
    action,
    entityType: kind,
    entityId: thing,
    text: text === '' ? undefined : text,
    from: brush?.from ?? range.from,
    to: brush?.to ?? range.to,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Takes one part of a choice back. A thing is always one of its kind. */
export function withoutChip(choice: Choice, chip: Chip): Choice {
  return { ...choice, [chip]: undefined, ...(chip === 'kind' && { thing: undefined }) };
}

export function isFiltered(choice: Choice): boolean {
  return choice.range !== undefined || CHIPS.some((chip) => (choice[chip] ?? '') !== '');
}
