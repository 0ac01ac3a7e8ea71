import type { Caller } from './apiTypes.ts';
import { Problem } from './problem.ts';
import type { Right } from './routes.ts';

/** How long the application may take to say who is asking, in ms. */
const AUTHORISE_MS = 5000;
const ROLES: readonly unknown[] = ['administrator', 'admin', 'auditor', 'user'];

/**
 * Asks the application who is asking.
 * @throws Problem `unauthorized` if it does not know them; `unavailable` if it fails, takes more than 5 s, or answers
 *   something else
 */
export async function callerOf(authorise: () => unknown): Promise<Caller> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(unavailable('The application took too long to say who is asking. Try again later.'));
    }, AUTHORISE_MS);
  });
  let answer: unknown;
  try {
    const given = new Promise((resolve) => {
      resolve(authorise());
    });
    answer = await Promise.race([given, late]);
  } catch (error) {
    throw error instanceof Problem
      ? error
      : unavailable('The application could not say who is asking. Try again later.');
  } finally {
    clearTimeout(timer);
  }
  if (answer === undefined || answer === null || answer === false)
    throw new Problem('unauthorized', 'Sign in first.', { headers: { 'www-authenticate': 'Bearer' } });
  if (!isCaller(answer))
    throw unavailable('The application did not say who is asking: user, role and workspaces are needed.');
  return answer;
}

function unavailable(detail: string): Problem {
  return new Problem('unavailable', detail);
}

function isCaller(value: unknown): value is Caller {
  const { user, role, workspaces, categories } = value as Partial<Record<keyof Caller, unknown>>;
  return (
    typeof user === 'string' &&
    ROLES.includes(role) &&
    isTexts(workspaces) &&
    (categories === undefined || isTexts(categories))
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

const levels: Readonly<Record<Caller['role'] | Right, number>> = {
  any: 0,
  user: 1,
  auditor: 2,
  administrator: 3,
  admin: 3,
};

export function mayDo(caller: Caller, right: Right): boolean {
  return levels[caller.role] >= levels[right];
}
