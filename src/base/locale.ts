/**
 * How numbers, sizes and times are written for people. English until a door says otherwise: VS Code's says the editor's
 * language, the command line never does, since scripts read what it prints.
 */
let current = 'en-US';

/** @param tag a language tag such as `de` or `pt-BR`; one that nobody can read leaves English */
export function useLocale(tag: string): void {
  try {
    [current = 'en-US'] = Intl.getCanonicalLocales(tag);
  } catch {
    current = 'en-US';
  }
  numbers.clear();
}

export function locale(): string {
  return current;
}

export function formatNumber(value: number): string {
  return formatterOf({}).format(value);
}

/** Both hold the number already: the form `one` also stands for 0 in French, and for 21 in Russian. */
export interface PluralForms {
  readonly one: string;
  readonly other: string;
}

/** The form that the language has for a count: `1 file`, `12 files`. */
export function plural(count: number, forms: PluralForms): string {
  return new Intl.PluralRules(current).select(count) === 'one' ? forms.one : forms.other;
}

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** A size for people: `0 bytes`, `1.4 kB`, `20 MB`, `1.2 GB`; a step is 1,024. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let step = 0;
  while (value >= 1023.5 && step < byteUnits.length - 1) {
    value /= 1024;
    step += 1;
  }
  const maximumFractionDigits = step === 0 || value >= 99.95 ? 0 : 1;
  const unit = byteUnits[step] ?? 'byte';
  const unitDisplay = step === 0 ? 'long' : 'short';
  return formatterOf({ style: 'unit', unit, unitDisplay, maximumFractionDigits }).format(value);
}

/** A length of time in whole units: `1 day`, `12 days`. */
export function formatLength(count: number, unit: 'minute' | 'hour' | 'day' | 'month'): string {
  return formatterOf({ style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

/** `a, b, c`; some languages have a word before the last one. */
export function formatList(items: readonly string[]): string {
  return new Intl.ListFormat(current, { type: 'conjunction', style: 'narrow' }).format(items);
}

/** Making a formatter takes a hundred times as long as using it. */
const numbers = new Map<string, Intl.NumberFormat>();

function formatterOf(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  const known = numbers.get(key) ?? new Intl.NumberFormat(current, options);
  numbers.set(key, known);
  return known;
}
