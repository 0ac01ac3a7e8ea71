import type { FormField, PolicyForm } from '../../policy/policyForm.ts';
import type { Checked } from '../../policy/pageMessages.ts';

type Control = HTMLElement & { value: string; checked: boolean; disabled: boolean; invalid: boolean };

const texts = [
  'maxFile',
  'keepPlain',
  'maxAge',
  'maxFolder',
  'maxBody',
  'exclude',
  'authPaths',
  'deploymentPaths',
  'extraKeys',
] as const;
export const selects = ['maxAgeUnit', 'maxFolderUnit', 'level'] as const;
const switches = ['hold', 'logsAll'] as const;
const categories = ['writes', 'auth', 'deployments', 'errors'] as const;
const fields: readonly FormField[] = [...texts, 'hold', 'categories', 'level'];

export function control(id: string): Control {
  return element(id) as Control;
}

export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found;
}

/** Reads the values of all controls. */
export function read(): PolicyForm {
  return {
    maxFile: control('maxFile').value,
    maxFolder: control('maxFolder').value,
    maxFolderUnit: control('maxFolderUnit').value === 'GB' ? 'GB' : 'MB',
    maxAge: control('maxAge').value,
    maxAgeUnit: control('maxAgeUnit').value === 'days' ? 'days' : 'months',
    keepPlain: control('keepPlain').value,
    hold: control('hold').checked,
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

/** Sets only the values that differ, so that the caret stays where it is in an unchanged text. */
export function fill(form: PolicyForm): void {
  for (const id of [...texts, ...selects]) if (control(id).value !== form[id]) control(id).value = form[id];
  for (const id of switches) control(id).checked = form[id];
  for (const id of categories) control(id).checked = form.categories.includes(id);
}

/** Shows the notice about the policy, and the errors, warnings and questions beside its fields. */
export function showRemarks({ notice, isBlocked, problems, warnings, questions }: Checked): void {
  say('notice', notice);
  element('notice').hidden = notice === '';
  element('notice').classList.toggle('trouble', isBlocked);
  for (const field of fields) {
    say(`${field}-error`, problems[field] ?? '');
    say(`${field}-warning`, warnings[field] ?? '');
    say(`${field}-question`, questions[field] ?? '');
    element(`${field}-asked`).hidden = questions[field] === undefined;
    if (field !== 'categories') control(field).invalid = problems[field] !== undefined;
  }
  showWhatMatters();
}

/** Sets a text only if it differs, because a screen reader reads a text again when it is set again. */
function say(id: string, text: string): void {
  if (element(id).textContent !== text) element(id).textContent = text;
}

/**
 * Shows and enables only the controls that have an effect: if all requests are recorded, single categories have none,
 * nor do their paths or an unused body length. A field that keeps Save disabled stays visible.
 */
export function showWhatMatters(): void {
  const all = control('logsAll').checked;
  for (const id of categories) control(id).disabled = all;
  showField('authPaths', !all && control('auth').checked);
  showField('deploymentPaths', !all && control('deployments').checked);
  showField('maxBody', control('level').value.startsWith('REQUEST'));
}

function showField(field: 'authPaths' | 'deploymentPaths' | 'maxBody', matters: boolean): void {
  const isOpen = element(`${field}-error`).textContent !== '' || !element(`${field}-asked`).hidden;
  element(`${field}-field`).hidden = !matters && !isOpen;
}
