import * as l10n from '@vscode/l10n';
import { contentPolicy, escape, type PageSources } from '../window/pageHtml.ts';

export interface AuditPageSources extends PageSources {
  /** The style sheets of all tables, and of the icons. */
  readonly shared: string;
  readonly icons: string;
}

export interface AuditPageSubject {
  /** The language of the texts, as VS Code names it. */
  readonly language: string;
  readonly folder: string;
}

/** The HTML of the page *Audit Trail*, with every text that does not depend on the trail. All else arrives by message. */
export function auditPage(sources: AuditPageSources, { language, folder }: AuditPageSubject): string {
  const { nonce, script, style, shared, icons } = sources;
  const title = l10n.t('Audit Trail of {0}', folder);
  return `<!DOCTYPE html>
<html lang="${escape(language)}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${contentPolicy(sources)}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${icons}">
  <link rel="stylesheet" href="${shared}">
  <link rel="stylesheet" href="${style}">
  <title>${escape(title)}</title>
</head>
<body>
<h1 class="spoken">${escape(title)}</h1>
<header>
  <div class="state">
    <p id="badge" class="badge none" role="status"></p>
    ${button('verify', 'shield', l10n.t('Verify'), 'secondary', `title="${escape(l10n.t('Verify every record (V)'))}"`)}
    ${button('export', 'export', l10n.t('Export…'), 'secondary')}
  </div>
  <div class="bar">
    <div class="search">
      ${icon('search')}
      <input id="search" type="search" spellcheck="false" autocomplete="off" placeholder="${escape(l10n.t('Search for a text in the records'))}" aria-label="${escape(l10n.t('Search for a text in the records'))}">
    </div>
    <select id="range" class="select" aria-label="${escape(l10n.t('Time range'))}">${ranges()}</select>
  </div>
  <div class="found">
    <button id="filters" type="button" class="button secondary" aria-expanded="false" aria-controls="facets">${icon('filter')}${escape(l10n.t('Filters'))}</button>
    <p id="total" role="status"></p>
    <div id="chips"></div>
    <button id="zoom" type="button" class="link" hidden>${escape(l10n.t('Zoom In'))}</button>
    <button id="clear" type="button" class="link" hidden>${escape(l10n.t('Clear Filters'))}</button>
    <button id="news" type="button" class="link" hidden></button>
    <p id="said" role="status"></p>
  </div>
  <p id="failure" class="error" role="alert"></p>
  <div class="notice-row"><p id="notice" class="notice" role="status" hidden></p>${button('configure', 'gear', l10n.t('Configure Logging'), 'secondary', 'hidden')}</div>
  <div id="chart" role="slider" tabindex="0" aria-label="${escape(l10n.t('Records over time. Arrow keys move, with Shift they mark a range, Escape takes it back.'))}" aria-valuemin="0" aria-valuemax="0" aria-valuenow="0"></div>
  <div id="axis" aria-hidden="true"></div>
  <div class="spoken">
    <table id="bars">
      <caption>${escape(l10n.t('Records over time'))}</caption>
      <thead><tr>${heads([l10n.t('Time'), l10n.t('Records'), l10n.t('Deletions'), l10n.t('Failures')])}</tr></thead>
      <tbody></tbody>
    </table>
  </div>
</header>
<main>
  <nav id="facets" aria-label="${escape(l10n.t('Filters'))}"></nav>
  <div class="table">
    <div id="grid" role="grid" tabindex="0" aria-rowcount="-1" aria-colcount="6" aria-readonly="true" aria-label="${escape(l10n.t('Records, the newest first'))}">
      <div role="rowgroup" class="head">
        <div role="row" class="row" aria-rowindex="1">${columns()}</div>
      </div>
    </div>
    <div id="empty" class="message" hidden>
      ${icon('shield')}
      <h2>${escape(l10n.t('No records yet'))}</h2>
      <p>${escape(l10n.t('Here you will see who configured logging, and who downloaded, deleted, opened, decrypted or exported what, with the old and the new values.'))}</p>
      <p>${escape(l10n.t('Your backend adds its own administrative actions with {0} of the library or with {1}.', 'openAudit', 'workspace-logs audit append'))}</p>
    </div>
    <div id="nothing" class="message" hidden>
      ${icon('search')}
      <h2>${escape(l10n.t('No record fits'))}</h2>
      <p>${escape(l10n.t('Other filters may show more.'))}</p>
      ${button('all', 'clear-all', l10n.t('Show All Records'), 'secondary')}
    </div>
  </div>
  <aside id="detail" tabindex="-1" hidden>
    <div class="detail-head">
      <h2 id="detail-title"></h2>
      <button id="close" type="button" class="icon-button" title="${escape(l10n.t('Close'))}" aria-label="${escape(l10n.t('Close'))}">${icon('close')}</button>
    </div>
    <div id="detail-content"></div>
  </aside>
</main>
<footer>
  ${hints()}
  <p class="readonly">${icon('lock')}${escape(l10n.t('Records cannot be changed here.'))}</p>
</footer>
<script type="module" nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}

function icon(name: string): string {
  return `<span class="codicon codicon-${name}" aria-hidden="true"></span>`;
}

function button(id: string, symbol: string, text: string, look: string, more = ''): string {
  return `<button id="${id}" type="button" class="button ${look}" ${more}>${icon(symbol)}${escape(text)}</button>`;
}

const HOUR = 3600;
const DAY = 24 * HOUR;

function ranges(): string {
  const choices = [
    ['all', l10n.t('All times')],
    [HOUR, l10n.t('Last hour')],
    [DAY, l10n.t('Last 24 hours')],
    [7 * DAY, l10n.t('Last 7 days')],
    [30 * DAY, l10n.t('Last 30 days')],
    [90 * DAY, l10n.t('Last 90 days')],
    [365 * DAY, l10n.t('Last 365 days')],
  ] as const;
  const options = choices.map(([value, text]) => `<option value="${String(value)}">${escape(text)}</option>`);
  return `${options.join('')}<option value="custom" hidden>${escape(l10n.t('Marked range'))}</option>`;
}

function heads(titles: readonly string[]): string {
  return titles.map((title) => `<th scope="col">${escape(title)}</th>`).join('');
}

function columns(): string {
  const titles = [
    ['time', l10n.t('Time')],
    ['user', l10n.t('Who')],
    ['action', l10n.t('Action')],
    ['kind', l10n.t('Kind')],
    ['what', l10n.t('What')],
    ['details', l10n.t('Details')],
  ] as const;
  return titles
    .map(
      ([name, title], index) =>
        `<div role="columnheader"${name === 'time' ? ' id="time"' : ''} class="cell ${name}" aria-colindex="${String(index + 1)}">${escape(title)}</div>`,
    )
    .join('');
}

function hints(): string {
  const keys = [
    [['/'], l10n.t('search')],
    [['j', 'k'], l10n.t('next, previous')],
    [['Enter'], l10n.t('details')],
    [['u'], l10n.t('all of this person')],
    [['t'], l10n.t('all about this thing')],
  ] as const;
  const items = keys.map(
    ([names, text]) => `<li>${names.map((name) => `<kbd>${name}</kbd>`).join('')} ${escape(text)}</li>`,
  );
  return `<ul class="hints" aria-label="${escape(l10n.t('Keys'))}">${items.join('')}</ul>`;
}
