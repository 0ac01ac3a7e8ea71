import { randomBytes } from 'node:crypto';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../src/jobs/jobs.ts';
import { nextMessage, runProgram, startProgram } from '../record/program.ts';
import { inWorkspace } from '../record/recordingWorkspace.ts';
import { sideBySide } from '../sideBySide.ts';
import { mb, ms, type Row } from '../table.ts';
import type { Download } from './fetchAlone.ts';

const TURNS = 7;
const MOST_MS = 20;
/** Text that deflates to three quarters: the zip has 20 MB. */
const RANDOM_BYTES = 20 * 1_048_576;
const LINE = /.{76}/g;

/** How long the text of a 20 MB zip takes to begin. */
export async function firstByteRow(base: string): Promise<Row> {
  return inWorkspace(base, async (folder) => {
    writeFileSync(join(folder, '.workspace-logs.json'), '{"version": 1, "rotation": {"keepPlain": 1}}');
    const text = randomBytes(RANDOM_BYTES).toString('base64').replace(LINE, '$&\n');
    writeFileSync(join(folder, 'logs', 'api.1.log'), text);
    writeFileSync(join(folder, 'logs', 'api.log'), '');
    await inlineApp().run('runMaintenance', { root: folder });
    await inlineApp().run('closeTrails', {});
    const name = readdirSync(join(folder, 'logs')).find((one) => one.endsWith('.zip'));
    if (name === undefined) throw new Error('no zip was made');
    const { size } = statSync(join(folder, 'logs', name));
    const server = startProgram('../api/mountedServer.ts', ['ours', folder]);
    try {
      const port = String(await nextMessage<number>(server));
      const path = `/api/workspaces/shop/logs/files/${name}?decompress=1`;
      const { first } = await sideBySide(TURNS, {
        first: async () => (await runProgram<Download>('../api/fetchAlone.ts', [port, path, 'first'])).first,
      });
      return {
        what: `the first byte of the text of a zip of ${mb(size)}, its download recorded`,
        measured: ms(first),
        against: '',
        ratio: '',
        goal: `≤ ${String(MOST_MS)} ms`,
        met: first <= MOST_MS,
      };
    } finally {
      server.kill();
    }
  });
}
