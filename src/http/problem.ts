import { relative } from 'node:path';
import { Failure, hasCode, type FailureCode } from '../base/failure.ts';
import { describe, describeIssue } from '../words/failures.ts';
import { json, type Answer } from './answer.ts';

/** The codes of problems, with the status that each one usually has. */
const statuses = {
  invalid: 422,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'precondition-failed': 412,
  'too-large': 413,
  unsupported: 415,
  misdirected: 421,
  'rate-limited': 429,
  unavailable: 503,
} as const;

export type ProblemCode = keyof typeof statuses;

const titles: Readonly<Record<ProblemCode, string>> = {
  invalid: 'The request is not valid',
  unauthorized: 'Not signed in',
  forbidden: 'Not allowed',
  'not-found': 'Not found',
  conflict: 'Conflict with the current state',
  'precondition-failed': 'Changed since it was read',
  'too-large': 'Too large',
  unsupported: 'Not supported',
  misdirected: 'Wrong host',
  'rate-limited': 'Too many at once',
  unavailable: 'Not available',
};

interface Details {
  /** The status, where it is not the code's own. */
  readonly status?: number;
  /** The dotted path, or the parameter, that is wrong. */
  readonly field?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that says what is wrong, as RFC 9457 describes it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly details: Details;

  /** @param detail a sentence for a person; it names no path of the machine */
  constructor(code: ProblemCode, detail: string, details: Details = {}) {
    super(detail);
    this.code = code;
    this.details = details;
  }

  answer(): Answer {
    const { status = statuses[this.code], field, headers } = this.details;
    const body = {
      type: 'about:blank',
      title: titles[this.code],
      status,
      code: this.code,
      detail: this.message,
      ...(field !== undefined && { field }),
    };
    return json(body, { ...headers, 'content-type': 'application/problem+json' }, status);
  }
}

/** What is not there, and what the caller may not know of, look the same. */
export function notFound(): Problem {
  return new Problem('not-found', 'There is nothing at this address.');
}

const codes: Partial<Record<FailureCode, ProblemCode>> = {
  'not-managed': 'conflict',
  'policy-damaged': 'conflict',
  'policy-newer': 'conflict',
  'policy-not-a-file': 'conflict',
  'policy-too-large': 'too-large',
  'policy-edit-refused': 'invalid',
  'logs-missing': 'not-found',
  'file-missing': 'not-found',
  'not-a-regular-file': 'not-found',
  'not-a-log-name': 'not-found',
  'no-such-member': 'not-found',
  'member-needed': 'conflict',
  'archive-damaged': 'conflict',
  'archive-unsupported': 'conflict',
  'log-utf16': 'conflict',
  'password-needed': 'conflict',
  'password-wrong': 'conflict',
  'source-changing': 'conflict',
  'deletions-held': 'conflict',
  'nothing-to-rotate': 'conflict',
  'log-held-open': 'conflict',
  'lock-busy': 'unavailable',
  'maintenance-busy': 'unavailable',
  'cursor-invalid': 'invalid',
  'query-invalid': 'invalid',
  'audit-invalid': 'invalid',
  'audit-conflict': 'conflict',
  'audit-no-record': 'not-found',
  'audit-denied': 'forbidden',
  'audit-note-invalid': 'invalid',
};

/**
 * The problem that an error is for the caller. It says nothing of the machine: paths are those in the workspace, and an
 * error without a code, or of the machine, is only “not available”.
 */
export function problemOf(error: unknown, root: string | undefined): Problem {
  if (error instanceof Problem) return error;
  if (!hasCode(error)) return unavailable();
  const code = codes[error.code];
  if (code === undefined) return unavailable();
  const [issue] =
    error.code === 'policy-edit-refused' ? (error as Failure<'policy-edit-refused'>).data.issues : [];
  if (issue !== undefined) return new Problem('invalid', describeIssue(issue), { field: issue.field });
  if (error.code === 'cursor-invalid')
    return new Problem(code, describe(error), { status: 400, field: 'cursor' });
  if (error.code === 'query-invalid') return new Problem(code, describe(error), { status: 400, field: 'q' });
  return new Problem(code, describe(inWorkspace(error, root)));
}

function unavailable(): Problem {
  return new Problem('unavailable', 'The server could not do this. Its own log says why; try again later.');
}

/** The failure with the path that a caller may know: the one in the workspace. */
function inWorkspace(failure: Failure, root: string | undefined): Failure {
  const { path } = failure.data as { path?: unknown };
  if (typeof path !== 'string') return failure;
  const inside = root === undefined ? '' : relative(root, path);
  const shown = inside === '' || inside.startsWith('..') ? 'the workspace' : inside;
  return new Failure(failure.code, { ...failure.data, path: shown });
}
