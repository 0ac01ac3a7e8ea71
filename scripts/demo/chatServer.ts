/** The chat of the demo's backend: the log of each answered message becomes one session archive. */
export const chatText = `import { randomBytes, randomUUID } from 'node:crypto';
import { openSession } from 'workspace-logs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const chance = (share) => Math.random() < share;
const whole = (low, high) => low + Math.floor(Math.random() * (high - low + 1));

const tools = [
  ['search_calendar', { from: '2026-03-01', to: '2026-03-31' }, '4 entries'],
  ['read_document', { id: 'D-2041', pages: [3, 4] }, '2 pages, 5210 characters'],
  ['list_invoices', { customer: 'C-118', state: 'open' }, '2 invoices'],
];
// The key to the model. All logged values are masked, so the key is in no archive.
const key = randomBytes(24).toString('base64url');

export async function answerMessage({ userId, sessionId, chatId, text }) {
  const begin = Date.now();
  const messageId = randomUUID();
  const ids = { userId, sessionId, chatId, messageId, requestId: randomUUID() };
  const session = openSession(ids, { workspace: '.' });
  session.log('INFO', \`message received: \${text}\`, { logger: 'chat', event_type: 'message.received' });
  session.log('DEBUG', \`history loaded: \${whole(2, 30)} messages\`, { logger: 'chat.history' });
  session.log('DEBUG', 'model chosen: small-2', { logger: 'chat.router', module: 'router', func: 'choose', lineno: 57 });
  let used = 0;
  for (let round = 1, rounds = whole(2, 5); round <= rounds; round += 1) {
    used += await askModel(session, round);
    if (round < rounds) await callTool(session);
  }
  session.log('INFO', \`tokens used: \${used}\`, { logger: 'chat.usage', event_type: 'usage', total_tokens: used });
  session.log('INFO', \`answered in \${Date.now() - begin} ms\`, { logger: 'chat', event_type: 'message.answered' });
  session.complete();
  return messageId;
}

async function askModel(session, round) {
  const logger = 'chat.model';
  const headers = { 'content-type': 'application/json', authorization: \`Bearer \${key}\` };
  session.log('DEBUG', \`POST https://models.example.test/v1/answers (round \${round})\`, { logger, headers });
  await pause(whole(10, 60));
  if (chance(0.15)) {
    const exception = new Error('the model closed the connection');
    session.log('ERROR', 'model request failed, trying again', { logger, event_type: 'model.failed', exception });
    await pause(whole(10, 60));
  }
  const prompt_tokens = whole(300, 4000);
  const completion_tokens = whole(20, 600);
  session.log('DEBUG', '200 OK', { logger, status: 200 });
  session.log('INFO', \`\${prompt_tokens} tokens in, \${completion_tokens} out\`, {
    logger,
    event_type: 'model.answered',
    prompt_tokens,
    completion_tokens,
  });
  return prompt_tokens + completion_tokens;
}

async function callTool(session) {
  const [name, input, result] = tools[whole(0, tools.length - 1)];
  const logger = 'chat.tools';
  session.log('INFO', \`tool call: \${name}\`, { logger, event_type: 'tool.called', input });
  const duration_ms = whole(5, 90);
  await pause(duration_ms);
  if (duration_ms > 70) session.log('WARNING', \`\${name} is slow: \${duration_ms} ms\`, { logger });
  session.log('DEBUG', \`tool answered: \${result}\`, { logger, event_type: 'tool.answered', duration_ms });
}
`;
