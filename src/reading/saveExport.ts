import { resolve } from 'node:path';
import type { ExportFormat } from '../audit/exportFormats.ts';
import type { AuditFilter } from '../audit/store.ts';
import type { Exported } from '../audit/export/manifest.ts';
import { exportPieces, manifestOf } from '../audit/export/wholeExport.ts';
import { storeOf } from '../audit/postgres/storeChoice.ts';
import { trailJobs, type Trail } from '../audit/trail.ts';
import { Failure } from '../base/failure.ts';
import type { LogFile } from '../files/logFile.ts';
import {
  progressTeller,
  requireWorkspace,
  type AppContext,
  type WorkspaceInput,
} from '../workspace/workspace.ts';
import { saveCopy } from './copyFile.ts';

export interface SaveExportInput extends WorkspaceInput {
  readonly format: ExportFormat;
  readonly filter: AuditFilter;
  /** The absolute paths of the export and of its manifest. */
  readonly target: string;
  readonly manifest: string;
  /** The existing files that the person agreed to replace. */
  readonly replaces?: LogFile | undefined;
  readonly replacesManifest?: LogFile | undefined;
}

/** Only the owner reads an export, as only the owner reads the trail. */
const MODE = 0o600;

/**
 * Saves the records of the audit trail that fit a filter, in the order of the trail, and beside them a manifest: the
 * filter, how many records there are, a checkpoint, and what a verification found. Memory stays the same for any number
 * of records.
 * @returns the number of records and the bytes of the export
 * @throws Failure `target-among-logs`, `target-exists`, `disk-full`, `cancelled`, those of the trail
 */
export async function saveExport(
  input: SaveExportInput,
  context: AppContext,
): Promise<{ readonly records: number; readonly bytes: number }> {
  const root = requireWorkspace(input);
  const { format, filter, environment } = { ...input, environment: context.environment };
  const store = storeOf(context);
  const quiet = { ...context, report: () => undefined };
  const trail: Pick<Trail, 'run'> = {
    run: async (name, asked) => (await trailJobs[name]({ ...asked, store } as never, quiet)) as never,
  };
  const request = { root, format, filter };
  const tell = progressTeller(context, 0);
  let exported: Exported | undefined;
  const bytes = await saveCopy(
    { root, path: resolve(input.target), replaces: input.replaces, environment },
    {
      mode: MODE,
      async fill(write) {
        let written = 0;
        const pieces = exportPieces(trail, request);
        for (;;) {
          if (context.signal.aborted) throw new Failure('cancelled', {});
          const next = await pieces.next();
          if (next.done === true) {
            exported = next.value;
            return written;
          }
          const piece = Buffer.from(next.value);
          await write(piece);
          written += piece.length;
          tell('', written);
        }
      },
    },
  );
  if (exported === undefined) throw new Failure('unexpected', { detail: 'the export was not read' });
  const manifest = await manifestOf(trail, request, exported);
  await saveCopy(
    { root, path: resolve(input.manifest), replaces: input.replacesManifest, environment },
    {
      mode: MODE,
      async fill(write) {
        const piece = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
        await write(piece);
        return piece.length;
      },
    },
  );
  return { records: exported.count, bytes };
}
