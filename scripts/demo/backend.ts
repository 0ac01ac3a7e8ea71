import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkout } from '../folders.ts';
import { Chance } from './chance.ts';
import { requestOf } from './requests.ts';

export interface Backend {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  stop(): Promise<void>;
}

const PAUSE_MS = 400;

/** Whether a demo workspace is one with a backend that records. */
export async function hasBackend(workspace: string): Promise<boolean> {
  const text = await readFile(join(workspace, 'src', 'server.js'), 'utf8').catch(() => '');
  return text.includes('workspace-logs/node');
}

/** Starts the demo's own backend, and calls it a few times a second so that its log grows. */
export async function startBackend(workspace: string): Promise<Backend> {
  await linkPackage(workspace);
  const child = spawn(process.execPath, ['src/server.js'], {
    cwd: workspace,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const firstLine = once(createInterface(child.stdout), 'line').then(([line]) => String(line));
  const address = await Promise.race([firstLine, ended.then(() => undefined)]);
  if (address === undefined) throw new Error('The backend of the demo ended by itself; see above.');
  const timer = setInterval(() => void call(address), PAUSE_MS);
  return {
    address,
    async stop() {
      clearInterval(timer);
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The demo finds this package where a person's own project finds what it has installed. */
async function linkPackage(workspace: string): Promise<void> {
  const modules = join(workspace, 'node_modules');
  await mkdir(modules, { recursive: true });
  await rm(join(modules, 'workspace-logs'), { recursive: true, force: true });
  await symlink(checkout, join(modules, 'workspace-logs'));
}

const chance = new Chance(Date.now());

async function call(address: string): Promise<void> {
  const { method, path, user, user_agent: agent } = requestOf(chance);
  const headers = { 'x-user': encodeURIComponent(String(user)), 'user-agent': String(agent) };
  try {
    const response = await fetch(address + String(path), { method: String(method), headers });
    await response.arrayBuffer();
  } catch {
    // It is being stopped.
  }
}
