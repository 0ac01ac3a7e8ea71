/** Credentials in URLs: `scheme://user:password@host` keeps the user and the host. */
import { endOfRun, isBlank, isLetterOrDigit, isQuote, tokenCharacters } from '../maskCharacters.ts';
import { MASK, type MaskScan } from '../maskScan.ts';

const pathCharacters = tokenCharacters.slice();
pathCharacters[47] = 1;

/** Addresses that are secrets themselves: anyone who knows one can post to it. */
const webhook =
  /hooks\.slack\.com\/(?:services|workflows|triggers)\/|(?:ptb\.|canary\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d+\//iy;

/** `at` is the colon of `://`. */
export function scanUrl(scan: MaskScan, at: number, to: number): number {
  const { text } = scan;
  if (at === 0 || !isLetterOrDigit(text.charCodeAt(at - 1))) return -1;
  const start = at + 3;
  webhook.lastIndex = start;
  if (webhook.test(text)) return maskPath(scan, webhook.lastIndex, to);
  let colon = -1;
  let sign = -1;
  let end = start;
  for (; end < to; end += 1) {
    const code = text.charCodeAt(end);
    if (code === 58 && colon < 0) colon = end;
    else if (code === 64) sign = end;
    else if (code === 47 || code === 63 || code === 35 || isBlank(code)) break;
    else if (code === 34 || code === 60 || code === 62) break;
  }
  if (sign < 0 && colon >= 0 && !isPort(text, colon + 1, end)) {
    // The password has a slash in it, which should have been encoded, or the text was cut off before the @.
    sign = farSign(scan, end, to);
    if (sign < 0 && end === to && end > colon + 1) sign = to;
  }
  if (sign < 0) return start;
  if (colon >= 0 && colon < sign) {
    if (isTokenUser(text, start, colon, sign)) scan.replace(start, colon);
    scan.replace(colon + 1, sign);
  } else if (looksLikeToken(text, start, sign)) scan.replace(start, sign, MASK);
  else return start;
  return sign;
}

function maskPath(scan: MaskScan, from: number, to: number): number {
  let end = endOfRun(scan.text, pathCharacters, from, to);
  if (end > from && scan.text.charCodeAt(end - 1) === 47) end -= 1;
  scan.replace(from, end);
  return end;
}

/** `https://TOKEN:x-oauth-basic@github.com`: the token is in the place of the user's name. */
function isTokenUser(text: string, start: number, colon: number, sign: number): boolean {
  if (sign - colon === 14 && text.startsWith('x-oauth-basic', colon + 1)) return true;
  if (colon - start < 16 || colon - start > 256) return false;
  return /\d/.test(text.slice(start, colon)) && endOfRun(text, tokenCharacters, start, colon) === colon;
}

/** The @ after `from`, if no blank and no quote lies between; else -1. */
function farSign(scan: MaskScan, from: number, to: number): number {
  const sign = scan.next('@', from);
  if (sign >= to || sign - from > 512) return -1;
  for (let at = from; at < sign; at += 1) {
    const code = scan.text.charCodeAt(at);
    if (isBlank(code) || isQuote(code)) return -1;
  }
  return sign;
}

/** A port, and what may follow it before a blank. */
const LONGEST_PORT = 64;

function isPort(text: string, from: number, to: number): boolean {
  if (to - from > LONGEST_PORT) return false;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) continue;
    // What encloses an address or follows it in a list.
    return at > from && !isLetterOrDigit(code) && /^[\],).;|}'`*!\\][^@]*$/.test(text.slice(at, to));
  }
  return true;
}

/** `git@github.com` and `bob@host` name a user; a token is longer or has digits. */
function looksLikeToken(text: string, from: number, to: number): boolean {
  // `spark://CoarseGrainedScheduler@node` has a name of words.
  if (/^(?:[A-Z]?[a-z]{2,}[-_.]?)+$/.test(text.slice(from, Math.min(to, from + 64)))) return false;
  // An e-mail address as the user's name.
  if (
    /^[^%@]{1,64}(?:%40|@)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}$/.test(text.slice(from, Math.min(to, from + 320)))
  )
    return false;
  return to - from >= 16 || (to - from >= 8 && /\d/.test(text.slice(from, to)));
}
