import { once } from 'node:events';
import { inlineApp } from '../../../../src/jobs/jobs.ts';
import type { RequestIds } from '../../../../src/sessions/log/sessionLog.ts';

/** Writes four archives of the same ids, one after the other, once a line comes on standard input, and prints their paths. */
const [, , root = '', name = '', ids = ''] = process.argv;
const app = inlineApp();
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
console.log('ready');
await once(process.stdin, 'data');
for (let round = 0; round < 4; round += 1) {
  const log = {
    ids: JSON.parse(ids) as RequestIds,
    chunks: [bytes(`${name}${String(round)}\n`)],
    droppedLines: 0,
    completedAt: 0,
  };
  const written = await app.run('writeSession', { root, log, password: bytes('x') });
  console.log('path' in written ? written.path : JSON.stringify(written));
}
process.exit();
