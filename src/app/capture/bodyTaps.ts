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
  // What a handler did not write is not missing.
  sample.isComplete = true;
  const write = response.write.bind(response);
  const end = response.end.bind(response);

  /** Calls on with the very words; looks at the chunk unless it is refused, as everything is after the end. */
  function through(method: (...words: never) => unknown, words: readonly unknown[]): unknown {
    const isTaken = !response.writableEnded;
    const result: unknown = Reflect.apply(method, response, words);
    if (isTaken)
      quietly(() => {
        sample.add(words[0], words[1]);
      });
    return result;
  }
  response.write = ((...words: unknown[]) => through(write, words)) as typeof response.write;
  response.end = ((...words: unknown[]) => through(end, words)) as typeof response.end;
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
