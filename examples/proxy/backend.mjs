// A backend that knows nothing of Workspace Logs; it could be written in any language. What passes through the proxy in
// front of it is recorded:
//   node examples/proxy/backend.mjs --port 8000
//   workspace-logs proxy --target http://127.0.0.1:8000 --port 8080 --workspace DIR
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { port: { type: 'string', default: process.env.PORT ?? '8000' } },
});

const files = new Map();

async function handle(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const answer = (status, value) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(value === undefined ? undefined : JSON.stringify(value));
  };
  if (request.method === 'GET' && pathname === '/api/events') await tellTheTime(response);
  else if (request.method === 'GET' && files.has(pathname)) answer(200, files.get(pathname));
  else if (request.method === 'PUT') {
    const file = await json(request).catch(() => undefined);
    const isNew = !files.has(pathname);
    if (file !== undefined) files.set(pathname, file);
    answer(file === undefined ? 400 : isNew ? 201 : 200, { saved: file !== undefined });
  } else if (request.method === 'DELETE' && files.delete(pathname)) answer(204);
  else answer(404, { error: 'not found' });
}

/** Server-sent events: the proxy does not hold them back, so each reaches the client at once. */
async function tellTheTime(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  while (!response.destroyed) {
    response.write(`data: ${new Date().toISOString()}\n\n`);
    await setTimeout(1000);
  }
}

const server = createServer(handle);
server.listen(Number(values.port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
// This backend records nothing itself. The proxy ends on the same signals and writes what it has recorded first.
for (const signal of ['SIGTERM', 'SIGINT'])
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
