import type { HostMessage, PageMessage, PageWords, TrailStatus } from '../../audit/page/auditMessages.ts';
import type {
  GroupName,
  RowPlace,
  RowsPart,
  StoredRecord,
  Summaries,
  TrailRow,
} from '../../audit/page/pageData.ts';
import { barChart } from '../shared/barChart.ts';
import { create, element, fill, icon, say } from '../shared/elements.ts';
import { facets } from '../shared/facets.ts';
import { rowGrid } from '../shared/rowGrid.ts';
import { RowParts } from '../shared/rowParts.ts';
import { showBadge } from './badge.ts';
import { CHIPS, filterOf, isFiltered, rangeOf, withoutChip, type Chip, type Choice } from './filters.ts';
import { showRecord } from './recordDetail.ts';
import { barTime, formatNumber, minuteTime, rowTime, zoneName, zoneOffset } from './times.ts';

declare function acquireVsCodeApi(): { postMessage(message: PageMessage): void };

/** The page asks the extension for rows, counts and single records. It keeps nothing but what it shows. */
const host = acquireVsCodeApi();
/** A search follows when typing has paused for this long. */
const SETTLE_MS = 250;
/** Counts of a trail that grows are renewed at most this often, and rest four times as long as they take. */
const COUNTS_MS = 1000;
const COUNTS_REST = 4;
/** Rows that are read ahead of those in sight. */
const AHEAD = 60;

let words: PageWords;
let status: TrailStatus;
let choice: Choice = {};

/** The rows on the screen, with the filter by which they were read. */
let list = { filter: filterOf(choice, now()), parts: new RowParts<TrailRow, RowPlace>() };
/** The list that takes its place once its first part is read. */
let coming: (typeof list & { readonly isRefresh: boolean }) | undefined;
let rowsRequest = 0;
/** The place of the part that is being read. */
let reading: { readonly after: RowPlace | undefined } | undefined;
/** Whether the sentence of a failure is shown, which goes with the next rows. */
let hasFailed = false;
let inSight: readonly [from: number, to: number] = [0, 0];

let countsRequest = 0;
let countsBegan: number | undefined;
let countsTimer: number | undefined;
let summaries: Summaries | undefined;

let recordRequest = 0;
/** Goes to this record when the answer comes, or the list with it. */
let jumpingTo: number | undefined;
let opened: StoredRecord | undefined;
/** How many records there were when the list was read. */
let recordsShown = 0;

function now(): number {
  return Math.floor(Date.now() / 1000);
}

// The table

const grid = rowGrid<TrailRow>({
  host: element('grid'),
  cellsOf: ({ time, user, action, kind, what, details }) => [
    ['time', rowTime(time)],
    ['user', user],
    ['action', actionText(action)],
    ['kind', kind],
    ['what', what],
    ['details', details],
  ],
  classOf: ({ mark }) => mark ?? '',
  rowAt: (index) => list.parts.at(index),
  waiting: '…',
  inSight(from, to) {
    inSight = [from, to];
    readOn();
  },
  moved(index, opens) {
    const row = list.parts.at(index);
    say(element('said'), '');
    if (row !== undefined && (opens || !element('detail').hidden)) openRecord(row.seq);
  },
});

function readOn(): void {
  if (reading !== undefined) return;
  const wanted =
    coming === undefined ? list.parts.wanted(inSight[0], inSight[1] + AHEAD) : { after: undefined };
  if (wanted === undefined) return;
  reading = wanted;
  rowsRequest += 1;
  const { filter } = coming ?? list;
  host.postMessage({ kind: 'rows', request: rowsRequest, filter, after: wanted.after });
}

function takeRows(part: RowsPart): void {
  const after = reading?.after;
  reading = undefined;
  if (hasFailed) say(element('failure'), '');
  hasFailed = false;
  if (coming === undefined) list.parts.add(after, part, inSight);
  else {
    const { isRefresh, ...fresh } = coming;
    const active = activeRow()?.seq;
    coming = undefined;
    fresh.parts.add(undefined, part, [0, AHEAD]);
    list = fresh;
    recordsShown = status.records;
    if (!isRefresh) grid.scrollToTop();
    showRows();
    const found = list.parts.findIndex(({ seq }) => seq === (jumpingTo ?? active));
    // Where the keys go to the table, one row shows it.
    const first = document.activeElement === element('grid') ? 0 : undefined;
    grid.goTo(found ?? first, jumpingTo !== undefined);
    jumpingTo = undefined;
  }
  showRows();
  readOn();
}

function showRows(): void {
  const { parts } = list;
  const isEmpty = parts.length === 0 && parts.isComplete;
  grid.show(parts.length + (parts.isComplete ? 0 : 1), parts.isComplete ? parts.length : summaries?.total);
  element('empty').hidden = !isEmpty || isFiltered(choice);
  element('nothing').hidden = !isEmpty || !isFiltered(choice);
  const isBehind = status.records > recordsShown && !grid.isAtTop();
  element('news').hidden = !isBehind;
  say(element('news'), fill(words.news, formatNumber(status.records - recordsShown)));
}

function activeRow(): TrailRow | undefined {
  const at = grid.at();
  return at === undefined ? undefined : list.parts.at(at);
}

function actionText(action: string): string {
  return words.actions[action] ?? action.replaceAll('_', ' ');
}

/** Reads the list again from its beginning. */
function renew(isRefresh: boolean): void {
  coming = { filter: filterOf(choice, now()), parts: new RowParts(), isRefresh };
  // What is being read belongs to the list before.
  reading = undefined;
  readOn();
}

// Filters

function change(next: Choice): void {
  choice = next;
  say(element('failure'), '');
  say(element('said'), '');
  element('news').hidden = true;
  renew(false);
  askCounts();
  showChips();
  showFacets();
}

function showChips(): void {
  const chips = CHIPS.flatMap((chip) => {
    const text = chipText(chip);
    if (text === '') return [];
    const remove = create(
      'button',
      {
        type: 'button',
        class: 'chip',
        title: fill(words.removeChip, text),
        'aria-label': fill(words.removeChip, text),
      },
      create('span', {}, text),
      icon('close'),
    );
    remove.addEventListener('click', () => {
      if (chip === 'text') search().value = '';
      change(withoutChip(choice, chip));
      element('grid').focus();
    });
    return [remove];
  });
  element('zoom').hidden = choice.brush?.from === undefined;
  element('chips').replaceChildren(...chips);
  element('clear').hidden = chips.length === 0;
}

function chipText(chip: Chip): string {
  const value = choice[chip];
  if (value === undefined || value === '') return '';
  if (typeof value === 'string')
    return fill(words.chips[chip], chip === 'action' ? actionText(value) : value);
  const { from, to = 0 } = value;
  const time =
    from === undefined
      ? fill(words.until, minuteTime(to))
      : fill(words.between, minuteTime(from), minuteTime(to + 1));
  return fill(words.chips[chip], time);
}

function search(): HTMLInputElement {
  return element('search') as HTMLInputElement;
}

function rangeSelect(): HTMLSelectElement {
  return element('range') as HTMLSelectElement;
}

// Counts

const chart = barChart({
  host: element('chart'),
  table: element('bars') as HTMLTableElement,
  cellsOf: (bar) => barTexts(bar),
  describe: (bar) => fill(words.bar, ...barTexts(bar)),
  brushed(brush) {
    const axis = summaries?.chart;
    if (axis === undefined) return;
    const { start, step } = axis;
    const marked = brush && { from: start + brush.from * step, to: start + (brush.to + 1) * step - 1 };
    change({ ...choice, brush: marked });
  },
});

function barTexts(bar: number): string[] {
  const axis = summaries?.chart;
  if (axis === undefined) return ['', '', '', ''];
  const from = axis.start + bar * axis.step;
  const time = fill(words.between, barTime(from, axis.step), barTime(from + axis.step, axis.step));
  const { totals, deletions, failures } = axis;
  return [time, ...[totals, deletions, failures].map((counts) => formatNumber(counts[bar] ?? 0))];
}

function askCounts(): void {
  window.clearTimeout(countsTimer);
  countsTimer = undefined;
  areCountsOld = false;
  countsRequest += 1;
  countsBegan = performance.now();
  document.body.classList.add('counting');
  const at = now();
  host.postMessage({
    kind: 'summaries',
    request: countsRequest,
    filter: filterOf(choice, at),
    range: rangeOf(choice, at),
    bars: chart.room(),
    offset: zoneOffset(),
  });
}

let countsRest = COUNTS_MS;
/** Records came while they were counted. */
let areCountsOld = false;

/** Counts again, but not while it counts, and not too often. */
function askCountsLater(): void {
  if (countsBegan === undefined) countsTimer ??= window.setTimeout(askCounts, countsRest);
  else areCountsOld = true;
}

function takeCounts(taken: Summaries, total: string): void {
  countsRest = Math.max(COUNTS_MS, COUNTS_REST * (performance.now() - (countsBegan ?? 0)));
  countsBegan = undefined;
  document.body.classList.remove('counting');
  summaries = taken;
  say(element('total'), total);
  showFacets();
  showChart();
  showRows();
  if (areCountsOld) askCountsLater();
}

function showChart(): void {
  const axis = summaries?.chart;
  // It keeps its width, by which the number of bars is chosen.
  document.body.classList.toggle('without-chart', axis === undefined);
  if (axis === undefined) return;
  const { start, step, bars, totals, deletions, failures } = axis;
  const { brush } = choice;
  const barOf = (time: number): number => Math.min(Math.max(Math.floor((time - start) / step), 0), bars - 1);
  const shown = brush && {
    from: barOf(brush.from ?? start),
    to: barOf(brush.to ?? start + bars * step),
  };
  chart.show({ totals, layers: [failures, deletions] }, shown);
  const count = Math.max(2, Math.min(6, Math.floor(element('chart').clientWidth / 180)));
  const labels = Array.from({ length: count }, (_, index) =>
    barTime(start + Math.round((index / (count - 1)) * bars * step), step),
  );
  labels[count - 1] = `${labels[count - 1] ?? ''} ${zoneName()}`;
  element('axis').replaceChildren(...labels.map((label) => create('span', {}, label)));
}

const showGroups = (): ReturnType<typeof facets> =>
  facets({
    host: element('facets'),
    words,
    format: formatNumber,
    chosen(group, value) {
      const next = { ...choice, [group]: value };
      change(group === 'kind' ? { ...next, thing: undefined } : next);
    },
  });
let groupsShown: ReturnType<typeof facets> | undefined;

function showFacets(): void {
  if (summaries === undefined) return;
  groupsShown ??= showGroups();
  const { groups } = summaries;
  const names: readonly GroupName[] = ['action', 'user', 'kind'];
  groupsShown(
    names.map((name) => ({
      name,
      title: words.groups[name],
      values: groups[name].values.map(({ value, count }) => ({
        value,
        label: name === 'action' ? actionText(value) : value,
        count: formatNumber(count),
      })),
      others: groups[name].others === 0 ? '' : formatNumber(groups[name].others),
      chosen: choice[name],
    })),
  );
}

// One record

function openRecord(seq: number): void {
  recordRequest += 1;
  host.postMessage({ kind: 'record', request: recordRequest, seq });
}

function takeRecord(record: StoredRecord | undefined): void {
  const seq = jumpingTo;
  if (seq !== undefined) {
    jumpingTo = record?.seq;
    if (record !== undefined) {
      search().value = '';
      rangeSelect().value = 'all';
      change({ brush: { to: record.time } });
    }
    if (record?.seq !== seq) say(element('failure'), fill(words.missing, formatNumber(seq)));
  }
  if (record === undefined) return;
  opened = record;
  element('detail').hidden = false;
  showRecord(record, words, status.isTrusted && !status.isUnmanaged, {
    copy(what, copied) {
      host.postMessage({ kind: 'copy', what, seq: copied });
    },
    person: allOfPerson,
    thing: allAboutThing,
  });
}

function allOfPerson({ user }: Pick<StoredRecord, 'user'>): void {
  if (user !== '') change({ range: choice.range, user });
}

function allAboutThing({ kind, what }: Pick<StoredRecord, 'kind' | 'what'>): void {
  if (kind !== '') change({ range: choice.range, kind, thing: what });
}

function closeRecord(): void {
  opened = undefined;
  element('detail').hidden = true;
  element('grid').focus();
}

function jump(seq: number): void {
  jumpingTo = seq;
  openRecord(seq);
}

// The extension

function takeStatus(taken: TrailStatus): void {
  const before = status as TrailStatus | undefined;
  status = taken;
  showBadge(taken.badge, words.showRecord, jump);
  say(element('notice'), taken.notice);
  element('notice').hidden = taken.notice === '';
  element('configure').hidden = !taken.isUnmanaged;
  (element('export') as HTMLButtonElement).disabled = !taken.isTrusted || taken.records === 0;
  (element('verify') as HTMLButtonElement).disabled = taken.badge.tone === 'busy';
  if (before === undefined) return;
  const isGrown = taken.records !== before.records;
  if (isGrown) askCountsLater();
  if (isGrown && grid.isAtTop()) renew(true);
  // A checkpoint may cover the record in the pane now.
  if (opened !== undefined && taken.sealed !== before.sealed) openRecord(opened.seq);
  showRows();
}

window.addEventListener('message', ({ data }: MessageEvent<HostMessage>) => {
  switch (data.kind) {
    case 'load':
      ({ words } = data);
      say(element('time'), fill(words.time, zoneName()));
      takeStatus(data.status);
      change(choice);
      break;
    case 'status':
      takeStatus(data.status);
      break;
    case 'rows':
      if (data.request === rowsRequest && reading !== undefined) takeRows(JSON.parse(data.part) as RowsPart);
      break;
    case 'summaries':
      if (data.request === countsRequest) takeCounts(JSON.parse(data.summaries) as Summaries, data.total);
      break;
    case 'record':
      if (data.request === recordRequest) takeRecord(data.record);
      break;
    case 'show':
      jump(data.seq);
      break;
    case 'said':
      say(element('said'), data.text);
      break;
    case 'failed':
      say(element('failure'), data.text);
      hasFailed = true;
      if (data.request === countsRequest) countsBegan = undefined;
      reading = undefined;
  }
});

let typing: number | undefined;
search().addEventListener('input', () => {
  window.clearTimeout(typing);
  typing = window.setTimeout(() => {
    change({ ...choice, text: search().value });
  }, SETTLE_MS);
});
search().addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && search().value !== '') {
    search().value = '';
    change({ ...choice, text: '' });
  } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
    event.preventDefault();
    element('grid').focus();
  }
});
rangeSelect().addEventListener('change', () => {
  const { value } = rangeSelect();
  if (value === 'custom') return;
  change({ ...choice, range: value === 'all' ? undefined : Number(value), brush: undefined });
});

const presses: Readonly<Record<string, () => void>> = {
  clear() {
    search().value = '';
    change({ range: choice.range });
    element('grid').focus();
  },
  all() {
    search().value = '';
    rangeSelect().value = 'all';
    change({});
    element('grid').focus();
  },
  zoom() {
    rangeSelect().value = 'custom';
    change({ ...choice, range: choice.brush, brush: undefined });
    element('chart').focus();
  },
  news() {
    grid.scrollToTop();
    renew(true);
  },
  verify() {
    host.postMessage({ kind: 'verify' });
  },
  export() {
    host.postMessage({ kind: 'export', filter: filterOf(choice, now()) });
  },
  configure() {
    host.postMessage({ kind: 'configure' });
  },
  close: closeRecord,
};
for (const [id, press] of Object.entries(presses)) element(id).addEventListener('click', press);

element('filters').addEventListener('click', () => {
  const isShown = document.body.classList.toggle('with-facets');
  element('filters').setAttribute('aria-expanded', String(isShown));
});

/** Keys that are pressed anywhere but in a field. */
const keys: Readonly<Record<string, () => void>> = {
  '/': () => {
    search().focus();
    search().select();
  },
  u: () => {
    const row = activeRow();
    if (row !== undefined) allOfPerson(row);
  },
  t: () => {
    const row = activeRow();
    if (row !== undefined) allAboutThing(row);
  },
  v: () => {
    element('verify').click();
  },
  Escape: () => {
    if (!element('detail').hidden) closeRecord();
  },
};
document.addEventListener('keydown', (event) => {
  const isField = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  const press = keys[event.key];
  if (press === undefined || isField || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  press();
});
new ResizeObserver(() => {
  showChart();
}).observe(element('chart'));
host.postMessage({ kind: 'ready' });
