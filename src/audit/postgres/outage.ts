import type { DatabaseOutage } from '../../base/failure.ts';

/** What an error of a database means, and how often the statement is tried in all. */
export interface Outage {
  readonly why: DatabaseOutage | 'damaged';
  /** The SQLSTATE, or the system's code: both are constants, and so hold no secret. Empty without one. */
  readonly code: string;
  readonly tries: number;
}

/** Clusters answer 40001 for as long as others write to the same rows. */
const TRIES_OF_CONFLICTS = 200;
/** The connection may be an old one, from before the server restarted. */
const TRIES_OF_CONNECTIONS = 5;

/** By SQLSTATE, PostgreSQL's appendix A: the whole code, else its class. */
const states: Readonly<Record<string, DatabaseOutage | 'damaged'>> = {
  '08': 'unreachable',
  '25006': 'rights',
  '28': 'login',
  '3D000': 'login',
  '40001': 'conflicts',
  '40P01': 'conflicts',
  '42501': 'rights',
  '42703': 'foreign',
  '42804': 'foreign',
  '42883': 'foreign',
  '42P01': 'foreign',
  '42P07': 'foreign',
  '55P03': 'timeout',
  '57014': 'timeout',
  '57P01': 'unreachable',
  '57P02': 'unreachable',
  '57P03': 'unreachable',
  XX001: 'damaged',
  XX002: 'damaged',
};

export function outageOf(error: unknown): Outage {
  const { code: given, severity, syscall, name, message } = error as Partial<Record<string, unknown>>;
  const code = typeof given === 'string' ? given : '';
  const why =
    severity === undefined
      ? ofConnection(code, String(syscall), `${String(name)}: ${String(message)}`)
      : (states[code] ?? states[code.slice(0, 2)] ?? 'refused');
  return { why, code, tries: triesOf[why] ?? 1 };
}

const triesOf: Partial<Record<Outage['why'], number>> = {
  conflicts: TRIES_OF_CONFLICTS,
  unreachable: TRIES_OF_CONNECTIONS,
};

/** Errors of pg and of Node.js; those of pg itself have no code. */
function ofConnection(code: string, syscall: string, message: string): DatabaseOutage {
  if (code === 'ERR_MODULE_NOT_FOUND') return 'package';
  // A certificate that the address names may be missing, too.
  if (code === 'ERR_INVALID_URL' || syscall === 'open' || message.startsWith('URIError')) return 'address';
  if (/time(d )?out/i.test(message)) return 'timeout';
  return /\bSASL\b|password/i.test(message) ? 'login' : 'unreachable';
}
