import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { App } from '../jobs/jobs.ts';
import { Failure, isFailure } from '../base/failure.ts';
import { policySchema } from '../policy/policy.ts';
import { readPolicyText, type PolicyEdit } from '../policy/policyText.ts';
import { POLICY_FILE } from '../files/places.ts';
import { describeIssue } from '../words/failures.ts';
import { withId } from '../setup/describePolicy.ts';
import { policyOf, readPolicyFile } from '../workspace/policyFile.ts';
import { Problem } from './problem.ts';
import { json, keep, type Answer } from './answer.ts';
import { planAnswer } from './maintenanceRoutes.ts';
import { forCaller, noQuery, route, type Asked, type Route } from './routes.ts';

const PATH = '/workspaces/{id}/logs/config';

/** The policy of a workspace, read and replaced. */
export function configRoutes(app: App): readonly Route[] {
  const policyAt = keptPolicies();
  return [
    route({
      method: 'GET',
      path: PATH,
      right: 'user',
      summary: 'The policy in force, with its defaults filled in.',
      query: noQuery,
      answer: policySchema,
      handle: ({ workspace: { root } }) => Promise.resolve(policyAt(root)),
    }),
    route({
      method: 'PUT',
      path: PATH,
      right: 'administrator',
      summary:
        'Replaces the policy; a key that is left out gets its default. Comments of the file stay. Answers the policy and what maintenance would do now.',
      query: noQuery,
      body: policySchema,
      answer: z.object({ policy: policySchema, plan: planAnswer }),
      handle: (asked) => replace(app, asked),
    }),
  ];
}

/** Answers with the policies on disk. One is made again only when its file has another text. */
function keptPolicies(): (root: string) => Answer {
  const kept = new Map<string, { readonly text: string; readonly answer: Answer }>();
  return (root) => {
    const file = readPolicyFile(root);
    if (file === undefined) throw new Failure('not-managed', { path: root });
    const before = kept.get(root);
    if (before?.text === file.text) return before.answer;
    const answer = json(withId(root, policyOf(file)), { etag: tag(file.text) });
    keep(kept, root, { text: file.text, answer });
    return answer;
  };
}

async function replace(app: App, { request, caller, workspace: { root, id }, body }: Asked): Promise<Answer> {
  const edits = editsFor(body, id);
  const wanted = request.headers.get('if-match');
  const expected = wanted === null ? undefined : readPolicyFile(root)?.text;
  if (wanted !== null && !matches(wanted, expected)) throw changed();
  try {
    await app.run('savePolicy', { root, edits, expected }, forCaller(caller));
  } catch (error) {
    if (isFailure(error, 'source-changing') && error.data.name === POLICY_FILE) throw changed();
    throw error;
  }
  const headers = { etag: tagOf(root) };
  const policy = await app.run('readPolicy', { root });
  const { steps, skipped, before, after } = await app.run('previewMaintenance', { root });
  return json({ policy, plan: { steps, skipped, before, after } }, headers);
}

function changed(): Problem {
  return new Problem('precondition-failed', 'The policy has changed since it was read. Read it again.');
}

/**
 * The edits that make the policy on disk the one of the body: each key that the body leaves out gets its default.
 * @throws Problem `invalid` with the field of the first thing that is wrong
 */
function editsFor(body: unknown, id: string): readonly PolicyEdit[] {
  const given = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : undefined;
  if (given === undefined) throw new Problem('invalid', 'The body must be a policy, as JSON.');
  const reading = readPolicyText(JSON.stringify({ version: 1, ...given }));
  if (reading.kind === 'newer')
    throw new Problem('invalid', 'This policy was made by a newer version.', { field: 'version' });
  if (reading.kind === 'damaged') {
    const [issue] = reading.issues;
    throw new Problem(
      'invalid',
      issue === undefined ? 'This is no policy.' : describeIssue({ ...issue, line: 0 }),
      {
        ...(issue !== undefined && { field: issue.field }),
      },
    );
  }
  const policy = given as Record<string, unknown>;
  if (policy.workspaceId !== undefined && policy.workspaceId !== id)
    throw new Problem('invalid', 'The id of a workspace is not changed here.', { field: 'workspaceId' });
  return sections.flatMap(([section, keys]) => {
    const values = (policy[section] ?? {}) as Record<string, unknown>;
    return keys.map((key) => ({ key: `${section}.${key}`, value: values[key] }));
  });
}

/** The sections of the policy with their keys. */
const sections: readonly (readonly [string, readonly string[]])[] = Object.entries(
  policySchema.shape,
).flatMap(([name, schema]) => {
  const { innerType } = (schema as { def: { innerType?: { shape?: object } } }).def;
  return innerType?.shape === undefined ? [] : [[name, Object.keys(innerType.shape)] as const];
});

/** A strong tag: the policy is the same as long as its file is. */
function tagOf(root: string): string {
  const file = readPolicyFile(root);
  if (file === undefined) throw new Failure('not-managed', { path: root });
  return tag(file.text);
}

function tag(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
}

/** `If-Match` of RFC 9110: `*`, or a list of strong tags. */
function matches(wanted: string, text: string | undefined): boolean {
  if (text === undefined) return false;
  const now = tag(text);
  return wanted.trim() === '*' || wanted.split(',').some((one) => one.trim() === now);
}
