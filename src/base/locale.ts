/**
 * How numbers, sizes and times are written for people. The default is English. The VS Code extension sets the editor's
 * language; the command line never sets one, because scripts read its output.
 */
let current = 'en-US';

/** @param tag a language tag such as `de` or `pt-BR`; an invalid one sets English */
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

/** Both texts hold the number, because the form `one` also stands for 0 in French and for 21 in Russian. */
export interface PluralForms {
  readonly one: string;
  readonly other: string;
}

/** Returns the form that the language uses for a count: `1 file`, `12 files`. */
export function plural(count: number, forms: PluralForms): string {
  return new Intl.PluralRules(current).select(count) === 'one' ? forms.one : forms.other;
}

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** A size for people: `0 bytes`, `1.4 kB`, `20 MB`, `1.2 GB`. Each unit is 1,024 times the one before. */
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

/** A list: `a, b, c`. Some languages put a word before the last item. */
export function formatList(items: readonly string[]): string {
  return new Intl.ListFormat(current, { type: 'conjunction', style: 'narrow' }).format(items);
}

/** The formatters made so far: making one takes a hundred times as long as using it. */
const numbers = new Map<string, Intl.NumberFormat>();

function formatterOf(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  const known = numbers.get(key) ?? new Intl.NumberFormat(current, options);
  numbers.set(key, known);
  return known;
}
