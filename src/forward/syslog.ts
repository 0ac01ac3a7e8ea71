import { createSocket } from 'node:dgram';
import { connect, isIPv6, type Socket } from 'node:net';
import { connect as connectByTls, rootCertificates } from 'node:tls';
import type { Answer } from './deliver.ts';
import type { Target } from './targets.ts';

/** A connection to a syslog receiver. It is opened when it is first needed, and anew after it broke. */
export interface SyslogConnection {
  /**
   * Resolves when this machine has passed the messages on: syslog acknowledges nothing. After a connection that broke,
   * the batch before is sent again in front of them.
   */
  send(messages: readonly string[], signal: AbortSignal): Promise<Answer>;
  /** @returns whether the receiver closed the connection in order, so that it has all that was written */
  close(): Promise<boolean>;
}

const PATIENCE_MS = 10_000;
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'syslog+tcp:': 601,
  'syslog+tls:': 6514,
  'syslog+udp:': 514,
};

/** RFC 6587, 3.4.1, and RFC 5425: octet counting. Over UDP (RFC 5426) each message is a datagram. */
export function openSyslog(target: Target): SyslogConnection {
  return target.url.protocol === 'syslog+udp:' ? openUdp(target) : openStream(target);
}

function placeOf({ url }: Target): { readonly host: string; readonly port: number } {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { host, port: url.port === '' ? (DEFAULT_PORTS[url.protocol] ?? 514) : Number(url.port) };
}

function openStream(target: Target): SyslogConnection {
  let socket: Socket | undefined;
  let last: readonly string[] = [];

  async function connected(signal: AbortSignal): Promise<Socket> {
    if (socket !== undefined && !socket.destroyed && socket.writable) return socket;
    const place = placeOf(target);
    const isTls = target.url.protocol === 'syslog+tls:';
    const opened = isTls
      ? connectByTls({
          ...place,
          servername: place.host,
          minVersion: 'TLSv1.2',
          ...(target.ca === undefined ? {} : { ca: [...rootCertificates, target.ca] }),
        })
      : connect(place);
    socket = opened;
    await until(opened, isTls ? 'secureConnect' : 'connect', signal);
    // A receiver that ends the connection ends ours, so that the next batch opens another one.
    opened.on('end', () => {
      if (opened.writable) opened.destroy(new Error('The receiver closed the connection'));
    });
    opened.on('error', () => undefined);
    opened.resume();
    return opened;
  }

  return {
    async send(messages, signal) {
      try {
        const before = socket;
        const open = await connected(signal);
        // What was in the connection that broke may be lost.
        const again = open === before ? [] : last;
        await written(open, framed([...again, ...messages]), signal);
        last = messages;
        return { kind: 'taken', rejected: 0 };
      } catch (error) {
        socket?.destroy();
        socket = undefined;
        if (signal.aborted) throw error;
        return { kind: 'again', detail: said(error) };
      }
    },
    async close() {
      if (socket === undefined || socket.destroyed) return false;
      const open = socket;
      return new Promise<boolean>((resolve) => {
        const late = setTimeout(() => open.destroy(new Error('It did not answer in time')), PATIENCE_MS);
        open.once('close', (hasFailed) => {
          clearTimeout(late);
          resolve(!hasFailed);
        });
        open.end();
      });
    },
  };
}

function framed(messages: readonly string[]): Buffer {
  return Buffer.from(messages.map((message) => `${String(Buffer.byteLength(message))} ${message}`).join(''));
}

async function until(socket: Socket, event: string, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => socket.destroy(new Error('It did not answer in time')), PATIENCE_MS);
    const onAbort = (): void => {
      socket.destroy(new Error('cancelled'));
    };
    const end = (then: () => void) => (): void => {
      clearTimeout(late);
      signal.removeEventListener('abort', onAbort);
      then();
    };
    signal.addEventListener('abort', onAbort);
    socket.once(event, end(resolve));
    socket.once('error', (error: Error) => {
      end(() => {
        reject(error);
      })();
    });
    socket.once(
      'close',
      end(() => {
        reject(new Error('The connection was closed'));
      }),
    );
  });
}

/** Waits until the kernel has all of it; a receiver that takes nothing for ten seconds hangs. */
async function written(socket: Socket, text: Buffer, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => socket.destroy(new Error('It did not answer in time')), PATIENCE_MS);
    const onAbort = (): void => {
      socket.destroy(new Error('cancelled'));
    };
    const onClose = (): void => {
      end(() => {
        reject(new Error('The connection was closed'));
      });
    };
    const end = (then: () => void): void => {
      clearTimeout(late);
      signal.removeEventListener('abort', onAbort);
      socket.off('close', onClose);
      then();
    };
    signal.addEventListener('abort', onAbort);
    socket.once('close', onClose);
    socket.write(text, (error) => {
      end(() => {
        if (error === undefined || error === null) resolve();
        else reject(error);
      });
    });
  });
}

function openUdp(target: Target): SyslogConnection {
  return {
    async send(messages) {
      const { host, port } = placeOf(target);
      const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
      try {
        for (const message of messages)
          await new Promise<void>((resolve, reject) => {
            socket.send(message, port, host, (error) => {
              if (error === null) resolve();
              else reject(error);
            });
          });
        return { kind: 'taken', rejected: 0 };
      } catch (error) {
        return { kind: 'again', detail: said(error) };
      } finally {
        socket.close();
      }
    },
    close: () => Promise.resolve(false),
  };
}

function said(error: unknown): string {
  const { code, message } = error as Error & { readonly code?: string };
  return code === undefined ? message : `${code}: ${message}`;
}
