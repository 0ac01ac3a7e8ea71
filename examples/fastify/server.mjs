// A Fastify 5 application that records its requests: node examples/fastify/server.mjs --workspace DIR --port 8080
import { parseArgs } from 'node:util';
import fastify from 'fastify';
import { createRecorder } from 'workspace-logs';
import { fastifyRecorder } from 'workspace-logs/fastify';

const { values } = parseArgs({
  options: {
    workspace: { type: 'string', default: process.env.WORKSPACE ?? '.' },
    port: { type: 'string', default: process.env.PORT ?? '8080' },
  },
});

const recorder = await createRecorder({ workspace: values.workspace });

const app = fastify();
await app.register(fastifyRecorder, {
  recorder,
  // A reverse proxy on this machine sends the user's name in this header. The header of any other sender is ignored.
  trustedProxies: ['127.0.0.1', '::1'],
  userHeader: 'x-remote-user',
});
app.addHook('onClose', () => recorder.close());

const files = new Map();
await app.register(
  (routes) => {
    routes.get('/:name', (request, reply) => {
      const file = files.get(request.params.name);
      if (file === undefined) reply.code(404).send({ error: 'not found' });
      else reply.send(file);
    });
    routes.put('/:name', (request, reply) => {
      const isNew = !files.has(request.params.name);
      files.set(request.params.name, request.body);
      reply.code(isNew ? 201 : 200).send({ saved: true });
    });
    routes.delete('/:name', (request, reply) => {
      reply.code(files.delete(request.params.name) ? 204 : 404).send();
    });
  },
  { prefix: '/api/files' },
);

console.log(await app.listen({ port: Number(values.port), host: '127.0.0.1' }));

// A signal without a listener ends the process at once, and the lines of the last requests are lost.
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => app.close());
