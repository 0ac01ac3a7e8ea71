/**
 * Headers as they came over the wire, names and values in turn (`IncomingMessage.rawHeaders`). Unlike the joined ones
 * of `headers`, they show which headers occur twice, and no handler has changed them.
 */
export type RawHeaders = readonly string[];

/** The value of the first header with a name. The name must be in lower case. */
export function firstHeader(headers: RawHeaders, name: string): string | undefined {
  const { length } = name;
  for (let index = 0; index < headers.length; index += 2) {
    const key = headers[index];
    // The lengths are compared first, so that hardly any name is converted to lower case.
    if (key?.length === length && key.toLowerCase() === name) return headers[index + 1];
  }
  return undefined;
}

/** The values of all headers with a name, in their order. The name must be in lower case. */
export function allHeaders(headers: RawHeaders, name: string): string[] {
  return headers.filter((_, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name);
}
