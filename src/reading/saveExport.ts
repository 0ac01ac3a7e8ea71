import { resolve } from 'node:path';
import type { ExportFormat } from '../audit/exportFormats.ts';
import type { AuditFilter } from '../audit/store.ts';
import { trailJobs } from '../audit/trail.ts';
import { Failure, isFailure } from '../base/failure.ts';
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
  const quiet = { ...context, report: () => undefined };
  const end = await trailJobs.measureTrail({ root });
  const tell = progressTeller(context, end);
  let count = 0;
  let range: { first: number; last: number } | undefined;
  const bytes = await saveCopy(
    { root, path: resolve(input.target), replaces: input.replaces, environment },
    {
      mode: MODE,
      async fill(write) {
        let written = 0;
        for (let from: number | null = 0; from !== null;) {
          if (context.signal.aborted) throw new Failure('cancelled', {});
          const part: Awaited<ReturnType<typeof trailJobs.exportTrailPart>> = await trailJobs.exportTrailPart(
            { root, format, filter, from, end, count },
          );
          const piece = Buffer.from(part.text);
          await write(piece);
          written += piece.length;
          count += part.count;
          if (part.range !== undefined)
            range = { first: range?.first ?? part.range.first, last: part.range.last };
          from = part.next;
          tell('', from ?? end);
        }
        return written;
      },
    },
  );
  const checkpoint = await trailJobs.sealTrail({ root }, quiet).catch(withoutCheckpoint);
  const verification = await trailJobs.verifyTrail({ root }, quiet);
  const manifest = { format, filter, count, range, records: end, checkpoint, verification };
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
  return { records: count, bytes };
}

/** A trail that cannot be sealed is exported all the same; the manifest says how it was found. */
function withoutCheckpoint(error: unknown): undefined {
  if (!isFailure(error, 'audit-tampered') && !isFailure(error, 'not-managed')) throw error;
}
