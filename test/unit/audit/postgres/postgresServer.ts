import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';

/** Debian's PostgreSQL in a folder, and as a user, of its own. Its owner's password is made at each start. */
export class PostgresServer {
  readonly #folder: string;
  readonly #password = randomBytes(12).toString('hex');
  #process: ChildProcess | undefined;
  #schemas = 0;

  readonly #isDurable: boolean;

  private constructor(isDurable: boolean) {
    this.#isDurable = isDurable;
    // Its user has to come in, and the path of a socket is short.
    this.#folder = mkdtempSync('/tmp/workspace-logs-postgres-');
  }

  /** @param isDurable whether each commit is synced, which tests do without */
  static async start({ isDurable = false } = {}): Promise<PostgresServer> {
    const server = new PostgresServer(isDurable);
    const passwordFile = join(server.#folder, 'password');
    writeFileSync(passwordFile, server.#password);
    chmodSync(server.#folder, 0o755);
    const { uid, gid } = server.#user();
    if (uid !== undefined && gid !== undefined)
      for (const path of [server.#folder, passwordFile]) chownSync(path, uid, gid);
    const words = ['-D', server.#data, '-U', 'owner', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    execFileSync(program('initdb'), [...words, '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'], {
      cwd: server.#folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      ...server.#user(),
    });
    await server.run();
    return server;
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  /** PostgreSQL refuses to run as root. */
  #user(): { readonly uid?: number; readonly gid?: number } {
    if (process.getuid?.() !== 0) return {};
    const idOf = (option: string): number =>
      Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
    return { uid: idOf('-u'), gid: idOf('-g') };
  }

  /** Starts the server that was stopped. */
  async run(): Promise<void> {
    const words = ['-D', this.#data, '-k', this.#folder, '-c', 'listen_addresses='];
    if (!this.#isDurable) words.push('-F');
    const started = spawn(program('postgres'), words, {
      cwd: this.#folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { LC_ALL: 'C' },
      ...this.#user(),
    });
    this.#process = started;
    const said: string[] = [];
    for await (const line of createInterface(started.stderr)) {
      said.push(line);
      if (!line.includes('ready to accept connections')) continue;
      started.stderr.resume();
      return;
    }
    throw new Error(`PostgreSQL did not start:\n${said.join('\n')}`);
  }

  /** Ends all connections at once, as a restart does. */
  async stop(): Promise<void> {
    const running = this.#process;
    if (running === undefined) return;
    this.#process = undefined;
    running.stderr?.resume();
    const ended = once(running, 'exit');
    running.kill('SIGINT');
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** An empty schema of its own, for one test. */
  async schema(): Promise<string> {
    this.#schemas += 1;
    const name = `test_${String(this.#schemas)}`;
    await this.query('public', `CREATE SCHEMA ${name}`);
    return name;
  }

  /** @param socket the folder of another socket, see `throughProxy` */
  url(
    schema: string,
    { user = 'owner', password = this.#password, database = 'postgres', socket = this.#folder } = {},
  ): string {
    const search = new URLSearchParams({ host: socket, options: `-c search_path=${schema}` });
    return `postgresql://${user}:${password}@localhost/${database}?${search.toString()}`;
  }

  /** Runs statements as the owner. @returns the rows of a single one */
  async query(schema: string, statements: string, values?: unknown[]): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.url(schema) });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statements, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** A socket in another folder that passes on what both sides send, as long as the test wants. */
  async throughProxy(): Promise<Proxy> {
    const folder = mkdtempSync('/tmp/workspace-logs-proxy-');
    const sockets = new Set<Socket>();
    const proxy: Proxy = {
      socket: folder,
      onRequest: () => 'pass',
      close() {
        listener.close();
        for (const socket of sockets) socket.destroy();
        rmSync(folder, { recursive: true, force: true });
      },
    };
    const listener = createServer((client) => {
      const server = connect(join(this.#folder, SOCKET));
      let isCut = false;
      for (const [socket, other] of [
        [client, server],
        [server, client],
      ] as const) {
        sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => other.destroy());
      }
      client.on('data', (bytes) => {
        const deed = proxy.onRequest(bytes.toString('latin1'));
        isCut ||= deed === 'lose the answer';
        if (deed !== 'hang') server.write(bytes);
      });
      server.on('data', (bytes) => {
        if (isCut) client.destroy();
        else client.write(bytes);
      });
    });
    listener.listen(join(folder, SOCKET));
    await once(listener, 'listening');
    return proxy;
  }
}

export interface Proxy {
  readonly socket: string;
  /** What becomes of a message of the client. */
  onRequest: (message: string) => 'pass' | 'hang' | 'lose the answer';
  close(): void;
}

const SOCKET = '.s.PGSQL.5432';

function program(name: string): string {
  const [path] = globSync(`/usr/lib/postgresql/*/bin/${name}`).sort().reverse();
  if (path === undefined) throw new Error('Install PostgreSQL (on Debian: apt-get install postgresql).');
  return path;
}
