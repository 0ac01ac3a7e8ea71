import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import '@vscode-elements/elements/dist/vscode-label/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-textarea/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import type { FieldAnswers } from '../../policy/formMerge.ts';
import type { Checked, HostMessage, PageMessage } from '../../policy/pageMessages.ts';
import type { FormField, PolicyForm } from '../../policy/policyForm.ts';
import { control, element, fill, read, selects, showRemarks, showWhatMatters } from './controls.ts';
import { showPreview, showRecording } from './table.ts';

declare function acquireVsCodeApi(): { postMessage(message: PageMessage): void };

/** The page shows the data of the extension and reports what a person types. It decides nothing itself. */
const host = acquireVsCodeApi();
/** A check follows when typing has paused for this long. */
const SETTLE_MS = 150;

let seq = 0;
/** The saved values from which the form started. Only the extension reads them. */
let base: PolicyForm | undefined;
let defaults: PolicyForm | undefined;
/** The values of the last check. */
let checked = '';
/** The questions beside the fields, with the answers that the extension has not received yet. */
let answers: FieldAnswers = {};
let timer: number | undefined;

/**
 * Starts a check of the changed values. Save stays disabled until the extension has accepted exactly the values on the
 * screen.
 */
function changed(): void {
  // A field sends another event when it loses the focus. Save must not be disabled at the moment when Tab reaches it.
  if (JSON.stringify(read()) === checked) return;
  element('failure').textContent = '';
  check(SETTLE_MS);
}

function check(delay: number): void {
  if (base === undefined) return;
  const draft = { form: read(), base };
  checked = JSON.stringify(draft.form);
  seq += 1;
  showWhatMatters();
  control('save').disabled = true;
  setStale(true);
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    host.postMessage({ kind: 'changed', seq, answers, ...draft });
  }, delay);
}

function showChecked(message: Checked): void {
  if (message.seq !== seq) return;
  answers = Object.fromEntries(Object.keys(message.questions).map((field) => [field, 'open']));
  base = message.base;
  fill(message.form);
  checked = JSON.stringify(read());
  showRemarks(message);
  element('open').hidden = !message.hasPolicy;
  const isOpen = [message.problems, message.questions].some((texts) => Object.keys(texts).length > 0);
  control('save').disabled = message.isBlocked || isOpen;
  setStale(false);
  showPreview(message.preview, message.waiting);
  showRecording(message.recording, message.waiting);
}

function setStale(isStale: boolean): void {
  for (const id of ['preview', 'summary', 'recording']) element(id).classList.toggle('stale', isStale);
}

window.addEventListener('message', ({ data }: MessageEvent<HostMessage>) => {
  switch (data.kind) {
    case 'load':
      ({ base, defaults } = data);
      fill(data.form);
      check(0);
      break;
    case 'policy-changed':
      check(0);
      break;
    case 'checked':
      showChecked(data);
      break;
    case 'failed':
      element('failure').textContent = data.text;
      control('save').disabled = false;
  }
});

const form = element('form');
form.addEventListener('input', changed);
form.addEventListener('change', changed);
// The events of these elements do not bubble up to the form.
for (const id of selects) control(id).addEventListener('change', changed);
form.addEventListener('submit', (event) => {
  event.preventDefault();
});
form.addEventListener('click', ({ target }) => {
  const id = target instanceof Element ? (target.closest('.question vscode-button')?.id ?? '') : '';
  const [field, answer] = id.split('-') as [FormField, string | undefined];
  if (answer !== 'mine' && answer !== 'theirs') return;
  answers = { ...answers, [field]: answer };
  check(0);
  // The button disappears, so the focus moves to the field. The timeout keeps the pressed key away from the field.
  window.setTimeout(() => {
    element(field === 'categories' ? 'logsAll' : field).focus();
  });
});
element('save').addEventListener('click', () => {
  if (control('save').disabled || base === undefined) return;
  control('save').disabled = true;
  element('failure').textContent = '';
  host.postMessage({ kind: 'save', form: read(), base });
});
element('reset').addEventListener('click', () => {
  if (defaults === undefined) return;
  fill(defaults);
  changed();
});
element('cancel').addEventListener('click', () => {
  host.postMessage({ kind: 'cancel' });
});
element('open').addEventListener('click', () => {
  host.postMessage({ kind: 'open-policy' });
});
host.postMessage({ kind: 'ready' });
