import { randomBytes } from 'node:crypto';
import { storeOf } from '../audit/postgres/storeChoice.ts';
import { trailJobs } from '../audit/trail.ts';
import { MOST_RECORDS } from '../audit/query.ts';
import { isFailure } from '../base/failure.ts';
import { listFiles, kindOf } from '../files/list.ts';
import { createMasker } from '../masking/masker.ts';
import { defaultPolicy } from '../policy/policy.ts';
import { leakTally, type FieldExample, type LeakTally } from '../privacy/leakTally.ts';
import type { EventKind } from '../privacy/table.ts';
import { streamLog } from '../reading/readLog.ts';
import { usablePolicy } from '../workspace/deeds.ts';
import {
  logsFolder,
  progressTeller,
  requireWorkspace,
  type AppContext,
  type WorkspaceInput,
} from '../workspace/workspace.ts';

export interface LeakReport {
  /** Every field path on disk. The examples are for the screen alone. */
  readonly fields: readonly FieldExample[];
  /** Files that could not be read. */
  readonly unread: readonly string[];
  /** Lines that are no JSON object, such as torn ones. They are never sent. */
  readonly invalid: number;
}

const KINDS = { api: 'entry', audit: 'audit', usage: 'usage' } as const;
/** A longer line is read as an invalid one. */
const LONGEST_LINE = 16 * 1_048_576;

/**
 * What would be sent of everything in `logs/` under the policy, or under the defaults where there is none: of the API
 * log and the usage log, plain and zipped, and of the audit trail; of `audit.log` where there is no trail. It changes
 * nothing and needs no key: the hashes in its examples are made with a key of the moment.
 * @throws Failure `workspace-not-a-folder`, `cancelled`, those of the trail's store
 */
export async function leakReport(input: WorkspaceInput, context: AppContext): Promise<LeakReport> {
  const root = requireWorkspace(input);
  const { forwarding, masking } = usablePolicy(root) ?? defaultPolicy;
  const { userHash, redactContent, titlesAndTags, summaries, chatIds } = forwarding;
  const masker = createMasker({ extraKeys: masking.extraKeys });
  const tally = leakTally({
    ...{ key: randomBytes(32), masker, userHash, redactContent, titlesAndTags, summaries, chatIds },
  });
  const unread: string[] = [];
  let invalid = 0;
  if (kindOf(logsFolder(root)) !== 'folder') return { fields: [], unread, invalid };

  const hasTrail = await addTrail(root, tally, context);
  const { files } = listFiles(logsFolder(root));
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const tell = progressTeller(context, total);
  let done = 0;
  for (const { name, parts, bytes } of files) {
    if (parts.kind === 'foreign' || parts.kind === 'leftover') continue;
    tell(name, done);
    done += bytes;
    if (parts.family === 'audit' && hasTrail) continue;
    try {
      invalid += await addLog(root, name, KINDS[parts.family], tally, context);
    } catch (error) {
      if (isFailure(error, 'cancelled')) throw error;
      unread.push(name);
    }
  }
  return { fields: tally.report(), unread, invalid };
}

/** @returns how many lines are invalid */
async function addLog(
  root: string,
  name: string,
  kind: EventKind,
  tally: LeakTally,
  { signal }: AppContext,
): Promise<number> {
  let invalid = 0;
  let rest = Buffer.alloc(0);
  const add = (line: Buffer): void => {
    if (line.length > 0 && !(line.length <= LONGEST_LINE && addLine(line.toString(), kind, tally)))
      invalid += 1;
  };
  await streamLog(
    { root, name },
    (piece) => {
      const text = Buffer.concat([rest, piece]);
      let start = 0;
      for (let at = text.indexOf(10); at !== -1; at = text.indexOf(10, start)) {
        add(text.subarray(start, at));
        start = at + 1;
      }
      // The piece's memory is used again.
      rest = Buffer.from(text.subarray(start));
      return Promise.resolve();
    },
    { signal },
  );
  add(rest);
  return invalid;
}

function addLine(line: string, kind: EventKind, tally: LeakTally): boolean {
  try {
    const event: unknown = JSON.parse(line);
    tally.add(kind, event);
    return typeof event === 'object' && event !== null && !Array.isArray(event);
  } catch {
    return false;
  }
}

/** @returns whether the trail has records */
async function addTrail(root: string, tally: LeakTally, context: AppContext): Promise<boolean> {
  const quiet = { ...context, report: () => undefined };
  let cursor: string | undefined;
  let hasRecords = false;
  do {
    const asked = { root, store: storeOf(context), filter: {}, limit: MOST_RECORDS, cursor };
    const page = await trailJobs.queryTrail(asked, quiet);
    for (const record of page.records) tally.add('audit', record);
    hasRecords ||= page.records.length > 0;
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return hasRecords;
}
