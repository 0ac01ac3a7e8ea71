import type { App } from '../app/jobs.ts';
import type { Preview } from '../app/maintain.ts';
import { describeSkip, describeStep, summarise } from '../app/words.ts';
import type { LogDocuments } from './logDocuments.ts';
import type { LogWorkspace } from './workspaces.ts';

/** Shows what maintenance would do; `accept` shows it as if the policy were accepted here. */
export async function showPlan(
  app: App,
  documents: LogDocuments,
  { root, folder }: LogWorkspace,
  { accept }: { readonly accept: boolean },
): Promise<void> {
  const preview = await app.run('previewMaintenance', { root, accept });
  await documents.showText(
    `${folder.uri.path}/Maintenance Preview of ${folder.name}`,
    formatPlan(preview, folder.name),
  );
}

function formatPlan(preview: Preview, name: string): string {
  const { steps, skipped } = preview;
  const estimate = steps.some(({ kind }) => kind === 'zip') ? ' (sizes of new archives are estimates)' : '';
  const lines = [
    `What maintenance would do to the logs of ${name} now. Nothing was changed.`,
    '',
    summarise(preview) + estimate,
    '',
    ...steps.map((step, index) => `${String(index + 1).padStart(4)}. ${describeStep(step)}`),
  ];
  if (skipped.length > 0) lines.push('', 'Left alone:', ...skipped.map((skip) => `   ${describeSkip(skip)}`));
  return `${lines.join('\n')}\n`;
}
