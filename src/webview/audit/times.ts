/** Times in the zone and the language of the person who looks at the page. */
const language = document.documentElement.lang;
const THIS_YEAR = new Date().getFullYear();
const rowFormat = (year?: 'numeric'): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(language, {
    year,
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    // Half a day more would not fit into the column.
    hourCycle: 'h23',
  });
const formats = {
  row: rowFormat(),
  rowOfOtherYear: rowFormat('numeric'),
  whole: new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' }),
  minute: new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }),
  day: new Intl.DateTimeFormat(language, { dateStyle: 'medium' }),
};
const numbers = new Intl.NumberFormat(language);
const MS = 1000;
const DAY = 86_400;

export function formatNumber(value: number): string {
  return numbers.format(value);
}

/** @param time in seconds since 1970, as all of these */
export function rowTime(time: number): string {
  const date = new Date(time * MS);
  return (date.getFullYear() === THIS_YEAR ? formats.row : formats.rowOfOtherYear).format(date);
}

export function wholeTime(time: number): string {
  return `${formats.whole.format(time * MS)} (${new Date(time * MS).toISOString().replace('.000', '')})`;
}

export function minuteTime(time: number): string {
  return formats.minute.format(time * MS);
}

/** The time of a bar: its day, or its minute where bars are shorter than a day. */
export function barTime(time: number, step: number): string {
  return (step >= DAY ? formats.day : formats.minute).format(time * MS);
}

/** How far this zone's clock is ahead of UTC, in seconds. */
export function zoneOffset(): number {
  return -60 * new Date().getTimezoneOffset();
}

/** The short name of the zone, such as `UTC` or `GMT+1`. */
export function zoneName(): string {
  const parts = new Intl.DateTimeFormat(language, { timeZoneName: 'short' }).formatToParts();
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}
