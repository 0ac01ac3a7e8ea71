import { gzipSync } from 'node:zlib';
import { applicationText, combinedLine, pinoLine, type Line } from './foreignLines.ts';
import { DAY, MINUTE, day, iso, times, writeLog, writeZip, type Demo } from './scene.ts';

/** Logs that other programs write and rotate by themselves, as FORMATS §5 lists them. */
export async function makeForeignLogs(demo: Demo): Promise<void> {
  await logrotate(demo);
  await loguru(demo);
  await pinoRoll(demo);
  await winston(demo);
  const last = demo.now - MINUTE;
  await writeLog(demo.logs, 'access.log', lines(demo, combinedLine, last - 7 * DAY, last, 8000), last);
}

async function logrotate(demo: Demo): Promise<void> {
  for (const [age, name] of ['worker.log', 'worker.log.1', 'worker.log.2.gz', 'worker.log.3.gz'].entries()) {
    const last = demo.now - age * 7 * DAY - 5 * MINUTE;
    const text = lines(demo, applicationText, last - 7 * DAY, last, 3000);
    await writeLog(demo.logs, name, name.endsWith('.gz') ? gzipSync(text) : text, last);
  }
  const last = midnight(demo.now - 9 * DAY);
  const name = `cron.log-${day(last).replaceAll('-', '')}`;
  await writeLog(demo.logs, name, lines(demo, applicationText, last - DAY, last, 400), last);
}

async function loguru(demo: Demo): Promise<void> {
  const endings = ['', '', '.gz', '.zip'] as const;
  for (const [age, ending] of endings.entries()) {
    const last = age === 0 ? demo.now - 3 * MINUTE : midnight(demo.now - (age - 1) * DAY);
    const name = age === 0 ? 'scheduler.log' : `scheduler.${day(last - DAY)}_00-00-00_000000.log`;
    const text = lines(demo, applicationText, last - DAY, last, 1500);
    if (ending === '.zip') await writeZip(demo.logs, name, text, last);
    else await writeLog(demo.logs, name + ending, ending === '.gz' ? gzipSync(text) : text, last);
  }
}

/** The numbers count up: the program is writing the file with the highest number. */
async function pinoRoll(demo: Demo): Promise<void> {
  for (const number of [1, 2, 3]) {
    const last = demo.now - (3 - number) * 3 * DAY - MINUTE;
    await writeLog(
      demo.logs,
      `gateway.${number}.log`,
      lines(demo, pinoLine, last - 3 * DAY, last, 6000),
      last,
    );
  }
}

async function winston(demo: Demo): Promise<void> {
  for (const age of [0, 1, 2, 3]) {
    const last = age === 0 ? demo.now - 4 * MINUTE : midnight(demo.now - (age - 1) * DAY) - 1000;
    const text = lines(demo, applicationText, midnight(last), last, 1200);
    const name = `web-${day(last)}.log`;
    if (age < 2) await writeLog(demo.logs, name, text, last);
    else await writeLog(demo.logs, `${name}.gz`, gzipSync(text), last);
  }
}

function lines(demo: Demo, line: Line, from: number, to: number, count: number): string {
  return times(demo.chance, from, to, count)
    .map((time) => `${line(demo.chance, time)}\n`)
    .join('');
}

/** The beginning of the UTC day. */
function midnight(time: number): number {
  return Date.parse(`${iso(time).slice(0, 10)}T00:00:00Z`);
}
