import type { IncomingMessage } from 'node:http';
import { plainAddress, clientAddress, trustedProxies } from './trustedProxies.ts';
import { allHeaders, firstHeader, type RawHeaders } from './rawHeaders.ts';
import { randomBytes } from 'node:crypto';

const MOST_CHARACTERS = 256;
const plainName = /^[\x20-\x7e]{1,256}$/;
/** Control, format, private and unassigned characters, and line separators. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}\ufffd]/u;

/**
 * The user name in a header that a trusted proxy set; undefined unless it is one printable name. A header that occurs
 * twice counts as absent: a proxy that adds its header instead of replacing lets the client's own header through.
 * @param header the name of the header in lower case
 */
export function userNameIn(headers: RawHeaders, header: string): string | undefined {
  const values = allHeaders(headers, header);
  const [value] = values;
  if (value === undefined || values.length > 1) return undefined;
  const name = (plainName.test(value) ? value : fromUtf8(value)).trim();
  if (name === '' || name.length > MOST_CHARACTERS || unprintable.test(name)) return undefined;
  return name;
}

/** Node reads headers as Latin-1; proxies write names in UTF-8. */
function fromUtf8(value: string): string {
  const decoded = Buffer.from(value, 'latin1').toString('utf8');
  return decoded.includes('\ufffd') ? value : decoded;
}

const plausible = /^[A-Za-z0-9._:/+=@-]{1,128}$/;

function isPlausibleId(id: unknown): id is string {
  return typeof id === 'string' && plausible.test(id);
}

/** The ids of one process share these 72 random bits. A count follows: it costs less than new random bits each time. */
const prefix = `${randomBytes(9).toString('base64url')}-`;
let count = 0;

/** Makes an id that no other request has. */
function makeRequestId(): string {
  count += 1;
  return prefix + count.toString(36);
}

/**
 * A function of the options. A method's parameter may have a more special type than asked for, so that a function fits
 * whose parameter is annotated with the framework's own type of requests.
 */
export type OfRequest<Request, Result> = {
  ask(request: Request): Result;
}['ask'];

/** How requests are identified and attributed. Without `trustedProxies`, no header about the client is trusted. */
export interface CaptureOptions<Request = IncomingMessage> {
  /** The header in which a trusted proxy names the user. */
  readonly userHeader?: string | undefined;
  /** Addresses and CIDR blocks of the proxies in front of this backend: a list, or separated by commas. */
  readonly trustedProxies?: readonly string[] | string | undefined;
  /**
   * The header that holds the request's id, or a function that returns the id. The default is `x-request-id`. If there
   * is no plausible id, a new one is made.
   */
  readonly requestId?: string | OfRequest<Request, string | undefined> | undefined;
  /**
   * Returns the `workspace_id` of a request's line when the response is closed. If absent, it is the recorder's
   * workspace. The line stays in the recorder's log: `recorderOf` chooses the log.
   */
  readonly workspaceOf?: OfRequest<Request, string | undefined> | undefined;
}

const names: ReadonlySet<string> = new Set<keyof CaptureOptions>([
  'userHeader',
  'trustedProxies',
  'requestId',
  'workspaceOf',
]);
const headerName = /^[!#$%&'*+.^_`|~A-Za-z0-9-]+$/;

/** @throws TypeError that says what is wrong; `trustedProxies` is checked where it is parsed */
export function checkCaptureOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw new TypeError('The options must be an object.');
  const unknown = Object.keys(options).find((key) => !names.has(key));
  if (unknown !== undefined)
    throw new TypeError(`There is no option “${unknown}”. Options: ${[...names].join(', ')}.`);
  const { userHeader, requestId, workspaceOf } = options as Record<string, unknown>;
  if (userHeader !== undefined && !isHeaderName(userHeader))
    throw new TypeError('userHeader must be the name of a header.');
  if (requestId !== undefined && typeof requestId !== 'function' && !isHeaderName(requestId))
    throw new TypeError('requestId must be the name of a header or a function.');
  if (workspaceOf !== undefined && typeof workspaceOf !== 'function')
    throw new TypeError('workspaceOf must be a function.');
}

function isHeaderName(value: unknown): boolean {
  return typeof value === 'string' && headerName.test(value);
}

/** The fields of an entry about the client. The names are those of the entry. */
interface RequestFacts {
  readonly user: string;
  readonly ip: string | undefined;
  readonly request_id: string;
  readonly user_agent: string | undefined;
  readonly workspace_id: string | undefined;
}

/**
 * @param peer the address of the socket's other end, read while it was open; undefined for local sockets
 * @param subject the argument of the functions in the options
 */
export type ReadFacts<Request> = (
  request: IncomingMessage,
  peer: string | undefined,
  subject: Request,
) => RequestFacts;

const ANONYMOUS = 'anonymous';

/** @throws TypeError if a proxy is not an address */
export function requestFacts<Request>(options: CaptureOptions<Request>): ReadFacts<Request> {
  const isTrusted = trustedProxies(options.trustedProxies);
  const userHeader = options.userHeader?.toLowerCase();
  const { requestId = 'x-request-id', workspaceOf } = options;
  const idOf =
    typeof requestId === 'function'
      ? (_headers: RawHeaders, subject: Request) => answerOf(requestId, subject)
      : headerReader(requestId);

  return ({ rawHeaders }, peer, subject) => {
    let ip = peer === undefined ? undefined : plainAddress(peer);
    let user = ANONYMOUS;
    if (ip !== undefined && isTrusted?.(ip) === true) {
      if (userHeader !== undefined) user = userNameIn(rawHeaders, userHeader) ?? ANONYMOUS;
      ip = clientAddress(ip, allHeaders(rawHeaders, 'x-forwarded-for'), isTrusted);
    }
    const id = idOf(rawHeaders, subject);
    return {
      user,
      ip,
      request_id: isPlausibleId(id) ? id : makeRequestId(),
      user_agent: firstHeader(rawHeaders, 'user-agent'),
      workspace_id: workspaceOf === undefined ? undefined : answerOf(workspaceOf, subject),
    };
  };
}

function headerReader(header: string): (headers: RawHeaders) => string | undefined {
  const name = header.toLowerCase();
  return (headers) => firstHeader(headers, name);
}

/** The result of a function of the options; undefined if it throws. */
function answerOf<Request>(
  ask: (request: Request) => string | undefined,
  request: Request,
): string | undefined {
  try {
    return ask(request);
  } catch {
    return undefined;
  }
}
