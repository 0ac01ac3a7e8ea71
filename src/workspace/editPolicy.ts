import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Failure, type PolicyIssue } from '../base/failure.ts';
import { POLICY_FILE } from '../files/places.ts';
import { POLICY_VERSION, type Policy } from '../policy/policy.ts';
import {
  editPolicyText,
  newPolicyText,
  readPolicyText,
  type PolicyEdit,
  type PolicyReading,
} from '../policy/policyText.ts';
import { policyOf, readPolicyFile } from './policyFile.ts';

/**
 * The policy's text before and after some edits. Edits may fix invalid values, but not invalid syntax, and they never
 * change the file of a newer version.
 * @throws Failure `policy-edit-refused` if a valid policy would become invalid; `policy-damaged`, `policy-newer` of the
 *   file
 */
export function editedText(
  root: string,
  edits: readonly PolicyEdit[],
): { before: string | undefined; text: string; policy: Policy } {
  const path = join(root, POLICY_FILE);
  const before = readPolicyFile(root)?.text;
  const base = before ?? newPolicyText(newWorkspaceId());
  const reading = readPolicyText(base);
  const isBroken = reading.kind === 'damaged' && reading.issues.some(({ rule }) => rule.kind === 'syntax');
  if (isBroken || reading.kind === 'newer') policyOf({ path, text: base });
  const text = editPolicyText(base, edits);
  const edited = readPolicyText(text);
  if (edited.kind === 'valid') return { before, text, policy: edited.policy };
  if (reading.kind === 'valid') throw new Failure('policy-edit-refused', { issues: refusals(edited) });
  throw new Failure('policy-damaged', { path, issues: reading.kind === 'damaged' ? reading.issues : [] });
}

/** The issues of the edits, without lines: the user never sees the edited text. */
function refusals(edited: Exclude<PolicyReading, { kind: 'valid' }>): PolicyIssue[] {
  if (edited.kind === 'damaged') return edited.issues.map((issue) => ({ ...issue, line: 0 }));
  return [{ field: 'version', line: 0, rule: { kind: 'choice', choices: [String(POLICY_VERSION)] } }];
}

/** A random id of 12 characters, each one of 64. */
function newWorkspaceId(): string {
  return randomBytes(9).toString('base64url');
}
