import { Problem } from './problem.ts';

/** The longest body of a request, in bytes. */
const BODY_BYTES = 1_048_576;
const DEPTH = 64;

/**
 * The JSON of a request's body; undefined for an empty one. A form of another site cannot send `application/json`, so
 * no other type is taken.
 * @throws Problem `unsupported`, `too-large`, `invalid`
 */
export async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request);
  if (text === '') return undefined;
  if (depthOf(text) > DEPTH)
    throw new Problem('invalid', `The body is nested deeper than ${String(DEPTH)} levels.`, { status: 400 });
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Problem('invalid', 'The body is no JSON.', { status: 400 });
  }
}

/** @throws Problem `unsupported` */
export function requireJsonType(request: Request): void {
  const type = request.headers.get('content-type');
  if (type !== null && /^application\/json\s*(;|$)/i.test(type.trim())) return;
  throw new Problem('unsupported', 'Send this as application/json.');
}

async function readText(request: Request): Promise<string> {
  const length = request.headers.get('content-length');
  if (length !== null && Number(length) > BODY_BYTES) throw tooLarge();
  if (request.body === null) return '';
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of request.body as AsyncIterable<Uint8Array>) {
      bytes += piece.length;
      if (bytes > BODY_BYTES) throw tooLarge();
      pieces.push(piece);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('invalid', 'The body ended early, or is no UTF-8.', { status: 400 });
  }
}

function tooLarge(): Problem {
  return new Problem('too-large', `A body may have ${String(BODY_BYTES)} bytes.`);
}

/** How deep the brackets of a text nest, outside its strings. JSON.parse would take the depth from the stack. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isInString) {
      if (character === '\\') at += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, (depth += 1));
    else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}
