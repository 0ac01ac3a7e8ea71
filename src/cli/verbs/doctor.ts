import { readableEnvironment } from '../readableEnvironment.ts';
import { fixes, type Finding, type FixId } from '../../setup/findings.ts';
import { describeFinding } from '../../words/findings.ts';
import { inlineApp } from '../../jobs/jobs.ts';
import { Failure } from '../../base/failure.ts';
import { Exit, type Verb } from '../verb.ts';
import { printJson, printLine } from '../output.ts';

export const doctor: Verb = {
  options: { fix: 'values', 'remove-commit-check': 'flag' },
  positionals: { min: 0, max: 0 },
  async run({ root, json, flag, values, environment }) {
    const asked = values('fix').map(parseFix);
    const app = inlineApp(environment);
    const workspace = { root, fromEnvironment: readableEnvironment(environment) };
    for (const check of asked) await app.run('fixFinding', { ...workspace, check });
    if (flag('remove-commit-check')) await app.run('removeCommitCheck', workspace);
    const findings = await app.run('checkWorkspace', workspace);
    if (json) await printJson(findings.map(toPrinted));
    else for (const finding of findings) await printLine(lineOf(finding));
    return findings.every(({ ok }) => ok) ? Exit.done : Exit.refused;
  },
};

function parseFix(word: string): FixId {
  const known = fixes.find((fix) => fix === word);
  if (known !== undefined) return known;
  throw new Failure('usage', {
    detail: `“${word}” cannot be fixed from here; these can: ${fixes.join(', ')}. See --help.`,
  });
}

function toPrinted(finding: Finding): Readonly<Record<string, unknown>> {
  const { check, ok } = finding;
  return { check, ok, ...describeFinding(finding) };
}

/** `FINDING untracked: Git tracks 1 log file: “logs/api.log” Run …` */
function lineOf(finding: Finding): string {
  const { detail, remedy } = describeFinding(finding);
  const outcome = finding.ok ? 'ok     ' : 'FINDING';
  return `${outcome} ${finding.check}: ${[detail, remedy].filter(Boolean).join(' ')}`;
}
