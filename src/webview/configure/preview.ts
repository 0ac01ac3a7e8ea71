import type { PreviewTexts, RecordingTexts } from '../../policy/pageMessages.ts';
import { element } from './controls.ts';
import { create, table } from './table.ts';

/** Shows the plan, or what it waits for: its summary, its steps as a table, and what has to be said about it. All of it is plain text. */
export function showPreview(preview: PreviewTexts | undefined, waiting: string): void {
  // What keeps Save disabled comes first.
  element('summary').textContent = waiting === '' ? (preview?.summary ?? '') : waiting;
  const steps = element('steps');
  steps.replaceChildren(
    preview === undefined || preview.steps.length === 0
      ? create('p', preview?.nothing ?? waiting)
      : table(preview.columns, preview.steps, preview.more),
  );
  // A list that scrolls is a place to come to by Tab.
  if (steps.scrollHeight > steps.clientHeight) steps.tabIndex = 0;
  else steps.removeAttribute('tabindex');
  element('notes').replaceChildren(...(preview?.notes ?? []).map((note) => create('li', note)));
}

/** Shows which of the last requests would be recorded. */
export function showRecording(recording: RecordingTexts | undefined, waiting: string): void {
  element('recorded').textContent = recording?.summary ?? waiting;
  element('counts').textContent = recording?.counts ?? '';
  const tables = recording === undefined || recording.rows.length === 0 ? [] : [tableOf(recording)];
  element('requests').replaceChildren(...tables);
}

function tableOf({ columns, rows }: RecordingTexts): HTMLElement {
  return table(columns, rows);
}
