import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EntryTaker } from '../../../../src/recorder/capture/capture.ts';
import type { Entry } from '../../../../src/files/entry.ts';

/** A recorder that keeps its entries. */
export interface KeptEntries extends EntryTaker {
  readonly entries: readonly Entry[];
  /** Resolves when there are that many, with all of them. */
  readonly count: (count: number) => Promise<readonly Entry[]>;
}

export function keptEntries(level = 'METADATA', maxBodyBytes = 2048): KeptEntries {
  const entries: Entry[] = [];
  const waiting: (() => void)[] = [];
  return {
    recording: { level, maxBodyBytes },
    entries,
    record: (entry) => {
      entries.push(entry);
      for (const check of waiting) check();
      return true;
    },
    count: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (entries.length >= count) resolve(entries);
        };
        waiting.push(check);
        check();
      }),
  };
}

/** Servers on free ports, ended after each test. */
export function freshServers(): (listener: RequestListener) => Promise<string> {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });
  return async (listener) => {
    const server = createServer(listener);
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  };
}
