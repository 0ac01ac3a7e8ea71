import type { StoredRecord } from '../../audit/page/pageData.ts';
import type { PageWords } from '../../audit/page/auditMessages.ts';
import { changeElement, detailSection, factList, textOf, type Fact } from '../shared/detail.ts';
import { create, element, fill, icon } from '../shared/elements.ts';
import { formatNumber, wholeTime } from './times.ts';

export interface DetailActions {
  readonly copy: (what: 'record' | 'proof', seq: number) => void;
  readonly person: (record: StoredRecord) => void;
  readonly thing: (record: StoredRecord) => void;
}

/** Fields that are shown by name; what else a record holds comes below them. */
const shown = new Set([
  ...['id', 'user_id', 'action', 'entity_type', 'entity_id', 'description', 'changes', 'created_at'],
  ...['source_ip', 'user_agent', 'request_uri', 'verb', 'request_object', 'response_object'],
  ...['response_status_code', 'timestamp'],
]);

/** Shows a record in the pane beside the table. */
export function showRecord(
  record: StoredRecord,
  words: PageWords,
  isTrusted: boolean,
  actions: DetailActions,
): void {
  const { facts } = words;
  const fields = fieldsOf(record.entry);
  const title = fill(words.record, formatNumber(record.seq));
  element('detail').setAttribute('aria-label', title);
  element('detail-title').textContent = title;
  const content =
    fields === undefined
      ? [create('p', { class: 'error' }, words.unreadable), create('pre', {}, record.entry.slice(0, 4000))]
      : recordContent(record, fields, words);
  const isSealed = record.seq < record.sealed;
  const evidence = factList(
    [
      [facts.number, String(record.seq)],
      [facts.id, textIn(fields, 'id')],
      [facts.leaf, record.leaf],
      [facts.checkpoint, isSealed ? fill(words.covered, formatNumber(record.sealed)) : words.uncovered],
    ],
    words,
  );
  const proof = button(words.copyProof, 'verified', () => {
    actions.copy('proof', record.seq);
  });
  proof.disabled = !isTrusted;
  if (!isTrusted) proof.title = words.needsTrust;
  const copies = [
    button(words.copyRecord, 'copy', () => {
      actions.copy('record', record.seq);
    }),
    proof,
  ];
  const ways = [
    ...(record.user === ''
      ? []
      : [
          button(words.allOfPerson, 'person', () => {
            actions.person(record);
          }),
        ]),
    ...(record.kind === ''
      ? []
      : [
          button(words.allAboutThing, 'filter', () => {
            actions.thing(record);
          }),
        ]),
  ];
  element('detail-content').replaceChildren(
    ...content,
    create('div', { class: 'buttons' }, ...ways),
    detailSection(words.evidence, 'verified', evidence, create('div', { class: 'buttons' }, ...copies)),
  );
  element('detail').scrollTop = 0;
}

type Fields = Readonly<Record<string, unknown>>;

function recordContent(record: StoredRecord, fields: Fields, words: PageWords): HTMLElement[] {
  const { facts } = words;
  const metadata = (fields.audit_metadata ?? fields.metadata) as Fields | null | undefined;
  const door = textIn(metadata, 'door');
  const main: Fact[] = [
    [facts.who, record.user],
    [facts.action, words.actions[record.action] ?? record.action],
    [facts.what, `${record.kind} ${record.what}`.trim()],
    [facts.when, wholeTime(record.time)],
    [facts.door, words.doors[door] ?? door],
    [facts.description, textIn(fields, 'description')],
    [facts.request, `${textIn(fields, 'verb')} ${textIn(fields, 'request_uri')}`.trim()],
    [facts.status, textIn(fields, 'response_status_code')],
    [facts.address, textIn(fields, 'source_ip')],
    [facts.agent, textIn(fields, 'user_agent')],
  ];
  const parts = [factList(main, words)];
  const changes = Object.entries((fields.changes ?? {}) as Readonly<Record<string, Fields | null>>);
  if (changes.length > 0)
    parts.push(
      detailSection(
        words.changes,
        'diff',
        ...changes.map(([field, change]) => changeElement(field, change?.old, change?.new, words)),
      ),
    );
  for (const [name, title] of [
    ['request_object', words.requestBody],
    ['response_object', words.responseBody],
  ] as const) {
    const text = textIn(fields, name);
    if (text !== '') parts.push(detailSection(title, 'json', factList([[name, text]], words)));
  }
  const rest = Object.keys(fields).filter(
    (name) => !shown.has(name) && !(name === 'audit_metadata' && isDoorAlone(metadata)),
  );
  if (rest.length > 0)
    parts.push(
      detailSection(
        words.rest,
        'list-unordered',
        factList(
          rest.map((name) => [name, textIn(fields, name)]),
          words,
        ),
      ),
    );
  return parts;
}

function isDoorAlone(metadata: Fields | null | undefined): boolean {
  return metadata == null || Object.keys(metadata).every((name) => name === 'door');
}

function fieldsOf(entry: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(entry);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function textIn(fields: Fields | null | undefined, name: string): string {
  const value = fields?.[name];
  return value === undefined || value === null ? '' : textOf(value);
}

function button(text: string, symbol: string, press: () => void): HTMLButtonElement {
  const made = create('button', { type: 'button', class: 'button secondary' }, icon(symbol), text);
  made.addEventListener('click', press);
  return made;
}
