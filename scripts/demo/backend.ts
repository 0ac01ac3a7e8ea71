import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkout } from '../folders.ts';
import { Chance } from './chance.ts';
import { messageOf } from './chats.ts';
import { requestOf } from './requests.ts';
import { PASSWORD } from './sessionArchives.ts';

export interface Backend {
  /** `http://127.0.0.1:PORT` */
  readonly address: string;
  stop(): Promise<void>;
}

const PAUSE_MS = 400;
const CHAT_PAUSE_MS = 20_000;
/** The most messages that are sent. Each becomes an archive: enough to watch, but not enough to fill the view. */
const MOST_MESSAGES = 60;

/** Whether a demo workspace has a backend that records and writes session archives. */
export async function hasBackend(workspace: string): Promise<boolean> {
  const text = await readFile(join(workspace, 'src', 'chat.js'), 'utf8').catch(() => '');
  return text.includes('openSession');
}

/**
 * Starts the demo's own backend, calls it a few times a second so that its log grows, and chats with it now and then so
 * that archives appear.
 */
export async function startBackend(workspace: string): Promise<Backend> {
  await linkPackage(workspace);
  const child = spawn(process.execPath, ['src/server.js'], {
    cwd: workspace,
    env: { ...process.env, PORT: '0', SESSION_LOG_ZIP_PASSWORD: PASSWORD },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const firstLine = once(createInterface(child.stdout), 'line').then(([line]) => String(line));
  const address = await Promise.race([firstLine, ended.then(() => undefined)]);
  if (address === undefined) throw new Error('The backend of the demo ended by itself; see above.');
  const calling = setInterval(() => void call(address), PAUSE_MS);
  let messages = 0;
  const chat = (): void => {
    messages += 1;
    if (messages === MOST_MESSAGES) clearInterval(chatting);
    void say(address);
  };
  const chatting = setInterval(chat, CHAT_PAUSE_MS);
  chat();
  return {
    address,
    async stop() {
      clearInterval(calling);
      clearInterval(chatting);
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Installs this package in the demo as in a person's own project. */
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
  await answered(address + String(path), { method: String(method), headers });
}

const sessionId = chance.uuid();

async function say(address: string): Promise<void> {
  const { user, chat, text } = messageOf(chance);
  const body = JSON.stringify({ sessionId, chatId: chat, text });
  await answered(`${address}/api/chat`, { method: 'POST', headers: { 'x-user': user }, body });
}

async function answered(url: string, request: RequestInit): Promise<void> {
  try {
    const response = await fetch(url, request);
    await response.arrayBuffer();
  } catch {
    // The backend is being stopped.
  }
}
