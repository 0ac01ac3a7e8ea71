import { lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lookForSessions } from '../../src/view/sessionListing.ts';
import { duration, sideBySide } from '../sideBySide.ts';
import { ms, times, type Row } from '../table.ts';

const USERS = 20;
const CHATS = 50;
const MESSAGES = 10;
const ARCHIVES = USERS * CHATS * MESSAGES;
const TURNS = 5;
const MOST_MS = 2000;

/** The first look at 10,000 session archives. They cannot be opened, so none is opened. */
export async function listingRows(base: string): Promise<readonly Row[]> {
  const root = join(base, 'sessions');
  for (const chat of chatFolders(root)) {
    mkdirSync(chat, { recursive: true });
    for (let message = 0; message < MESSAGES; message += 1)
      writeFileSync(join(chat, `message-${String(message)}.zip`), 'no zip', { mode: 0 });
  }
  const { ours, bare } = await sideBySide(TURNS, {
    ours: () => duration(() => lookForSessions(root, undefined, undefined, { environment: process.env })),
    bare: () => duration(() => look(join(root, 'session_logs'))),
  });
  return [
    {
      what: `${ARCHIVES.toLocaleString('en-US')} session archives listed`,
      measured: ms(ours),
      against: `readdir + lstat loop, ${ms(bare)}`,
      ratio: times(ours / bare),
      goal: `< ${String(MOST_MS)} ms`,
      met: ours < MOST_MS,
    },
  ];
}

function chatFolders(root: string): string[] {
  return Array.from({ length: USERS * CHATS }, (_, index) =>
    join(root, 'session_logs', `user-${String(index % USERS)}`, `chat-${String(Math.floor(index / USERS))}`),
  );
}

function look(folder: string): number {
  let files = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files += look(path);
    else if (lstatSync(path).isFile()) files += 1;
  }
  return files;
}
