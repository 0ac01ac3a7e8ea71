import type { Masker } from '../../masking/masker.ts';
import type { LineFields, RequestIds } from './sessionLog.ts';

/**
 * Makes a line of `logs.jsonl` (FORMATS §2), masked and with its line end. Never throws, even for invalid arguments.
 * @param at ms since 1970; a value that is not a valid time is replaced by the current time
 */
export type LineMaker = (at: number, level: string, message: string, fields?: LineFields) => string;

/** The keys that every line has. Further fields cannot use these keys. Only `exception` may be missing. */
const own: ReadonlySet<string> = new Set([
  ...['ts', 'level', 'logger', 'request_id', 'user_id', 'session_id', 'chat_id', 'message_id', 'event_type'],
  ...['module', 'func', 'lineno', 'exception', 'message'],
]);

const USUAL_LEVEL = 'INFO';
const NO_FIELDS: LineFields = {};

/**
 * Makes the lines of one session log: the keys of FORMATS §2 in their order, then further fields. An id that is not
 * given is null. `module` and `func` are empty and `lineno` is 0 if the caller does not give them, so that all lines
 * have the same keys.
 */
export function lineMaker(ids: RequestIds, masker: Masker): LineMaker {
  const id = (value: unknown): string =>
    typeof value === 'string' && value !== '' ? masker.literal(value) : 'null';
  const idPart = [
    `,"request_id":${id(ids.requestId)},"user_id":${id(ids.userId)},"session_id":${id(ids.sessionId)}`,
    `,"chat_id":${id(ids.chatId)},"message_id":${id(ids.messageId)},"event_type":`,
  ].join('');

  return (at, level, message, fields = NO_FIELDS) => {
    const head = `{"ts":"${timeOf(at)}","level":`;
    try {
      masker.beginEntry();
      const text = (value: unknown, usual: string): string =>
        masker.literal(typeof value === 'string' && value !== '' ? value : usual);
      const read = (key: string): unknown => quietly(() => fields[key]);
      const line = read('lineno');
      const exception = exceptionText(read('exception'), masker);
      const rest = [
        `${text(levelOf(level, masker), USUAL_LEVEL)},"logger":${text(read('logger'), 'app')}${idPart}`,
        `${text(read('event_type'), 'log')},"module":${text(read('module'), '')},"func":${text(read('func'), '')}`,
        `,"lineno":${Number.isSafeInteger(line) ? masker.json(line) : '0'}`,
        exception === undefined ? '' : `,"exception":{"text":${masker.literal(exception)}}`,
        `,"message":${masker.literal(textOf(message, masker))}${furtherFields(fields, masker)}}\n`,
      ].join('');
      return head + (masker.endEntry()?.(rest) ?? rest);
    } catch {
      // The line is too long for a string, or the values cannot be read.
      masker.endEntry();
      return `${head}"ERROR","logger":"app"${idPart}"log","module":"","func":"","lineno":0,"message":"[Not readable]"}\n`;
    }
  };
}

function timeOf(at: number): string {
  const time = new Date(Number.isFinite(at) ? at : NaN);
  return (Number.isNaN(time.getTime()) ? new Date() : time).toISOString();
}

/** Masks the level before it becomes upper case, because a known secret only matches as it was given. */
function levelOf(level: unknown, masker: Masker): unknown {
  return typeof level === 'string' ? masker.text(level.trim()).toUpperCase() : undefined;
}

function textOf(value: unknown, masker: Masker): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  return isError(value) ? (stackOf(value) ?? '') : masker.json(value);
}

function exceptionText(value: unknown, masker: Masker): string | undefined {
  if (value === undefined || value === null || value === false || value === '') return undefined;
  return textOf(value, masker);
}

function isError(value: unknown): value is Error {
  return quietly(() => value instanceof Error) === true;
}

function stackOf(error: Error): string | undefined {
  for (const read of [() => error.stack, () => error.message]) {
    const text: unknown = quietly(read);
    if (typeof text === 'string' && text !== '') return text;
  }
  return undefined;
}

/** Returns `,"key":value` for each further field. A value that cannot be read is left out. */
function furtherFields(fields: LineFields, masker: Masker): string {
  let pairs = '';
  const keys = quietly(() => Object.keys(fields)) ?? [];
  for (const key of keys) {
    if (own.has(key)) continue;
    const value = quietly(() => fields[key]);
    // A function named `toJSON` would replace the whole object when it is written as JSON.
    if (value === undefined || typeof value === 'function') continue;
    // The key is passed along, because the name of the key decides whether its value is masked.
    const pair = masker.json({ [key]: value });
    if (pair === '{}') continue;
    pairs += pair.startsWith('{') ? `,${pair.slice(1, -1)}` : `,${masker.literal(key)}:${pair}`;
  }
  return pairs;
}

/** Reads a value that the caller handed over. Reading it may throw; then the result is undefined. */
function quietly<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
