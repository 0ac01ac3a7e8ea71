import type { Chance } from './chance.ts';
import { requestOf } from './requests.ts';
import { iso } from './scene.ts';

/** Makes a line, without its end. */
export type Line = (chance: Chance, time: number) => string;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const happenings = [
  'invoice sent',
  'queue is empty',
  'retrying after a timeout',
  'customer not found',
  'cache refreshed',
  'payment provider answered slowly',
] as const;

/** The combined format of nginx and Apache. */
export const combinedLine: Line = (chance, time) => {
  const { ip, method, path, status, user_agent: agent } = requestOf(chance);
  const [date = '', clock = ''] = iso(time).split(/[T.]/);
  const [year = '', month = '', dayOfMonth = ''] = date.split('-');
  const when = `${dayOfMonth}/${months[Number(month) - 1] ?? ''}/${year}:${clock} +0000`;
  const request = `${String(method)} ${String(path)} HTTP/1.1`;
  return `${String(ip)} - - [${when}] "${request}" ${String(status)} ${chance.whole(120, 90_000)} "-" "${String(agent)}"`;
};

/** JSON with a numeric level and the time in ms, as pino and bunyan write. */
export const pinoLine: Line = (chance, time) =>
  JSON.stringify({
    level: chance.pick([20, 30, 30, 30, 30, 40, 50] as const),
    time,
    pid: 4711,
    hostname: 'gateway-0',
    reqId: chance.uuid(),
    responseTime: chance.mostlyShort(40),
    msg: chance.pick(happenings),
  });

/** Plain text; now and then an error with its stack on lines of its own. */
export const applicationText: Line = (chance, time) => {
  const when = iso(time).replace('T', ' ').replace('Z', '');
  if (!chance.happens(0.01)) {
    return `${when} | ${chance.pick(['INFO    ', 'INFO    ', 'DEBUG   ', 'WARNING '] as const)} | ${chance.pick(happenings)}`;
  }
  const stack = '\n    at send (/srv/app/mail.js:42:11)\n    at run (/srv/app/queue.js:17:5)';
  return `${when} | ERROR    | Error: connection refused${stack}`;
};
