/** `node scripts/privacyTable.ts` writes the tables of docs/privacy.md anew, from the table that decides what is sent. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleName } from '../src/privacy/rules.ts';
import { TABLE, type EventKind, type Row } from '../src/privacy/table.ts';
import { checkout } from './folders.ts';

const DOCUMENT = join(checkout, 'docs', 'privacy.md');
const [BEGIN, END] = ['<!-- made by scripts/privacyTable.ts -->', '<!-- end of what is made -->'];

const titles: Readonly<Record<EventKind, string>> = {
  entry: 'An entry of the API log',
  audit: 'A record of the audit trail, and its checkpoints',
  usage: 'A usage event',
};

const sentences: Readonly<Record<RuleName, string>> = {
  time: 'the time in UTC',
  user: 'the hash of the e-mail address, else of the name, and the id of the key; nothing for `anonymous`',
  generation: 'always `generation`',
  hash: 'the hash that `usage.log` holds',
  keyId: 'the id of its key',
  workspace: 'the workspace’s id',
  chatId: 'as it is, or hashed with `chatIds: "hashed"`; hashed in any case where it is no plain id',
  requestId: 'as `chatId`',
  recordId: 'as it is; hashed where it is no plain id',
  entity: 'a hash; for a user the user’s hash; for a route the route',
  method: 'a known method, else `other`',
  route: 'the path without query; `{id}` for each part that is no plain word or may name a person',
  status: 'the number',
  duration: 'the number',
  category: 'a known category',
  network: 'nothing, or on request the first 24 bits of an IPv4 address, 48 of IPv6',
  agent: 'family and major version, else `other`',
  action: 'a word of letters, digits and `_`, else `other`',
  door: 'a known door',
  changes: 'the names of known fields, else `other`; never a value',
  checkpoint: 'a signed note of the trail, which holds no content',
  count: 'the number',
  model: 'the name; `other` where it is not on the list, or looks like an address or a text',
  tool: 'the name of a function; `other` as for a model',
  toolName: 'with the role `tool` the name of a function; any other name is a person’s and is not sent',
  tags: 'tags that programs set; with `titlesAndTags` all, masked, `other` where they are not on the list',
  title: 'nothing; with `titlesAndTags` the masked text',
  role: 'a known role, else `other`',
  content:
    'the size of each text; images and other parts become a fixed text; the masked text with `redactContent: false`',
  summary: 'the size of the text; the masked text with `redactContent: false`',
  toolType: '`function`, else `other`',
  interface: 'a known interface, else `other`',
  date: 'a day',
  named: 'the masked text, the number or the truth; nothing for lists and objects',
};

/** The tables as Markdown, one for each kind of event. */
export function privacyTables(): string {
  return (Object.keys(TABLE) as EventKind[])
    .map((kind) => {
      const heading = ['field', 'sent as', 'rule', 'what is sent'];
      const lines = [heading, heading.map(() => '---'), ...cellsOf(TABLE[kind], '', '')];
      return `### ${titles[kind]}\n\n${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
    })
    .join('\n');
}

function cellsOf(rows: readonly Row[], before: string, sentBefore: string): string[][] {
  return rows.flatMap((row): string[][] => {
    const names = [row.field, ...(row.also === undefined ? [] : [row.also])];
    const field = names.map((name) => `\`${before}${name}\``).join(', ');
    if (!('within' in row)) {
      const sent = row.sends.map((name) => `\`${sentBefore}${name}\``).join(', ');
      return [[field, sent, `\`${row.rule}\``, sentences[row.rule]]];
    }
    const list = row.isList === true ? '[]' : '';
    const inner = cellsOf(row.within, `${before}${row.field}${list}.`, `${sentBefore}${row.field}${list}.`);
    const added = `\`${before}${row.field}.…\``;
    return row.isOpen === true
      ? [...inner, [added, added, '`named`', `names that an operator adds: ${sentences.named}`]]
      : inner;
  });
}

/** The document with the tables in their place. */
export function withTables(document: string): string {
  const [start, rest = ''] = document.split(BEGIN);
  const [, end = ''] = rest.split(END);
  return `${start ?? ''}${BEGIN}\n\n${privacyTables()}\n${END}${end}`;
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(DOCUMENT, withTables(readFileSync(DOCUMENT, 'utf8')));
