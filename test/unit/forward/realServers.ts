import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server of Debian's, in a folder of its own. */
export interface RealServer {
  readonly url: string;
  /** Ends it at once, as a power loss would. */
  kill(): Promise<void>;
}

const LOOK_MS = 20;

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function until(isThere: () => Promise<boolean> | boolean, child: ChildProcess): Promise<void> {
  while (!(await isThere())) {
    if (child.exitCode !== null) throw new Error(`It ended with ${String(child.exitCode)}.`);
    await sleep(LOOK_MS);
  }
}

/** @param tls a folder with `ca.pem`, `cert.pem` and `key.pem`, for a receiver by TLS */
export async function startRsyslog(folder: string, tls?: string): Promise<RealServer> {
  mkdirSync(folder, { recursive: true });
  const driver =
    tls === undefined
      ? 'module(load="imtcp")'
      : `global(DefaultNetstreamDriver="gtls" DefaultNetstreamDriverCAFile="${tls}/ca.pem"
  DefaultNetstreamDriverCertFile="${tls}/cert.pem" DefaultNetstreamDriverKeyFile="${tls}/key.pem")
module(load="imtcp" StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")`;
  writeFileSync(
    join(folder, 'rsyslog.conf'),
    `global(workDirectory="${folder}" maxMessageSize="256k")
${driver}
input(type="imtcp" port="0" listenPortFileName="${folder}/port")
template(name="json" type="list" option.jsonf="on") {
  property(outname="facility" name="syslogfacility" format="jsonf")
  property(outname="severity" name="syslogseverity" format="jsonf")
  property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="app" name="app-name" format="jsonf")
  property(outname="kind" name="msgid" format="jsonf")
  property(outname="data" name="structured-data" format="jsonf")
  property(outname="message" name="msg" format="jsonf")
}
action(type="omfile" file="${folder}/received" template="json")
`,
  );
  const child = spawn('rsyslogd', ['-n', '-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'pid')], {
    stdio: 'ignore',
  });
  const port = join(folder, 'port');
  await until(() => existsSync(port) && readFileSync(port, 'utf8') !== '', child);
  const scheme = tls === undefined ? 'syslog+tcp' : 'syslog+tls';
  return { url: `${scheme}://localhost:${readFileSync(port, 'utf8').trim()}`, kill: () => ended(child) };
}

/** What an rsyslog has received; it writes a moment after it has taken a message. */
export async function receivedBy(folder: string, count: number): Promise<Record<string, string>[]> {
  for (;;) {
    const path = join(folder, 'received');
    const lines = existsSync(path)
      ? readFileSync(path, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
    if (lines.length >= count) return lines.map((line) => JSON.parse(line) as Record<string, string>);
    await sleep(LOOK_MS);
  }
}

/** Makes an authority, and a certificate of it for `localhost`. */
export function makeCertificates(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const openssl = (...words: string[]): void => {
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-days',
    '2',
    '-subj',
    '/CN=authority',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  openssl('req', ...key, '-subj', '/CN=localhost', '-keyout', 'key.pem', '-out', 'request.pem');
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  openssl(
    ...['x509', '-req', '-in', 'request.pem', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-days', '2', '-extfile', 'names', '-out', 'cert.pem'],
  );
}

/** @param port where it was before; a free one by default */
export async function startClickhouse(folder: string, port?: number): Promise<RealServer & { port: number }> {
  mkdirSync(join(folder, 'data'), { recursive: true });
  const own = port ?? (await freePort());
  writeFileSync(
    join(folder, 'config.xml'),
    `<yandex><logger><level>error</level><log>${folder}/log</log></logger><listen_host>127.0.0.1</listen_host>
<http_port>${String(own)}</http_port><path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path>
<mark_cache_size>67108864</mark_cache_size><users_config>${folder}/users.xml</users_config>
<default_profile>default</default_profile><default_database>default</default_database></yandex>`,
  );
  writeFileSync(
    join(folder, 'users.xml'),
    `<yandex><profiles><default></default></profiles><users><default><password></password>
<networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
<quotas><default></default></quotas></yandex>`,
  );
  const child = spawn('clickhouse-server', [`--config-file=${folder}/config.xml`], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${String(own)}/`;
  await until(async () => (await fetch(`${url}ping`).catch(() => undefined))?.ok === true, child);
  return { url, port: own, kill: () => ended(child) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
