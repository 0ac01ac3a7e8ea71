import { resolve } from 'node:path';
import { auditActions, extendActions } from '../audit/actions.ts';
import type { Exported, ExportRequest } from '../audit/export/manifest.ts';
import { exportPieces, manifestOf } from '../audit/export/wholeExport.ts';
import { readRecord } from '../audit/readRecord.ts';
import { environmentFor } from '../audit/postgres/storeChoice.ts';
import type { AuditRecord } from '../audit/record.ts';
import { Denials, permission, type AuditDeed, type AuditPerson } from '../audit/roles.ts';
import { inStore, type Trail, type TrailJobs } from '../audit/trail.ts';
import { trailUrl } from '../audit/trailUrl.ts';
import { outputSettings } from '../audit/outputs/auditFile.ts';
import type { TrailReport } from '../audit/outputs/outputs.ts';
import { Failure, fromFailureMessage, hasCode } from '../base/failure.ts';
import { workerRunner, type Environment } from '../base/job.ts';
import { mayBeInRepository } from '../git/git.ts';
import type { AppJobs } from '../jobs/jobs.ts';
import { workerUrl } from '../jobs/workerUrl.ts';
import { createMasker, type Masker } from '../masking/masker.ts';
import type { Policy } from '../policy/policy.ts';
import { handDown, readAuditEnvironment, type AuditEnvironment } from '../policy/auditEnvironment.ts';
import { rotationFollower } from '../recorder/rotationFollower.ts';
import { inWords } from '../words/failures.ts';
import { watchPolicy } from '../workspace/policyWatch.ts';
import { requirePolicy, requireWorkspace, type AppReport } from '../workspace/workspace.ts';
import type { Audit, AuditOptions, AuditView } from './auditTypes.ts';
import { checkAuditOptions } from './optionRules.ts';

const LIMIT = 50;

/**
 * Opens the audit trail of a workspace. Its records are written and read in a worker of its own. They are kept in the
 * workspace's `logs/audit.db`, or in a PostgreSQL database that many backends share.
 * @example
 * const audit = await openAudit({ workspace: '.', store: { postgres: { env: 'AUDIT_DATABASE' } } });
 * await audit.append({ user_id: 'anna', action: 'plan_created', entity_type: 'plan', entity_id: 'pro' });
 * @param environment holds the `AUDIT_*` variables and those of the database; that of the process by default
 * @throws TypeError for options that are unknown or wrong
 * @throws Failure `not-managed`, `policy-damaged`, `workspace-not-a-folder`, `audit-damaged`, `audit-newer`,
 *   `audit-database` …
 */
export async function openAudit(
  options: AuditOptions,
  environment: Environment = process.env,
): Promise<Audit> {
  checkAuditOptions(options);
  const root = resolve(options.workspace);
  const registry = options.actions === undefined ? auditActions : extendActions(options.actions);
  const maskerFor = ({ masking }: Policy): Masker =>
    createMasker({ extraKeys: masking.extraKeys, knownSecrets: options.knownSecrets ?? [] });
  const given = { ...process.env, ...environment };
  const { auditEnvironment, policy } = await spoken(() => openPolicy(root, given));
  const own = handDown(given, auditEnvironment);
  let masker: Masker | undefined = maskerFor(policy);
  const { store } = options;
  // The deeds of its maintenance are recorded where the other records are.
  const forDeeds = await spoken(() => (store === undefined ? own : environmentFor(store, own)));
  await ensureIgnored(root, forDeeds);
  const worker = workerRunner<TrailJobs, TrailReport>(trailUrl, own);
  const trail: Trail = store === undefined ? worker : inStore(worker, store);
  let trailId: string;
  try {
    trailId = await spoken(() => trail.run('idOfTrail', { root }));
  } catch (error) {
    trail.dispose();
    throw error;
  }
  const watch = watchPolicy(root, {
    onPolicy: (policy) => {
      masker = policy && maskerFor(policy);
    },
    // The last valid policy stays in force.
    onFailure: () => undefined,
  });

  // Its worker starts when the first file is full.
  const rotation = rotationFollower(workerRunner<AppJobs, AppReport>(workerUrl, forDeeds), root, {
    acceptPolicy: false,
    auditEnvironment,
    onRotated: () => undefined,
    onFailure: warn,
  });
  let isTold = false;
  function answer(report: TrailReport): void {
    if (report.kind === 'file-full') rotation.rotateAudit(report.file);
    else if (!isTold) {
      isTold = true;
      warn(fromFailureMessage(report.failure));
    }
  }

  async function append(record: AuditRecord): Promise<string> {
    if (masker === undefined) throw new Failure('not-managed', { path: root });
    const reading = readRecord(record, { masker, now: Math.floor(Date.now() / 1000) });
    if (reading.kind === 'invalid') throw new Failure('audit-invalid', { why: reading.why });
    const { id } = JSON.parse(reading.entry.entry) as { id: string };
    const [outcome] = await trail.run(
      'appendToTrail',
      { root, entries: [reading.entry] },
      { onReport: answer },
    );
    if (outcome === 'conflict') throw new Failure('audit-conflict', { id });
    return id;
  }

  const denials = new Denials((record) => append(record).catch(() => undefined));

  function viewOf(person: AuditPerson | undefined): AuditView {
    /** The actions that the person may see. @throws Failure `audit-denied` */
    const allow = (deed: AuditDeed): readonly string[] | undefined => {
      const actions = person === undefined ? undefined : permission(person, deed, registry);
      if (person === undefined || actions !== 'denied') return actions as readonly string[] | undefined;
      denials.add(person, deed, trailId);
      throw new Failure('audit-denied', { user: person.user, deed });
    };
    const user = person?.user;
    const view: AuditView = {
      append: (record) =>
        spoken(() => {
          allow('append');
          return append(record);
        }),
      query: (asked = {}) =>
        spoken(() => {
          const { limit = LIMIT, offset, cursor, ...filter } = asked;
          return trail.run('queryTrail', {
            root,
            filter: { ...filter, actions: allow('query') },
            limit,
            offset,
            cursor,
          });
        }),
      verify: (asked = {}) =>
        spoken(() => {
          allow('verify');
          return trail.run('verifyTrail', { root, ...asked, user });
        }),
      prove: (id, asked = {}) =>
        spoken(() => trail.run('proveInTrail', { root, id, ...asked, actions: allow('prove') })),
      export(format, asked = {}) {
        let read: { request: ExportRequest; exported: Exported } | undefined;
        async function* pieces(): AsyncGenerator<string> {
          try {
            const request = { root, format, filter: { ...asked, actions: allow('export') }, user };
            read = { request, exported: yield* exportPieces(trail, request) };
          } catch (error) {
            throw hasCode(error) ? inWords(error) : error;
          }
        }
        return {
          [Symbol.asyncIterator]: pieces,
          manifest: () =>
            spoken(() => {
              if (read === undefined) throw new TypeError('The export was not read to its end.');
              return manifestOf(trail, read.request, read.exported);
            }),
        };
      },
      createLog: (record) => view.append(record),
      getLogs: (asked) => view.query(asked),
    };
    return view;
  }

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    watch.close();
    try {
      await denials.flush();
      await spoken(() => trail.run('closeTrail', { root }));
    } finally {
      trail.dispose();
      await rotation.settled();
      await rotation.close();
    }
  }
  return { ...viewOf(undefined), as: viewOf, close: () => (closing ??= close()) };
}

/** @throws Failure `not-managed`, `environment-invalid` … */
function openPolicy(
  root: string,
  environment: Environment,
): { policy: Policy; auditEnvironment: AuditEnvironment } {
  const policy = requirePolicy(requireWorkspace({ root }));
  const auditEnvironment = readAuditEnvironment(environment);
  outputSettings(root, policy, auditEnvironment);
  return { policy, auditEnvironment };
}

/** The records are in the trail, so what goes wrong with the other outputs is no reason to reject. */
function warn(failure: Failure): void {
  const { message, code } = inWords(failure);
  process.emitWarning(message, { type: 'WorkspaceLogs', code });
}

/** Failures with their sentence, for callers who read the message. */
async function spoken<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw hasCode(error) ? inWords(error) : error;
  }
}

/** No record is written before Git ignores the trail; where it cannot be, the work goes on. */
async function ensureIgnored(root: string, environment: Environment): Promise<void> {
  if (!mayBeInRepository(root)) return;
  const app = workerRunner<AppJobs, AppReport>(workerUrl, environment);
  try {
    await app.run('ensureIgnored', { root });
  } catch {
    // `doctor` reports a missing rule.
  } finally {
    app.dispose();
  }
}
