/** Where an object or an array in text ends. */

/** The end of the value that opens at `from`, strings skipped; `to` where it stays open. */
export function endOfBalanced(text: string, from: number, to: number): number {
  let depth = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 123 || code === 91) depth += 1;
    else if (code === 125 || code === 93) {
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (code === 34) at = endOfString(text, at, to);
  }
  return to;
}

/** The closing quote of the string that opens at `at`, whatever its level of escaping; `to` where it stays open. */
function endOfString(text: string, at: number, to: number): number {
  let slashes = 0;
  while (at - slashes > 0 && slashes < 64 && text.charCodeAt(at - slashes - 1) === 92) slashes += 1;
  const period = 2 * (slashes + 1);
  let run = 0;
  for (let next = at + 1; next < to; next += 1) {
    const code = text.charCodeAt(next);
    if (code === 92) run += 1;
    else {
      if (code === 34 && run % period === slashes) return next;
      run = 0;
    }
  }
  return to;
}
