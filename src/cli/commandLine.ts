import { handDown, readAuditEnvironment } from '../policy/auditEnvironment.ts';
import type { Environment } from '../base/job.ts';
import { fromSystemError } from '../base/failure.ts';
import { describe } from '../words/failures.ts';
import { parseArguments } from './arguments.ts';
import { Exit, type Verb } from './verb.ts';
import { isBrokenPipe, print, printError } from './output.ts';
import { usage } from './usage.ts';
import { closeTrails } from '../audit/trail.ts';
import { audit } from './verbs/audit/audit.ts';
import { cat } from './verbs/cat.ts';
import { doctor } from './verbs/doctor.ts';
import { forward } from './verbs/forward.ts';
import { init } from './verbs/init.ts';
import { ls } from './verbs/ls.ts';
import { maintain } from './verbs/maintain.ts';
import { policy } from './verbs/policy.ts';
import { leakReport, pseudonym, rotateKey } from './verbs/privacy.ts';
import { proxy } from './verbs/proxy.ts';
import { query } from './verbs/query.ts';
import { record } from './verbs/record.ts';
import { serve } from './verbs/serve.ts';
import { session } from './verbs/session/session.ts';

const verbs: Readonly<Record<string, Verb>> = {
  init,
  policy,
  ls,
  cat,
  record,
  proxy,
  serve,
  maintain,
  session,
  query,
  audit,
  forward,
  'leak-report': leakReport,
  'rotate-key': rotateKey,
  pseudonym,
  doctor,
};

/** The command line: one verb, one sentence on standard error when something is wrong, and an exit code. */
export async function commandLine(words: readonly string[], environment: Environment): Promise<Exit> {
  try {
    return await run(words, environment);
  } catch (error) {
    if (isBrokenPipe(error)) return Exit.done;
    const failure = fromSystemError(error, '');
    printError(describe(failure));
    if (wrongUsage.has(failure.code)) return Exit.usage;
    return refusals.has(failure.code) ? Exit.refused : Exit.failed;
  } finally {
    await closeTrails();
  }
}

async function run([name, ...rest]: readonly string[], environment: Environment): Promise<Exit> {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    await print(usage);
    return name === undefined ? Exit.usage : Exit.done;
  }
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb === undefined) {
    printError(`There is no verb “${name}”. Verbs: ${Object.keys(verbs).join(', ')}.`);
    return Exit.usage;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    await print(usage);
    return Exit.done;
  }
  return verb.run({ ...parseArguments(rest, verb), environment: handedDownFrom(environment) });
}

/** Failures of what the person wrote. */
const wrongUsage: ReadonlySet<string> = new Set(['usage', 'workspace-id-twice', 'query-invalid']);

/** Failures that refuse what the person asked for, or report a finding. Every other failure is the machine's. */
const refusals: ReadonlySet<string> = new Set([
  'not-managed',
  'policy-damaged',
  'policy-edit-refused',
  'policy-newer',
  'policy-not-a-file',
  'policy-too-large',
  'workspace-not-a-folder',
  'logs-missing',
  'logs-not-a-folder',
  'maintenance-busy',
  'tokens-unusable',
  'targets-unusable',
  'privacy-key-unusable',
  'audit-damaged',
  'audit-newer',
  'audit-tampered',
  'audit-note-invalid',
  'audit-verifier-invalid',
  'audit-no-record',
  'cursor-invalid',
  'file-missing',
  'not-a-regular-file',
  'not-a-log-name',
  'no-such-member',
  'member-needed',
  'archive-damaged',
  'archive-unsupported',
  'log-utf16',
  'password-needed',
  'password-wrong',
  'not-an-archive-place',
  'session-skipped',
  'environment-invalid',
  'ignore-rule-gone',
  'no-repository',
  'git-refused',
  'hook-foreign',
  'cancelled',
]);

/** A verb that needs a wrong variable says so itself. */
function handedDownFrom(environment: Environment): Environment {
  try {
    return handDown(environment, readAuditEnvironment(environment));
  } catch {
    return environment;
  }
}
