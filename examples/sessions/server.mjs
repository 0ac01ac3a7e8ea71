// A small chat that keeps the session log of each request: node examples/sessions/server.mjs --workspace DIR --port 8080
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { flushSessions, openSession, sessionStats } from 'workspace-logs';

const { values } = parseArgs({
  options: {
    workspace: { type: 'string', default: process.env.WORKSPACE ?? '.' },
    port: { type: 'string', default: process.env.PORT ?? '8080' },
  },
});

/** Answers with the reversed question. The log gets every line, also those that the console does not show. */
async function chat(request, log) {
  const { text } = await json(request);
  log.log('debug', `asked: ${text}`, { event_type: 'chat.question', logger: 'chat' });
  const answer = [...text].reverse().join('');
  log.log('info', 'answered', { event_type: 'chat.answer', characters: answer.length });
  return answer;
}

const server = createServer(async (request, response) => {
  // The user and the chat are known from the login and the address; the password is in SESSION_LOG_ZIP_PASSWORD.
  const [, chatId, messageId] = /^\/chats\/([^/]+)\/([^/]+)$/.exec(request.url) ?? [];
  const ids = {
    userId: request.headers['x-user'],
    sessionId: request.headers['x-session'],
    chatId,
    messageId,
    requestId: randomUUID(),
  };
  const log = openSession(ids, { workspace: values.workspace });
  const answer = (status, value) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  try {
    answer(200, { answer: await chat(request, log) });
  } catch (error) {
    log.log('error', 'no answer', { exception: error });
    answer(400, { error: 'no answer' });
  } finally {
    // A worker turns the log into an archive later.
    log.complete();
  }
});

server.listen(Number(values.port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});

// A signal without a listener ends the process at once, and the logs of the last requests are lost.
for (const signal of ['SIGTERM', 'SIGINT'])
  process.once(signal, () => {
    server.close(async () => {
      await flushSessions();
      console.log(JSON.stringify(sessionStats()));
    });
  });
