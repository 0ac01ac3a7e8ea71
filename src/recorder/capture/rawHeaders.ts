/**
 * Headers as they came over the wire, names and values in turn (`IncomingMessage.rawHeaders`): unlike the joined ones of
 * `headers` they tell which are there twice, and no handler has changed them.
 */
export type RawHeaders = readonly string[];

/** The first header of a name, which is given in lower case. */
export function firstHeader(headers: RawHeaders, name: string): string | undefined {
  const { length } = name;
  for (let index = 0; index < headers.length; index += 2) {
    const key = headers[index];
    // Comparing lengths first, so that hardly any name is lowered.
    if (key?.length === length && key.toLowerCase() === name) return headers[index + 1];
  }
  return undefined;
}

/** All headers of a name, in their order. */
export function allHeaders(headers: RawHeaders, name: string): string[] {
  return headers.filter((_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name);
}
