import { inlineApp } from '../../jobs/jobs.ts';
import { sessionSettings } from '../../workspace/sessionsFolder.ts';
import { describeUselessRule } from '../../words/failures.ts';
import { Failure } from '../../base/failure.ts';
import { uselessAuditRules, uselessRules } from '../../entries/uselessRules.ts';
import type { Policy } from '../../policy/policy.ts';
import type { PolicyEdit } from '../../policy/policyText.ts';
import { readAuditEnvironment, withAuditEnvironment } from '../../policy/auditEnvironment.ts';
import { readEnvironment } from '../../policy/environment.ts';
import { Exit, type Verb } from '../verb.ts';
import { printError, printJson, printLine } from '../output.ts';
import { tellAboutGit } from '../tellPlan.ts';

export const policy: Verb = {
  options: { set: 'values', accept: 'flag' },
  // `--set a=1 b=2`: what follows a first assignment may be further ones.
  positionals: { min: 0, max: 1000 },
  async run({ root, json, flag, values, positionals, environment }) {
    const assignments = [...values('set'), ...positionals];
    if (positionals.length > 0 && values('set').length === 0)
      throw usage(`“${positionals[0] ?? ''}” is one word too many.`);
    const app = inlineApp(environment);
    const fromEnvironment = readEnvironment(environment);
    const edits = assignments.map(parseAssignment);
    if (edits.length > 0)
      tellAboutGit((await app.run('savePolicy', { root, edits, mustExist: true, fromEnvironment })).git);
    if (flag('accept')) {
      const { hash } = await app.run('acceptPolicy', { root });
      if (edits.length > 0) tellAboutDeadRules(await app.run('readPolicy', { root }));
      if (json) await printJson({ accepted: true, hash });
      else await printLine('Accepted: this policy may delete on this machine.');
      return Exit.done;
    }
    const onDisk = await app.run('readPolicy', { root });
    const effective = {
      ...withAuditEnvironment(onDisk, readAuditEnvironment(environment)),
      sessions: sessionSettings(onDisk, fromEnvironment),
    };
    if (json) await printJson(effective);
    else await printLine(JSON.stringify(effective, null, 2));
    tellAboutDeadRules(effective);
    return Exit.done;
  },
};

/** Reports the rules that keep nothing: such a policy is valid, but hardly intended. */
function tellAboutDeadRules({ recording, audit }: Policy): void {
  for (const rule of [...uselessRules(recording), ...uselessAuditRules(audit)])
    printError(describeUselessRule(rule));
}

/** `key=value`; the value is JSON, else a string. */
function parseAssignment(text: string): PolicyEdit {
  const equals = text.indexOf('=');
  if (equals < 1) throw usage(`“${text}” is not KEY=VALUE.`);
  const key = text.slice(0, equals);
  const value = text.slice(equals + 1);
  try {
    return { key, value: JSON.parse(value) as unknown };
  } catch {
    return { key, value };
  }
}

function usage(detail: string): Failure {
  return new Failure('usage', { detail: `${detail} See --help.` });
}
