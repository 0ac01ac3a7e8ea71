import type { PreviewTexts, RecordingTexts } from '../model/pageMessages.ts';
import { create, table } from './table.ts';

/** Shows the plan, or which fields it waits for, by their titles: its summary, its steps as a table, and what has to be said about it. All of it is plain text. */
export function showPreview(preview: PreviewTexts | undefined, wrong: readonly string[]): void {
  show('summary', preview?.summary ?? waiting(wrong));
  const steps = document.getElementById('steps');
  const nothing = create('p', preview === undefined ? '' : 'Nothing: every file is as the policy wants it.');
  steps?.replaceChildren(
    preview === undefined || preview.steps.length === 0 ? nothing : tableOfSteps(preview),
  );
  // A list that scrolls is a place to come to by Tab.
  if (steps !== null && steps.scrollHeight > steps.clientHeight) steps.tabIndex = 0;
  else steps?.removeAttribute('tabindex');
  const notes = document.getElementById('notes');
  notes?.replaceChildren(...(preview?.notes ?? []).map((note) => create('li', note)));
}

function tableOfSteps({ steps, more }: PreviewTexts): HTMLElement {
  const rest = more > 0 ? `and ${more.toLocaleString('en-US')} more` : '';
  return table({ kind: 'Step', file: 'File', size: 'Size', reason: 'Why' }, steps, rest);
}

/** Shows which of the last requests would be recorded. */
export function showRecording(recording: RecordingTexts | undefined, wrong: readonly string[]): void {
  show('recorded', recording?.summary ?? waiting(wrong));
  show('counts', recording?.counts ?? '');
  const requests = document.getElementById('requests');
  const { timeTitle = '', rows = [] } = recording ?? {};
  const columns = { time: timeTitle, method: 'Method', path: 'Path', status: 'Status', verdict: 'Recorded?' };
  requests?.replaceChildren(...(rows.length === 0 ? [] : [table(columns, rows)]));
}

/** The wrong field may be scrolled out of sight. */
function waiting(wrong: readonly string[]): string {
  return wrong.length === 0 ? '' : `To be mended first: ${wrong.join(', ')}.`;
}

function show(id: string, text: string): void {
  document.getElementById(id)?.replaceChildren(text);
}
