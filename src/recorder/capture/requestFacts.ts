import type { IncomingMessage } from 'node:http';
import { plainAddress } from './address.ts';
import type { CaptureOptions } from './captureOptions.ts';
import { clientAddress } from './clientAddress.ts';
import { allHeaders, firstHeader } from './rawHeaders.ts';
import type { RawHeaders } from './rawHeaders.ts';
import { isPlausibleId, makeRequestId } from './requestId.ts';
import { trustedProxies } from './trustedProxies.ts';
import { userNameIn } from './userName.ts';

/** What an entry says about who asked; the names are those of the entry. */
interface RequestFacts {
  readonly user: string;
  readonly ip: string | undefined;
  readonly request_id: string;
  readonly user_agent: string | undefined;
  readonly workspace_id: string | undefined;
}

/**
 * @param peer the address of the socket's other end, read while it was open; undefined for local sockets
 * @param subject what the options' functions are given
 */
export type ReadFacts<Request> = (
  request: IncomingMessage,
  peer: string | undefined,
  subject: Request,
) => RequestFacts;

const ANONYMOUS = 'anonymous';

/** @throws TypeError for proxies that are no addresses */
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

/** What a function of the options says; one that throws says nothing. */
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
