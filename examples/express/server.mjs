// An Express 5 application that records its requests: node examples/express/server.mjs --workspace DIR --port 8080
import { parseArgs } from 'node:util';
import express from 'express';
import { createRecorder } from 'workspace-logs';
import { expressRecorder } from 'workspace-logs/express';

const { values } = parseArgs({
  options: {
    workspace: { type: 'string', default: process.env.WORKSPACE ?? '.' },
    port: { type: 'string', default: process.env.PORT ?? '8080' },
  },
});

const recorder = await createRecorder({ workspace: values.workspace });

const app = express();
// Comes before all other middleware, so that it records every request: those of routers, those that parsers refuse, and
// those without a handler.
app.use(
  expressRecorder(recorder, {
    // A reverse proxy on this machine sends the user's name in this header. The header of any other sender is ignored.
    trustedProxies: ['127.0.0.1', '::1'],
    userHeader: 'x-remote-user',
  }),
);
app.use(express.json());

const files = new Map();
const router = express.Router();
router
  .route('/:name')
  .get((request, response) => {
    const file = files.get(request.params.name);
    if (file === undefined) response.status(404).json({ error: 'not found' });
    else response.json(file);
  })
  .put((request, response) => {
    const isNew = !files.has(request.params.name);
    files.set(request.params.name, request.body);
    response.status(isNew ? 201 : 200).json({ saved: true });
  })
  .delete((request, response) => {
    response.sendStatus(files.delete(request.params.name) ? 204 : 404);
  });
app.use('/api/files', router);

const server = app.listen(Number(values.port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});

// A signal without a listener ends the process at once, and the lines of the last requests are lost.
for (const signal of ['SIGTERM', 'SIGINT'])
  process.once(signal, () => {
    server.close(() => recorder.close());
  });
