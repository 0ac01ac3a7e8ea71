import type { GitCare } from '../git/keepIgnored.ts';
import { describe, describeTracked } from '../words/failures.ts';
import { printError } from './output.ts';

/** Says what a person has to know about the ignore rule. */
export function tellAboutGit({ added, tracked, failure }: GitCare): void {
  if (added !== undefined) printError(`${added.lines.join(', ')} was added to .gitignore.`);
  if (failure !== undefined) printError(`The ignore rule could not be added: ${describe(failure)}`);
  if (tracked.length > 0) printError(describeTracked(tracked));
}
