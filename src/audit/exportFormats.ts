import { COLUMNS, columnsOf, type Columns } from './columns.ts';
import { fitsFilter, textFilter } from './query.ts';
import type { AuditFilter, AuditStore, StoredEntry } from './store.ts';

export const EXPORT_FORMATS = ['json', 'jsonl', 'csv', 'syslog'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

interface Form {
  readonly head: string;
  readonly between: string;
  readonly foot: string;
  readonly line: (entry: string, columns: Columns) => string;
}

const forms: Readonly<Record<ExportFormat, Form>> = {
  json: { head: '[\n', between: ',\n', foot: '\n]\n', line: (entry) => entry },
  /** The stored bytes. */
  jsonl: { head: '', between: '', foot: '', line: (entry) => `${entry}\n` },
  /** RFC 4180. */
  csv: {
    head: `${COLUMNS.join(',')}\r\n`,
    between: '',
    foot: '',
    line: (_entry, columns) => `${COLUMNS.map((name) => cellOf(columns[name])).join(',')}\r\n`,
  },
  syslog: { head: '', between: '', foot: '', line: (entry, columns) => `${syslogHead(columns)} ${entry}\n` },
};

/** A cell that begins so is a formula to a spreadsheet. */
const formula = /^[=+\-@\t\r]/;

function cellOf(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const harmless = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** RFC 5424, section 6: facility 13 (log audit), severity 5 (notice), the action as the kind of the message. */
function syslogHead({ action, created_at }: Columns): string {
  const time = new Date(created_at * 1000).toISOString().replace('.000', '');
  const kind = /^[!-~]{1,32}$/.test(action) ? action : '-';
  return `<${String(13 * 8 + 5)}>1 ${time} - workspace-logs - ${kind} -`;
}

/** A part of an export: the records `from` to `end` that fit a filter, as many as one part takes. */
export interface ExportPartInput {
  readonly format: ExportFormat;
  readonly filter: AuditFilter;
  readonly from: number;
  /** One more than the number of the last record. */
  readonly end: number;
  /** How many records the parts before held. */
  readonly count: number;
}

export interface ExportPart {
  readonly text: string;
  /** Where the next part begins; null behind the last one. */
  readonly next: number | null;
  readonly count: number;
  /** The first and the last record of this part. */
  readonly range?: { readonly first: number; readonly last: number };
}

/** Longer texts cost the thread that gets them more, also in garbage collection, and may hold it up. */
const RECORDS = 200;

/** Reads a part in tree order and through no index, since an altered one may hide records. */
export async function exportPart(
  store: AuditStore,
  { format, filter, from, end, count }: ExportPartInput,
): Promise<ExportPart> {
  const form = forms[format];
  const entries = await store.entries(from, Math.min(RECORDS, end - from));
  const holds = textFilter(filter.text);
  const chosen = entries.flatMap((each): (StoredEntry & { readonly columns: Columns })[] => {
    const columns = each.seq < end && holds(each.entry) ? columnsOf(parse(each.entry)) : undefined;
    return columns !== undefined && fitsFilter(columns, filter) ? [{ ...each, columns }] : [];
  });
  const body = chosen.map(({ entry, columns }) => form.line(entry, columns)).join(form.between);
  const last = entries.at(-1);
  const isLast = last === undefined || last.seq + 1 >= end;
  const [first, final] = [chosen[0], chosen.at(-1)];
  return {
    text:
      (from === 0 ? form.head : '') +
      (count > 0 && chosen.length > 0 ? form.between : '') +
      body +
      (isLast ? form.foot : ''),
    next: isLast ? null : last.seq + 1,
    count: chosen.length,
    ...(first !== undefined && final !== undefined && { range: { first: first.seq, last: final.seq } }),
  };
}

function parse(entry: string): unknown {
  try {
    return JSON.parse(entry);
  } catch {
    // It was altered; a verification names it.
    return undefined;
  }
}
