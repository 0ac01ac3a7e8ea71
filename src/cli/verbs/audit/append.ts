import type { AuditFile } from '../../../audit/outputs/auditFile.ts';
import type { TrailReport } from '../../../audit/outputs/outputs.ts';
import { LONGEST_RECORD, readLine } from '../../../audit/readRecord.ts';
import type { NewEntry } from '../../../audit/record.ts';
import { fromFailureMessage, fromUnknown, isFailure, type InvalidRecord } from '../../../base/failure.ts';
import { formatNumber, plural } from '../../../base/locale.ts';
import { mayBeInRepository } from '../../../git/git.ts';
import { inlineApp } from '../../../jobs/jobs.ts';
import { createMasker } from '../../../masking/masker.ts';
import { readAuditEnvironment, type AuditEnvironment } from '../../../policy/auditEnvironment.ts';
import { describe } from '../../../words/failures.ts';
import { requirePolicy, requireWorkspace } from '../../../workspace/workspace.ts';
import { linesOf, TOO_LONG } from '../../lines.ts';
import { printError, printJson, printLine } from '../../output.ts';
import { Exit, type Call } from '../../verb.ts';
import type { Trail } from '../../../audit/trail.ts';

/** Entries that are committed together. */
const BATCH = 1000;
/** So many lines are named on standard error. */
const MOST_NAMED = 10;

export function append(trail: Trail, words: Call): Promise<Exit> {
  return appendLines(trail, words, process.stdin, Math.floor(Date.now() / 1000));
}

/**
 * Appends the lines of a text, and says what became of them.
 * @param now seconds since 1970, to fill in; undefined for an import
 */
export async function appendLines(
  trail: Trail,
  { root, json, environment }: Call,
  input: AsyncIterable<unknown>,
  now: number | undefined,
): Promise<Exit> {
  const policy = requirePolicy(requireWorkspace({ root }));
  await ensureIgnored(root, environment);
  const masker = createMasker({ extraKeys: policy.masking.extraKeys });
  const auditEnvironment = readAuditEnvironment(environment);
  const counts = { appended: 0, duplicates: 0, conflicts: 0, invalid: 0 };
  let line = 0;
  let masked = 0;
  let named = 0;
  const full: AuditFile[] = [];
  const failed = new Set<string>();
  const onReport = (report: TrailReport): void => {
    if (report.kind === 'file-full') full.push(report.file);
    else {
      const sentence = describe(report.failure);
      if (!failed.has(sentence)) printError(sentence);
      failed.add(sentence);
    }
  };
  let batch: { readonly line: number; readonly entry: NewEntry }[] = [];

  const name = (at: number, sentence: string): void => {
    named += 1;
    if (named <= MOST_NAMED) printError(`Line ${formatNumber(at)}: ${sentence}`);
  };
  const refuse = (why: InvalidRecord): void => {
    counts.invalid += 1;
    name(line, describe({ code: 'audit-invalid', data: { why } }));
  };
  const write = async (): Promise<void> => {
    const written = batch;
    batch = [];
    const entries = written.map(({ entry }) => entry);
    const outcomes = await trail.run('appendToTrail', { root, entries, auditEnvironment }, { onReport });
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome === 'appended') counts.appended += 1;
      else if (outcome === 'duplicate') counts.duplicates += 1;
      else {
        counts.conflicts += 1;
        const { id = '' } = JSON.parse(written[index]?.entry.entry ?? '{}') as { id?: string };
        name(written[index]?.line ?? 0, describe({ code: 'audit-conflict', data: { id } }));
      }
    }
    for (const file of full.splice(0)) await rotate(file, root, environment, auditEnvironment);
  };

  for await (const lines of linesOf(input, LONGEST_RECORD)) {
    for (const text of lines) {
      line += 1;
      const reading = text === TOO_LONG ? undefined : readLine(text, { masker, now });
      if (reading === undefined) refuse('too-long');
      else if (reading.kind === 'invalid') refuse(reading.why);
      else {
        masked += reading.isMasked ? 1 : 0;
        batch.push({ line, entry: reading.entry });
        if (batch.length >= BATCH) await write();
      }
    }
  }
  if (batch.length > 0) await write();
  if (named > MOST_NAMED) printError(`${countLines(named - MOST_NAMED)} more like these.`);
  if (masked > 0)
    printError(
      `${countLines(masked)} held a secret that was masked, so the stored bytes are not the given ones.`,
    );
  if (json) await printJson(counts);
  else
    await printLine(
      `${formatNumber(counts.appended)} appended, ${formatNumber(counts.duplicates)} known already, ${formatNumber(counts.conflicts)} in conflict, ${formatNumber(counts.invalid)} invalid.`,
    );
  return counts.conflicts + counts.invalid > 0 ? Exit.refused : Exit.done;
}

function countLines(count: number): string {
  const number = formatNumber(count);
  return plural(count, { one: `${number} line`, other: `${number} lines` });
}

/** Rotates a full `audit.log`; where it cannot be now, the next append tries again. */
async function rotate(
  file: AuditFile,
  root: string,
  environment: Call['environment'],
  auditEnvironment: AuditEnvironment,
): Promise<void> {
  const app = inlineApp(environment);
  try {
    if (!file.isOwn) await app.run('rotateElsewhere', file);
    else {
      await app.run('rotateActive', { root, family: 'audit', limitBytes: file.limitBytes });
      await app.run('runMaintenance', { root, auditEnvironment });
    }
  } catch (error) {
    if (!isFailure(error, 'maintenance-busy')) printError(describe(fromUnknown(error)));
  }
}

/** No record is written before Git ignores the trail; where it cannot be, the work goes on. */
async function ensureIgnored(root: string, environment: Call['environment']): Promise<void> {
  if (!mayBeInRepository(root)) return;
  try {
    const failure = await inlineApp(environment).run('ensureIgnored', { root });
    if (failure !== undefined) printError(describe(fromFailureMessage(failure)));
  } catch (error) {
    if (!isFailure(error, 'git-refused') && !isFailure(error, 'lock-busy')) throw error;
    printError(describe(error));
  }
}
