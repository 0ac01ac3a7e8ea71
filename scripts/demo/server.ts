/** The demo's backend, as a person would write one: the real middleware around a small API. */
export const serverText = `import { createServer } from 'node:http';
import { createRecorder } from 'workspace-logs';
import { recordRequests } from 'workspace-logs/node';

const recorder = await createRecorder({ workspace: '.' });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const chance = (share) => Math.random() < share;

async function answer(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/health') return response.end('ok');
  await pause(Math.random() * 40);
  if (chance(0.05)) response.statusCode = chance(0.5) ? 404 : 503;
  else if (pathname === '/api/auth/login') response.statusCode = chance(0.2) ? 401 : 200;
  else if (request.method === 'POST') response.statusCode = 201;
  else if (request.method === 'DELETE') response.statusCode = 204;
  response.setHeader('content-type', 'application/json');
  response.end(response.statusCode === 204 ? undefined : '{"ok":true}');
}

// Requests of this machine may say who their user is.
const server = createServer(
  recordRequests(recorder, answer, { userHeader: 'x-user', trustedProxies: ['127.0.0.1'] }),
);
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(\`http://127.0.0.1:\${server.address().port}\`);
});

process.once('SIGTERM', () => {
  server.close(() => recorder.close());
  server.closeAllConnections();
});
`;
