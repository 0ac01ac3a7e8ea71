import { readableEnvironment } from '../readableEnvironment.ts';
import { inlineApp } from '../../jobs/jobs.ts';
import { Exit, type Verb } from '../verb.ts';
import { printJson, printLine } from '../output.ts';
import { tellAboutGit } from '../tellPlan.ts';

export const init: Verb = {
  options: {},
  positionals: { min: 0, max: 0 },
  async run({ root, json, environment }) {
    const app = inlineApp(environment);
    const { created, git } = await app.run('initialise', {
      root,
      fromEnvironment: readableEnvironment(environment),
    });
    const policy = await app.run('readPolicy', { root });
    if (json) await printJson({ policy, created });
    else await printLine(created.length === 0 ? 'Nothing to do.' : `Made: ${created.join(', ')}`);
    tellAboutGit(git);
    return Exit.done;
  },
};
