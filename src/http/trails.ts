import { auditActions } from '../audit/actions.ts';
import { readRecord } from '../audit/readRecord.ts';
import type { AuditRecord } from '../audit/record.ts';
import { Denials, permission, type AuditDeed } from '../audit/roles.ts';
import type { Appended, StoreChoice } from '../audit/store.ts';
import type { Trail } from '../audit/trail.ts';
import type { TrailReport } from '../audit/outputs/outputs.ts';
import { Failure } from '../base/failure.ts';
import type { App } from '../jobs/jobs.ts';
import { createMasker } from '../masking/masker.ts';
import { rotationFollower, type RotationFollower } from '../recorder/rotationFollower.ts';
import { requirePolicy } from '../workspace/workspace.ts';
import type { Caller } from './apiTypes.ts';

/** The audit trails of the workspaces, for the routes. */
export interface Trails {
  readonly trail: Trail;
  /** Where the trail of a workspace is, for its jobs. */
  readonly place: (root: string) => { readonly root: string; readonly store: StoreChoice };
  /** The actions that a person may see; undefined for all. @throws Failure `audit-denied` */
  readonly seenBy: (caller: Caller, deed: AuditDeed) => readonly string[] | undefined;
  /** @throws Failure `audit-invalid`, `not-managed`, those of the store */
  readonly append: (root: string, record: AuditRecord) => Promise<{ id: string; outcome: Appended }>;
  /** Counts a denial; equal ones of a minute become one record. It never throws. */
  readonly deny: (root: string, caller: Caller, deed: string) => void;
  /** Writes the denials that wait. */
  readonly flush: (root: string) => Promise<void>;
  /** Writes what waits, and signs the last checkpoints. */
  readonly close: () => Promise<void>;
}

/** @param app rotates a full `audit.log`, and keeps the trail out of Git */
export function trailsOf(trail: Trail, app: App, store: StoreChoice): Trails {
  const place: Trails['place'] = (root) => ({ root, store });
  const denials = new Map<string, Denials>();
  const ready = new Map<string, Promise<unknown>>();
  const rotations = new Map<string, RotationFollower>();
  const shared: App = { ...app, dispose: () => undefined };

  function onReport(root: string, report: TrailReport): void {
    if (report.kind !== 'file-full') return;
    let rotation = rotations.get(root);
    if (rotation === undefined) {
      const quiet = { acceptPolicy: false, onRotated: () => undefined, onFailure: () => undefined };
      rotation = rotationFollower(shared, root, quiet);
      rotations.set(root, rotation);
    }
    rotation.rotateAudit(report.file);
  }

  /** No record is written before Git ignores the trail; where it cannot be, `doctor` says so. */
  function ignored(root: string): Promise<unknown> {
    let work = ready.get(root);
    if (work === undefined) {
      work = app.run('ensureIgnored', { root }).catch(() => undefined);
      ready.set(root, work);
    }
    return work;
  }

  async function append(root: string, record: AuditRecord): Promise<{ id: string; outcome: Appended }> {
    const { extraKeys } = requirePolicy(root).masking;
    const reading = readRecord(record, {
      masker: createMasker({ extraKeys }),
      now: Math.floor(Date.now() / 1000),
    });
    if (reading.kind === 'invalid') throw new Failure('audit-invalid', { why: reading.why });
    await ignored(root);
    const [outcome = 'appended'] = await trail.run(
      'appendToTrail',
      { ...place(root), entries: [reading.entry] },
      {
        onReport: (report) => {
          onReport(root, report);
        },
      },
    );
    const { id } = JSON.parse(reading.entry.entry) as { id: string };
    return { id, outcome };
  }

  function denialsOf(root: string): Denials {
    let waiting = denials.get(root);
    if (waiting === undefined) {
      const write = async (record: AuditRecord): Promise<unknown> => {
        try {
          requirePolicy(root);
          const entity_id = await trail.run('idOfTrail', place(root));
          return await append(root, { ...record, entity_id });
        } catch {
          // The request is refused all the same.
          return undefined;
        }
      };
      waiting = new Denials(write, 'api');
      denials.set(root, waiting);
    }
    return waiting;
  }

  const flush = async (root: string): Promise<void> => {
    await denials.get(root)?.flush();
  };

  return {
    trail,
    place,
    seenBy(caller, deed) {
      const actions = permission(caller, deed, auditActions);
      if (actions === 'denied') throw new Failure('audit-denied', { user: caller.user, deed });
      return actions;
    },
    append,
    deny(root, caller, deed) {
      denialsOf(root).add(caller, deed, '');
    },
    flush,
    async close() {
      await Promise.all([...denials.keys()].map(flush));
      for (const root of new Set([...denials.keys(), ...ready.keys()]))
        await trail.run('closeTrail', place(root)).catch(() => undefined);
      trail.dispose();
    },
  };
}
