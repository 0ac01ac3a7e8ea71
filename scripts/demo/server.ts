import { chatText } from './chatServer.ts';

/** The demo's backend, as a person would write one: the real middleware around a small API, and a chat. */
const serverText = `import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { createRecorder, flushSessions } from 'workspace-logs';
import { recordRequests } from 'workspace-logs/node';
import { answerMessage } from './chat.js';

const recorder = await createRecorder({ workspace: '.' });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const chance = (share) => Math.random() < share;

async function answer(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/health') return response.end('ok');
  if (pathname === '/api/chat') return chat(request, response);
  await pause(Math.random() * 40);
  if (chance(0.05)) response.statusCode = chance(0.5) ? 404 : 503;
  else if (pathname === '/api/auth/login') response.statusCode = chance(0.2) ? 401 : 200;
  else if (request.method === 'POST') response.statusCode = 201;
  else if (request.method === 'DELETE') response.statusCode = 204;
  response.setHeader('content-type', 'application/json');
  response.end(response.statusCode === 204 ? undefined : '{"ok":true}');
}

async function chat(request, response) {
  const userId = request.headers['x-user'];
  const message = await json(request).catch(() => undefined);
  response.statusCode = message === undefined ? 400 : 200;
  if (message === undefined) return response.end();
  const messageId = await answerMessage({ ...message, userId });
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ messageId }));
}

// Requests of this machine may say who their user is.
const server = createServer(
  recordRequests(recorder, answer, { userHeader: 'x-user', trustedProxies: ['127.0.0.1'] }),
);
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(\`http://127.0.0.1:\${server.address().port}\`);
});

process.once('SIGTERM', () => {
  server.close(() => Promise.all([recorder.close(), flushSessions()]));
  server.closeAllConnections();
});
`;

/** Its files by their names in the demo. */
export const backendFiles = { 'src/server.js': serverText, 'src/chat.js': chatText } as const;
