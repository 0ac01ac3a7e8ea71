import { pathOf } from '../../audit/columns.ts';
import { readRecord, type Reading } from '../../audit/readRecord.ts';
import type { AuditRecord } from '../../audit/record.ts';
import { compileAudited } from '../../entries/filter.ts';
import { bodyText } from '../../entries/line.ts';
import type { Masker } from '../../masking/masker.ts';
import type { Policy } from '../../policy/policy.ts';
import type { AuditedRequest, RequestAuditor } from '../capture/capture.ts';

/** Through which door a record came. */
export type AuditDoor = 'library' | 'cli';

/** Turns requests into records of the audit trail under one snapshot of the policy. */
export interface RequestRecords {
  readonly levelOf: RequestAuditor['levelOf'];
  /** @param now seconds since 1970 */
  readonly read: (request: AuditedRequest, now: number) => Reading;
  /** The record that says how many are missing. */
  readonly readMissing: (dropped: number, now: number) => Reading;
}

/** @returns undefined if no request becomes a record */
export function requestRecords(
  { audit, recording }: Pick<Policy, 'audit' | 'recording'>,
  masker: Masker,
  door: AuditDoor,
): RequestRecords | undefined {
  const { level, adminPaths } = audit;
  if (level === 'NONE') return undefined;
  const { maxBodyBytes } = recording;
  const isAudited = compileAudited(adminPaths, recording.authPaths);
  const recordingLevel = { level, maxBodyBytes };

  /** A body as an entry of the API log holds it: masked, and cut after that. */
  function bodyOf(body: unknown): { readonly value: unknown; readonly truncated: boolean } {
    const text = bodyText(body, maxBodyBytes, masker);
    return { value: text && (JSON.parse(text.json) as unknown), truncated: text?.truncated === true };
  }

  function read(request: AuditedRequest, now: number): Reading {
    const { request_object, response_object } = request;
    const [question, answer] = [bodyOf(request_object), bodyOf(response_object)];
    const record = recordOf(request, {
      request_object: question.value,
      response_object: answer.value,
      truncated: request.truncated === true || question.truncated || answer.truncated,
    });
    const reading = readRecord(record, { masker, now });
    if (reading.kind === 'entry' || reading.why !== 'too-long') return reading;
    // Two long bodies together may be longer than a record may be.
    return readRecord(recordOf(request, { truncated: true }), { masker, now });
  }

  function recordOf(
    { user, method, path, status, ip, request_id, user_agent, workspace_id, aborted }: AuditedRequest,
    { truncated, ...bodies }: { truncated: boolean; request_object?: unknown; response_object?: unknown },
  ): AuditRecord {
    return {
      user_id: user,
      action: 'request',
      entity_type: 'route',
      entity_id: pathOf(path),
      audit_metadata: {
        ...{ door, level, request_id, workspace_id },
        ...(truncated && { truncated }),
        ...(aborted === true && { aborted }),
      },
      source_ip: ip,
      user_agent,
      request_uri: path,
      verb: method,
      ...bodies,
      response_status_code: status,
    };
  }

  return {
    levelOf: (request) => (isAudited(request) ? recordingLevel : undefined),
    read,
    readMissing: (dropped, now) =>
      readRecord(
        {
          user_id: 'anonymous',
          action: 'request',
          entity_type: 'route',
          entity_id: '',
          audit_metadata: { door, dropped },
        },
        { masker, now },
      ),
  };
}
