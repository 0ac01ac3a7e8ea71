import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { Failure } from '../../base/failure.ts';
import type { Environment } from '../../base/job.ts';
import { isOpenToOthers, whileOpen } from '../../files/safeOpen.ts';
import type { ConnectionSource } from '../store.ts';
import { outageOf } from './outage.ts';

export interface Patience {
  /** How long a connection may take, in ms. */
  readonly connectMs: number;
  /** How long the answer to a statement may take, in ms. */
  readonly answerMs: number;
  /** The longest wait before a statement is tried again, in ms. */
  readonly longestWaitMs: number;
}

export const usualPatience: Patience = { connectMs: 5000, answerMs: 10_000, longestWaitMs: 100 };

/** A chain of connections: appends, a reader, and the sequencer. */
const MOST_CONNECTIONS = 4;

/** A statement as pg takes it; without values it may be several. */
interface Statement {
  readonly text: string;
  /** The server keeps what it made of the text under this name, for as long as the connection lasts. */
  readonly name?: string;
  /** Rows are lists, in the order of the columns. */
  readonly rowMode?: 'array';
  /** How long the answer may take, in ms, where that is not the usual time. */
  readonly query_timeout?: number;
}

interface Answer<T> {
  /** The rows of all statements. */
  readonly rows: readonly T[];
  /** A connection was lost on the way, so the statement may have been done twice. */
  readonly isRepeated: boolean;
}

/** Statements for one database. Each is a transaction of its own, so a lost connection leaves none open. */
export interface Database {
  /** What the database is called in messages: never its address, which may hold a password. */
  readonly name: string;
  /** @throws Failure `audit-database`, `audit-damaged` */
  run<T>(statement: string | Statement, values?: readonly unknown[]): Promise<Answer<T>>;
  close(): void;
}

/** @throws Failure `audit-database`, those of a file that cannot be read */
export async function openDatabase(
  source: ConnectionSource,
  environment: Environment,
  patience: Patience,
): Promise<Database> {
  const name = nameOf(source);
  const connectionString = connectionStringOf(source, environment);
  let pool: Pool;
  try {
    const { default: pg } = await import('pg');
    // All numbers of a trail are safe integers; pg makes texts of 64 bits.
    const types = new pg.TypeOverrides();
    types.setTypeParser(pg.types.builtins.INT8, Number);
    pool = new pg.Pool({
      connectionString,
      application_name: 'workspace-logs',
      max: MOST_CONNECTIONS,
      allowExitOnIdle: true,
      keepAlive: true,
      connectionTimeoutMillis: patience.connectMs,
      types,
    });
  } catch (error) {
    throw failureOf(error, name);
  }
  pool.on('error', ignore);
  let isClosed = false;
  return {
    name,
    async run(statement: string | Statement, values: readonly unknown[] = []): Promise<Answer<never>> {
      let isRepeated = false;
      for (let tries = 1; ; tries += 1) {
        try {
          return { rows: await attempt<never>(pool, statement, values, patience.answerMs), isRepeated };
        } catch (error) {
          const { tries: most, why } = outageOf(error);
          if (tries >= most || isClosed) throw failureOf(error, name);
          isRepeated ||= why === 'unreachable';
          await sleep(Math.random() * Math.min(patience.longestWaitMs, 2 ** tries));
        }
      }
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      void pool.end();
    },
  };
}

async function attempt<T>(
  pool: Pool,
  statement: string | Statement,
  values: readonly unknown[],
  answerMs: number,
): Promise<readonly T[]> {
  const config = {
    ...(typeof statement === 'string' ? { text: statement } : statement),
    query_timeout: answerMs,
  };
  const client = await pool.connect();
  let isUsable = false;
  // A connection that breaks says so here, too; without a listener that would end the process.
  client.on('error', ignore);
  try {
    const answer: unknown = await client.query(
      values.length === 0 ? config : { ...config, values: [...values] },
    );
    isUsable = true;
    return [answer].flat().flatMap((one) => (one as { rows: T[] }).rows);
  } catch (error) {
    // Where one of several statements is refused, their transaction is still open.
    isUsable = values.length > 0 && (error as { severity?: unknown }).severity === 'ERROR';
    throw error;
  } finally {
    client.off('error', ignore);
    client.release(!isUsable);
  }
}

function ignore(): void {
  // The statement fails as well, or the pool opens another connection.
}

/** Neither the error's message nor the error itself goes on: both may hold the address, and so the password. */
function failureOf(error: unknown, name: string): Failure {
  const { why, code } = outageOf(error);
  if (why === 'damaged') return new Failure('audit-damaged', { path: name, detail: code });
  return new Failure('audit-database', { name, why, code });
}

/** What a database is called in messages. */
export function nameOf(source: ConnectionSource): string {
  if ('env' in source) return source.env;
  return 'file' in source ? source.file : 'PostgreSQL';
}

function connectionStringOf(source: ConnectionSource, environment: Environment): string {
  const text = textOf(source, environment).trim();
  if (/^postgres(ql)?:\/\//.test(text)) return text;
  throw new Failure('audit-database', { name: nameOf(source), why: 'address', code: '' });
}

function textOf(source: ConnectionSource, environment: Environment): string {
  if ('connectionString' in source) return source.connectionString;
  if ('env' in source) return environment[source.env] ?? '';
  const { file } = source;
  return whileOpen(file, (descriptor, stats) => {
    if (isOpenToOthers(stats))
      throw new Failure('audit-database', { name: file, why: 'open-to-others', code: '' });
    return readFileSync(descriptor, 'utf8');
  });
}
