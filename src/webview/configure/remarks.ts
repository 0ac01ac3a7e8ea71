import type { Checked } from '../../policy/pageMessages.ts';
import { categories, control, element, fields } from './controls.ts';

/** What is said about the policy and beside its fields: errors, warnings, questions. */
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

/** A text that is set anew is read out anew. */
function say(id: string, text: string): void {
  if (element(id).textContent !== text) element(id).textContent = text;
}

/**
 * With all requests recorded the single categories have no say; neither have paths and lengths that nothing asks for. What
 * keeps the form from being saved stays in sight.
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
