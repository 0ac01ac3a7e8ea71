/** YAML's block scalars: `password: |` and the deeper lines below it. */

const blockMark = /^(?:!\S+ )?[|>][+-]?\d?[+-]?\s*$/;

/** The end of the value that starts at `start`: the line's, or its block's. */
export function endOfYamlBlock(
  text: string,
  keyStart: number,
  start: number,
  line: number,
  to: number,
): number {
  if (line - start > 40 || !blockMark.test(text.slice(start, line))) return line;
  let lineStart = keyStart;
  while (lineStart > 0 && keyStart - lineStart < 200 && /[ \t-]/.test(text.charAt(lineStart - 1)))
    lineStart -= 1;
  const indent = keyStart - lineStart;
  let end = line;
  while (end < to) {
    let next = end + 1;
    if (text.charCodeAt(end) === 13 && text.charCodeAt(next) === 10) next += 1;
    let content = next;
    while (content < to && text.charCodeAt(content) === 32) content += 1;
    let stop = content;
    while (stop < to && text.charCodeAt(stop) !== 10 && text.charCodeAt(stop) !== 13) stop += 1;
    if (stop > content && content - next <= indent) break;
    end = stop;
  }
  return end;
}
