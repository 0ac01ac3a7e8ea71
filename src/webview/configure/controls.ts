import type { FormField, PolicyForm } from '../../policy/policyForm.ts';

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
export const categories = ['writes', 'auth', 'deployments', 'errors'] as const;
export const fields: readonly FormField[] = [...texts, 'hold', 'categories', 'level'];

export function control(id: string): Control {
  return element(id) as Control;
}

export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found;
}

/** What is typed in. */
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

/** Fills what has another value: a caret stays where it is in a text that stays. */
export function fill(form: PolicyForm): void {
  for (const id of [...texts, ...selects]) if (control(id).value !== form[id]) control(id).value = form[id];
  for (const id of switches) control(id).checked = form[id];
  for (const id of categories) control(id).checked = form.categories.includes(id);
}
