import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodySample } from './bodySample.ts';
import { firstHeader } from './rawHeaders.ts';

/**
 * Looks at a request's body as it comes in, and changes nothing of its flow: whoever reads it decides when, and a body
 * that nobody reads stays where it is.
 * @returns undefined where there is no body
 */
export function tapRequest(request: IncomingMessage, limit: number): BodySample | undefined {
  const { rawHeaders } = request;
  const hasBody =
    firstHeader(rawHeaders, 'transfer-encoding') !== undefined ||
    (firstHeader(rawHeaders, 'content-length') ?? '0') !== '0';
  if (!hasBody) return undefined;
  const sample = new BodySample(limit);
  sample.isLate = request.readableDidRead || request.readableLength > 0 || request.readableEnded;
  const push = request.push.bind(request);
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    quietly(() => {
      if (chunk === null) sample.isComplete = true;
      else sample.add(chunk, encoding);
    });
    return push(chunk, encoding);
  };
  return sample;
}

/** Looks at a response's body as the handler writes it. */
export function tapResponse(response: ServerResponse, limit: number): BodySample {
  const sample = new BodySample(limit);
  const { write, end } = response;
  let isEnding = false;
  response.write = function (this: ServerResponse, ...words: unknown[]) {
    // What comes after the end is refused, and an end that writes through here has been looked at already.
    const isTaken = !isEnding && !this.writableEnded;
    const result: unknown = Reflect.apply(write, this, words);
    if (isTaken) quietly(() => { sample.add(words[0], words[1]); });
    return result;
  } as typeof write;
  response.end = function (this: ServerResponse, ...words: unknown[]) {
    const isTaken = !isEnding && !this.writableEnded;
    isEnding = true;
    try {
      const result: unknown = Reflect.apply(end, this, words);
      if (isTaken) quietly(() => { sample.add(words[0], words[1]); });
      return result;
    } finally {
      isEnding = false;
    }
  } as typeof end;
  sample.isComplete = true;
  return sample;
}

/** Looking on must never harm what is looked at. */
function quietly(look: () => void): void {
  try {
    look();
  } catch {
    // The entry goes without this piece.
  }
}
