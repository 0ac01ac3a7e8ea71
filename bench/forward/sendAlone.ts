/** A process that sends what waits in a workspace: `sendAlone.ts ROOT TARGETS`. */
import { readTargets } from '../../src/forward/targets.ts';
import { inlineApp } from '../../src/jobs/jobs.ts';

const [root = '', path = ''] = process.argv.slice(2);
await inlineApp().run('forwardWaiting', { root, targets: readTargets(path), path });
