const LINE_END = 0x0a;
const PIECE_CHARACTERS = 1_048_576;

/**
 * Makes the text of `logs.txt` from the text of `logs.jsonl`. A record is
 * `2026-01-31 12:00:00,000 [LEVEL] [user=ID] message` in local time, followed by the text of the exception. It may span
 * several lines. Control characters other than line ends and tabs are made visible. A line that is not a JSON object is
 * not formatted as a record.
 */
export function textLog(lines: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let text = '';
  for (let start = 0; start < lines.length;) {
    const newline = lines.indexOf(LINE_END, start);
    const end = newline === -1 ? lines.length : newline;
    text += `${recordOf(lines.toString('utf8', start, end))}\n`;
    start = end + 1;
    if (text.length < PIECE_CHARACTERS && start < lines.length) continue;
    pieces.push(Buffer.from(text));
    text = '';
  }
  return Buffer.concat(pieces);
}

function recordOf(line: string): string {
  const value = parse(line);
  if (value === undefined) return visible(line);
  const { ts, level, user_id, message, exception } = value;
  const head = `${localTime(ts)} [${word(level)}] [user=${word(user_id)}] ${visible(textOf(message))}`;
  const { text } = (exception ?? {}) as { text?: unknown };
  return typeof text === 'string' && text !== '' ? `${head}\n${visible(text)}` : head;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function localTime(ts: unknown): string {
  const time = new Date(typeof ts === 'string' ? ts : Number.NaN);
  if (Number.isNaN(time.getTime())) return '-';
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = [String(time.getFullYear()).padStart(4, '0'), two(time.getMonth() + 1), two(time.getDate())];
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two);
  return `${day.join('-')} ${clock.join(':')},${String(time.getMilliseconds()).padStart(3, '0')}`;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value == null ? '' : JSON.stringify(value);
}

/** The text of a value for use inside one line. Line ends and tabs are written as `\n` and `\t`. */
function word(value: unknown): string {
  const text = textOf(value);
  return text === '' ? '-' : visible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/** Characters that a terminal or an editor would obey or take for a line end, except line ends and tabs. */
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function visible(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(hidden, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
