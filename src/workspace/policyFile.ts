import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../base/failure.ts';
import { POLICY_FILE } from '../files/places.ts';
import { defaultPolicy, type Policy } from '../policy/policy.ts';
import { readPolicyText } from '../policy/policyText.ts';
import { replaceFile } from '../files/durable.ts';
import { kindOf } from '../files/list.ts';
import { whileOpen } from '../files/safeOpen.ts';

const LIMIT_BYTES = 1_048_576;

/** A policy file's text; undefined for a workspace without one, which is not managed. */
export interface PolicyText {
  readonly path: string;
  readonly text: string;
}

/**
 * Reads the policy file of the workspace at `root`. A link is not followed.
 * @throws Failure `policy-not-a-file`, `policy-too-large`, `no-permission`, `machine-error`
 */
export function readPolicyFile(root: string): PolicyText | undefined {
  const path = join(root, POLICY_FILE);
  const what = kindOf(path);
  if (what === 'missing') return undefined;
  if (what !== 'file') throw new Failure('policy-not-a-file', { path, what });
  return whileOpen(path, (descriptor, { size }) => {
    if (size > LIMIT_BYTES) throw new Failure('policy-too-large', { path, bytes: size, limit: LIMIT_BYTES });
    return { path, text: readFileSync(descriptor, 'utf8') };
  });
}

/**
 * The policy in force at `root`; undefined if there is none.
 * @throws Failure `policy-damaged`, `policy-newer`, and those of `readPolicyFile`
 */
export function loadPolicy(root: string): Policy | undefined {
  const file = readPolicyFile(root);
  return file === undefined ? undefined : policyOf(file);
}

/**
 * The folder of the session archives, relative to the workspace: the policy's, else the default. An invalid policy
 * counts as none.
 */
export function sessionsFolder(root: string): string {
  try {
    return plainly((loadPolicy(root) ?? defaultPolicy).sessions.dir);
  } catch {
    return defaultPolicy.sessions.dir;
  }
}

/** A relative path without its meaningless parts: `./a//b/` becomes `a/b`. */
export function plainly(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.join('/');
}

/** @throws Failure `policy-damaged`, `policy-newer` */
export function policyOf({ path, text }: PolicyText): Policy {
  const reading = readPolicyText(text);
  if (reading.kind === 'newer') throw new Failure('policy-newer', { path, version: reading.version });
  if (reading.kind === 'damaged') throw new Failure('policy-damaged', { path, issues: reading.issues });
  return reading.policy;
}

/**
 * Replaces the policy file's text atomically. The caller holds the workspace's lock exclusively: no other save is
 * running.
 */
export function writePolicyFile(root: string, text: string): void {
  replaceFile(join(root, POLICY_FILE), text);
}
