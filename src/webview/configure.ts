import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import '@vscode-elements/elements/dist/vscode-label/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-textarea/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import type { FormTexts, HostMessage, PageMessage } from '../model/pageMessages.ts';
import type { FormField, PolicyForm } from '../model/policyForm.ts';
import { showPreview, showRecording } from './preview.ts';

declare function acquireVsCodeApi(): { postMessage(message: PageMessage): void };

/** The page shows what the extension says and tells what a person types; it decides nothing itself. */
const host = acquireVsCodeApi();
/** Typing is followed by a check once it pauses. */
const SETTLE_MS = 150;

type Control = HTMLElement & { value: string; checked: boolean; disabled: boolean; invalid: boolean };

const numbers = ['maxFile', 'keepPlain', 'maxAge', 'maxFolder', 'maxBody'] as const;
const lists = ['exclude', 'authPaths', 'deploymentPaths', 'extraKeys'] as const;
const fields: readonly FormField[] = [...numbers, ...lists, 'categories', 'level'];
const categories = ['writes', 'auth', 'deployments', 'errors'] as const;
const selects = ['maxAgeUnit', 'maxFolderUnit', 'level'] as const;
let seq = 0;
/** The values that the last check is about. */
let checked = '';
let timer: number | undefined;

function control(id: string): Control {
  return element(id) as Control;
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found;
}

function read(): PolicyForm {
  return {
    maxFile: control('maxFile').value,
    maxFolder: control('maxFolder').value,
    maxFolderUnit: control('maxFolderUnit').value === 'GB' ? 'GB' : 'MB',
    maxAge: control('maxAge').value,
    maxAgeUnit: control('maxAgeUnit').value === 'days' ? 'days' : 'months',
    keepPlain: control('keepPlain').value,
    logsAll: control('logsAll').checked,
    categories: categories.filter((id) => control(id).checked),
    exclude: control('exclude').value,
    authPaths: control('authPaths').value,
    deploymentPaths: control('deploymentPaths').value,
    level: control('level').value,
    maxBody: control('maxBody').value,
    extraKeys: control('extraKeys').value,
  };
}

function fill(form: PolicyForm, texts: FormTexts): void {
  const values = [...numbers, ...lists, ...selects] as const;
  for (const id of values) control(id).value = form[id];
  control('logsAll').checked = form.logsAll;
  for (const id of categories) control(id).checked = form.categories.includes(id);
  for (const [id, limits] of Object.entries(texts.limits)) element(`${id}-limits`).textContent = limits;
  element('folder').textContent = texts.folder;
  element('open').hidden = !texts.hasPolicy;
  element('notice').textContent = texts.notice;
  element('notice').hidden = texts.notice === '';
  showWhatMatters();
}

/** With all requests recorded the single categories have no say; neither have paths and lengths that nothing asks for. */
function showWhatMatters(): void {
  const all = control('logsAll').checked;
  for (const id of categories) control(id).disabled = all;
  element('authPaths-field').hidden = all || !control('auth').checked;
  element('deploymentPaths-field').hidden = all || !control('deployments').checked;
  // A length that is wrong keeps the form from being saved, so it stays in sight.
  const hasBodies = control('level').value.startsWith('REQUEST');
  element('maxBody-field').hidden = !hasBodies && element('maxBody-error').textContent === '';
}

/** Save waits until the extension has found the very values on the screen right. */
function changed(): void {
  const form = read();
  // A field tells once more when it is left; Save must not be disabled just when Tab comes to it.
  if (JSON.stringify(form) === checked) return;
  checked = JSON.stringify(form);
  seq += 1;
  showWhatMatters();
  control('save').disabled = true;
  setStale(true);
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    host.postMessage({ kind: 'changed', seq, form });
  }, SETTLE_MS);
}

function titleOf(field: FormField): string {
  const title = document.querySelector(`vscode-label[for='${field}'], #${field}-title`);
  return title?.textContent.trim() ?? field;
}

function showChecked(message: HostMessage & { kind: 'checked' }): void {
  if (message.seq !== seq) return;
  for (const field of fields) {
    const problem = message.problems[field] ?? '';
    element(`${field}-error`).textContent = problem;
    element(`${field}-warning`).textContent = message.recording?.warnings[field] ?? '';
    if (field !== 'categories') control(field).invalid = problem !== '';
  }
  const wrong = fields.filter((field) => message.problems[field] !== undefined).map(titleOf);
  element('failure').textContent = message.failure ?? '';
  control('save').disabled = wrong.length > 0 || message.failure !== undefined;
  setStale(false);
  showPreview(message.preview, wrong);
  showRecording(message.recording, wrong);
  showWhatMatters();
}

function setStale(isStale: boolean): void {
  for (const id of ['preview', 'summary', 'recording']) element(id).classList.toggle('stale', isStale);
}

window.addEventListener('message', ({ data }: MessageEvent<HostMessage>) => {
  if (data.kind === 'load') {
    fill(data.form, data.texts);
    checked = '';
    changed();
  } else if (data.kind === 'checked') showChecked(data);
  else {
    element('failure').textContent = data.text;
    control('save').disabled = false;
  }
});

element('form').addEventListener('input', changed);
element('form').addEventListener('change', changed);
// Their events don't come up to the form.
for (const id of selects) control(id).addEventListener('change', changed);
element('form').addEventListener('submit', (event) => {
  event.preventDefault();
});
element('save').addEventListener('click', () => {
  if (control('save').disabled) return;
  control('save').disabled = true;
  host.postMessage({ kind: 'save', form: read() });
});
element('cancel').addEventListener('click', () => {
  host.postMessage({ kind: 'cancel' });
});
element('open').addEventListener('click', () => {
  host.postMessage({ kind: 'open-policy' });
});
host.postMessage({ kind: 'ready' });
