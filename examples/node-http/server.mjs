// A node:http server that records its requests: node examples/node-http/server.mjs --workspace DIR --port 8080
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { createRecorder } from 'workspace-logs';
import { recordRequests } from 'workspace-logs/node';

const { values } = parseArgs({
  options: {
    workspace: { type: 'string', default: process.env.WORKSPACE ?? '.' },
    port: { type: 'string', default: process.env.PORT ?? '8080' },
  },
});

const recorder = await createRecorder({ workspace: values.workspace });

const files = new Map();

/** The handler does not know about the recorder and handles its own errors. */
async function handle(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const answer = (status, value) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(value === undefined ? undefined : JSON.stringify(value));
  };
  if (request.method === 'GET' && files.has(pathname)) answer(200, files.get(pathname));
  else if (request.method === 'PUT') {
    const file = await json(request).catch(() => undefined);
    const isNew = !files.has(pathname);
    if (file !== undefined) files.set(pathname, file);
    answer(file === undefined ? 400 : isNew ? 201 : 200, { saved: file !== undefined });
  } else if (request.method === 'DELETE' && files.delete(pathname)) answer(204);
  else answer(404, { error: 'not found' });
}

const options = {
  // A reverse proxy on this machine sends the user's name in this header. The header of any other sender is ignored.
  trustedProxies: ['127.0.0.1', '::1'],
  userHeader: 'x-remote-user',
};
const server = createServer(recordRequests(recorder, handle, options));

server.listen(Number(values.port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});

// A signal without a listener ends the process at once, and the lines of the last requests are lost.
for (const signal of ['SIGTERM', 'SIGINT'])
  process.once(signal, () => {
    server.close(() => recorder.close());
  });
