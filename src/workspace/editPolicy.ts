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
 * The policy's text before and after some edits. Edits may mend wrong values, not wrong syntax, and never the file of a
 * newer version.
 * @throws Failure `policy-edit-refused` when a sound policy would be none; `policy-damaged`, `policy-newer` of the file
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

/** What is wrong with edits; the lines are those of a text that nobody will see. */
function refusals(edited: Exclude<PolicyReading, { kind: 'valid' }>): PolicyIssue[] {
  if (edited.kind === 'damaged') return edited.issues.map((issue) => ({ ...issue, line: 0 }));
  return [{ field: 'version', line: 0, rule: { kind: 'choice', choices: [String(POLICY_VERSION)] } }];
}

/** 12 characters of 64 kinds. */
function newWorkspaceId(): string {
  return randomBytes(9).toString('base64url');
}
