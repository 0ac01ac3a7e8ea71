/**
 * `npm run leaks -- DIR`: feeds the examples that scanners of secrets publish through `record`, `session write` and the
 * middleware, in a temporary workspace. DIR holds clones: gitleaks, secretlint, trufflehog, detect-secrets. It prints
 * the rule, the file and the line of each secret that is still readable, never the secret, and what kind it is of.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { createRecorder } from '../src/library/index.ts';
import { recordRequests } from '../src/library/node.ts';
import { checkout } from './folders.ts';
import { examplesOf, scanners, type Example } from './leaks/examples.ts';

const [folder = ''] = process.argv.slice(2);
const examples = folder === '' ? [] : scanners.flatMap((scanner) => examplesOf(scanner, folder));
if (examples.length === 0) {
  console.error(`Name a folder with clones of ${scanners.join(', ')}: npm run leaks -- DIR`);
  process.exit(2);
}

const workspace = mkdtempSync(join(tmpdir(), 'leaks-'));
process.env.XDG_STATE_HOME = join(workspace, 'state');
process.env.SESSION_LOG_ZIP_PASSWORD = randomUUID();
try {
  await commandLine(['init']);
  const settings = ['sessions.enabled=true', 'sessions.maxLines=1000000', 'recording.level=REQUEST'];
  const sizes = ['recording.maxBodyBytes=1048576', 'rotation.maxFileMB=1024'];
  await commandLine(['policy', ...[...settings, ...sizes].flatMap((one) => ['--set', one])]);
  printLeaks([
    ['record', await throughRecord()],
    ['session write', await throughSession()],
    ['middleware', await throughMiddleware()],
  ]);
} finally {
  rmSync(workspace, { recursive: true });
}

/** Runs the command line from its sources, and returns what it printed. */
async function commandLine(words: readonly string[], lines: readonly object[] = []): Promise<string> {
  const main = join(checkout, 'src/cli/main.ts');
  const child = spawn(process.execPath, [main, ...words, '--workspace', workspace], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return textOf(child.stdout);
}

/** What stands in the log, by the number of the example. */
function recorded(prefix: string): string[] {
  const texts: string[] = [];
  for (const line of readFileSync(join(workspace, 'logs/api.log'), 'utf8').trimEnd().split('\n')) {
    const entry = JSON.parse(line) as { readonly path: string; readonly request_object?: unknown };
    if (entry.path.startsWith(prefix))
      texts[Number(entry.path.slice(prefix.length))] = spelling(entry.request_object);
  }
  return texts;
}

/** A text as it is, and any other value as JSON. */
function spelling(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

async function throughRecord(): Promise<string[]> {
  const entries = examples.map(({ text }, number) => ({
    ...{ method: 'POST', path: `/record/${String(number)}`, status: 200, request_object: text },
  }));
  await commandLine(['record'], entries);
  return recorded('/record/');
}

async function throughSession(): Promise<string[]> {
  const lines = examples.map(({ text }, number) => ({ message: text, number }));
  await commandLine(
    ['session', 'write', '--user', 'u', '--chat', 'c', '--message', 'm', '--session', 's'],
    lines,
  );
  const opened = await commandLine(['session', 'open', join(workspace, 'session_logs/u/c/m.zip'), '--json']);
  const { members } = JSON.parse(opened) as { readonly members: Readonly<Record<string, string>> };
  const texts: string[] = [];
  for (const line of (members['logs.jsonl'] ?? '').trimEnd().split('\n')) {
    const { message, number } = JSON.parse(line) as { readonly message: string; readonly number: number };
    texts[number] = message;
  }
  return texts;
}

async function throughMiddleware(): Promise<string[]> {
  const recorder = await createRecorder({ workspace, queueBytes: 2 ** 26 });
  const server = createServer(
    recordRequests(recorder, (request, response) => {
      request.resume().on('end', () => response.end());
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  for (const [number, { text }] of examples.entries()) {
    const address = `http://127.0.0.1:${String(port)}/request/${String(number)}`;
    await fetch(address, { method: 'POST', body: text, headers: { 'content-type': 'text/plain' } });
  }
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await recorder.close();
  return recorded('/request/');
}

type Door = readonly [name: string, texts: readonly (string | undefined)[]];

function printLeaks(doors: readonly Door[]): void {
  const counts = new Map<string, number>();
  const count = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const [number, example] of examples.entries()) {
    const { scanner, rule, file, line } = example;
    count(`${scanner}: examples`);
    const through = doors.filter(([, texts]) => isReadable(example, texts[number])).map(([name]) => name);
    if (through.length === 0) continue;
    const kind = kindOf(example);
    count(`${scanner}: readable`);
    count(`${scanner}: readable, ${kind}`);
    const only = through.length === doors.length ? '' : `, only through ${through.join(', ')}`;
    console.log(`${rule} ${file}:${String(line)} ${kind}${only}`);
  }
  for (const [key, sum] of [...counts].sort(([one], [other]) => (one < other ? -1 : 1)))
    console.log(`${String(sum).padStart(6)}  ${key}`);
}

/** Whether the secret can be read in what was written. Nothing written counts as a fault, not as a secret kept. */
function isReadable({ text, secret }: Example, written: string | undefined): boolean {
  if (written === undefined) throw new Error('A door has lost an example.');
  return secret === undefined ? written === text : written.includes(secret);
}

/** What a readable secret looks like. */
function kindOf({ text, secret = text }: Example): string {
  const value = secret.trim();
  const before = text.slice(0, text.indexOf(secret));
  if (/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value)) return 'a UUID';
  if (/^(?:[\da-f]{32}|[\da-f]{40}|[\da-f]{64})$/i.test(value)) return 'like a hash';
  if (/^(?:jdbc:|https?:\/\/|[/\\¥])|^[\w.-]+@[\w.-]+$|^[\w-]+(?:\.[\w-]+)+$|^\d+$/.test(value))
    return 'an address, a path or a number';
  if (/(?:\bid|_id|ID|Id\d?|user|email|domain|service|type|host)["']?\s*[=:-]+\s*["']?$/.test(before))
    return 'an id or a name';
  if (/^(.)\1*$|x{6}|\.{3}|^SECRET|secret content/i.test(value)) return 'a placeholder';
  if (/key\w{0,3}["']?(?: string)?\s*(?:[=:-]+|is)\s*["']?$/i.test(before))
    return 'under a key that says no more than key';
  return value.length < 20 ? 'a short text without a sign' : 'a long text without a sign';
}
