import * as l10n from '@vscode/l10n';
import type { FormLimits } from '../../setup/describePolicy.ts';
import type { FormField } from '../../policy/policyForm.ts';
import { contentPolicy, escape, type PageSources } from '../window/pageHtml.ts';
import { categoryChoices, levelChoices, limitsOf, titleOf } from './formWords.ts';

export interface PageSubject {
  /** The language of the texts, as VS Code names it. */
  readonly language: string;
  readonly folder: string;
  readonly limits: FormLimits;
}

/**
 * The HTML of the Configure Logging page, with every text that does not depend on the form's values. The values arrive
 * by message.
 */
export function configurePage(sources: PageSources, { language, folder, limits }: PageSubject): string {
  const { nonce, script, style } = sources;
  return `<!DOCTYPE html>
<html lang="${escape(language)}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${contentPolicy(sources)}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${style}">
  <title>${escape(l10n.t('Configure Logging'))}</title>
</head>
<body>
<main>
  <h1>${escape(l10n.t('Logging of {0}', folder))}</h1>
  <p id="notice" class="notice" role="status" hidden></p>
  <form id="form" novalidate>
    <div class="columns">
      ${filesSection(limits)}
      <section class="preview" id="preview" aria-labelledby="preview-title">
        <h2 id="preview-title">${escape(l10n.t('What maintenance would do now'))}</h2>
        <div id="steps" role="region" aria-labelledby="preview-title"></div>
        <ul id="notes"></ul>
      </section>
    </div>
    <div class="columns">
      ${recordingSection(limits)}
      <section class="preview" id="recording" aria-labelledby="recorded-title">
        <h2 id="recorded-title">${escape(l10n.t('What would be recorded'))}</h2>
        <p id="recorded" role="status" aria-live="polite"></p>
        <p id="counts" class="help"></p>
        <div id="requests"></div>
        <p class="help">${escape(l10n.t('Judged by the requests in {0}. What was not recorded so far is not among them.', 'api.log'))}</p>
      </section>
    </div>
  </form>
</main>
<footer>
  <p class="error" id="failure" role="alert"></p>
  <vscode-button id="save" disabled>${escape(l10n.t('Save'))}</vscode-button>
  <vscode-button id="cancel" secondary>${escape(l10n.t('Cancel'))}</vscode-button>
  <vscode-button id="reset" secondary>${escape(l10n.t('Reset to Defaults'))}</vscode-button>
  <vscode-button id="open" secondary hidden>${escape(l10n.t('Open Policy File'))}</vscode-button>
  <p id="summary" role="status" aria-live="polite">${escape(l10n.t('Looking at the files…'))}</p>
</footer>
<script type="module" nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}

function filesSection(limits: FormLimits): string {
  return `<section class="fields" aria-labelledby="files-title">
        <h2 id="files-title">${escape(l10n.t('Files'))}</h2>
        ${numberField('maxFile', l10n.t('An active log that is larger rotates.'), limits, unit(l10n.t('MB')))}
        ${numberField('keepPlain', l10n.t('The newest files of a log, the active one included. Older ones are zipped.'), limits)}
        ${numberField(
          'maxAge',
          l10n.t('Counted from a log’s newest entry. Older files are deleted.'),
          limits,
          unitSelect('maxAgeUnit', l10n.t('Unit of the age'), [
            ['days', l10n.t('days')],
            ['months', l10n.t('months')],
          ]),
        )}
        ${numberField(
          'maxFolder',
          l10n.t('While the logs together are larger, the oldest archives are deleted.'),
          limits,
          unitSelect('maxFolderUnit', l10n.t('Unit of the size'), [
            ['MB', l10n.t('MB')],
            ['GB', l10n.t('GB')],
          ]),
        )}
        <div class="field" id="hold-field">
          <div class="label" id="hold-title">${escape(titleOf('hold'))}</div>
          ${checkbox('hold', l10n.t('Delete nothing for now'))}
          <p class="help">${escape(l10n.t('No log expires or goes for the folder’s size while this is on. Logs still rotate and are zipped.'))}</p>
          ${remarks('hold')}
        </div>
      </section>`;
}

function recordingSection(limits: FormLimits): string {
  const levels = levelChoices().map(([name, label]) => option(name, label));
  return `<section class="fields" aria-labelledby="recording-title">
        <h2 id="recording-title">${escape(l10n.t('What is recorded'))}</h2>
        <div class="field" role="group" aria-labelledby="categories-title" aria-describedby="categories-error categories-warning">
          <div class="label" id="categories-title">${escape(titleOf('categories'))}</div>
          ${checkbox('logsAll', l10n.t('All'))}
          ${categoryChoices()
            .map(([name, label]) => checkbox(name, label))
            .join('\n          ')}
          ${remarks('categories')}
        </div>
        ${listField('authPaths', l10n.t('Path patterns, one a line, such as {0} or {1}.', '**/login', '/oauth2/**'))}
        ${listField('deploymentPaths', l10n.t('Path patterns, one a line, such as {0}.', '/api/deployments/**'))}
        ${listField('exclude', l10n.t('Path patterns, one a line, such as {0} or {1}.', '/health', '/internal/**'))}
        <div class="field" id="level-field">
          ${label('level')}
          <p class="help">${escape(l10n.t('How much of each request is recorded.'))}</p>
          <vscode-single-select id="level" label="${escape(titleOf('level'))}">${levels.join('')}</vscode-single-select>
          ${remarks('level')}
        </div>
        ${numberField('maxBody', l10n.t('What is longer is cut.'), limits, unit(l10n.t('bytes')))}
        ${listField('extraKeys', l10n.t('One a line, such as {0}. Passwords and tokens are masked anyway.', 'customer_number'))}
      </section>`;
}

/** Sets a tab index: without it, the element can no longer be reached by Tab after it was disabled once. */
function checkbox(id: string, text: string): string {
  return `<vscode-checkbox id="${id}" label="${escape(text)}" tabindex="0"></vscode-checkbox>`;
}

function numberField(field: FormField, help: string, limits: FormLimits, unitOfIt = ''): string {
  return `<div class="field" id="${field}-field">
          ${label(field)}
          <p class="help">${escape(help)}</p>
          <div class="row">
            <vscode-textfield id="${field}" label="${escape(titleOf(field))}"></vscode-textfield>${unitOfIt}
            <span class="limits" id="${field}-limits">${escape(limitsOf(field, limits))}</span>
          </div>
          ${remarks(field)}
        </div>`;
}

/** A field with one value per line. */
function listField(field: FormField, help: string): string {
  return `<div class="field" id="${field}-field">
          ${label(field)}
          <p class="help">${escape(help)}</p>
          <vscode-textarea id="${field}" label="${escape(titleOf(field))}" rows="3" resize="vertical" monospace></vscode-textarea>
          ${remarks(field)}
        </div>`;
}

function label(field: FormField): string {
  return `<vscode-label for="${field}">${escape(titleOf(field))}</vscode-label>`;
}

/** Places for a field's error, its warning, and the question where it was changed elsewhere. */
function remarks(field: FormField): string {
  const answers = [
    ['theirs', l10n.t('Use That')],
    ['mine', l10n.t('Keep Mine')],
  ] as const;
  const buttons = answers.map(
    ([answer, text]) =>
      `<vscode-button id="${field}-${answer}" secondary aria-describedby="${field}-question">${escape(text)}</vscode-button>`,
  );
  return `<p class="error" id="${field}-error" role="alert"></p>
          <p class="warning" id="${field}-warning" role="status"></p>
          <div class="question" id="${field}-asked" hidden>
            <p id="${field}-question" role="alert"></p>
            <div>${buttons.join('')}</div>
          </div>`;
}

function unit(text: string): string {
  return `<span class="unit">${escape(text)}</span>`;
}

function unitSelect(id: string, text: string, units: readonly [value: string, text: string][]): string {
  const options = units.map(([value, shown]) => option(value, shown)).join('');
  return `<vscode-single-select id="${id}" class="unit" label="${escape(text)}">${options}</vscode-single-select>`;
}

function option(value: string, text: string): string {
  return `<vscode-option value="${value}">${escape(text)}</vscode-option>`;
}
