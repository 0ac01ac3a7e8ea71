/**
 * A process that sends requests as fast as the server answers, over 20 connections: `httpLoad.ts PORT SECONDS [PATH]`.
 */
import autocannon from 'autocannon';

export interface LoadReport {
  /** The number of answers, and the average per second. */
  readonly answers: number;
  readonly perSecond: number;
  readonly failures: number;
}

const [port = '', seconds = '', path = '/api/orders/1234?page=2'] = process.argv.slice(2);
const result = await autocannon({
  url: `http://127.0.0.1:${port}${path}`,
  connections: 20,
  duration: Number(seconds),
  headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) bench', accept: 'application/json' },
});
const { '2xx': answers, non2xx, errors, duration } = result;
process.send?.({ answers, perSecond: answers / duration, failures: non2xx + errors } satisfies LoadReport);
