import * as l10n from '@vscode/l10n';
import type { FailureMessage } from '../base/failure.ts';
import { formatList, formatNumber, plural } from '../base/locale.ts';
import type { GitSilence } from '../git/git.ts';
import type { Link } from '../setup/links.ts';
import type { CheckId, Facts, Finding, FixId, Some } from '../setup/findings.ts';
import { forShell } from './plan.ts';
import { listed, printable, quoted } from '../base/printable.ts';
import { describe } from './failures.ts';

/** What a check found, and what to do about it. The remedy is empty if there is nothing to do. */
export interface FindingWords {
  readonly detail: string;
  readonly remedy: string;
}

export function describeFinding({ check, facts }: Finding): FindingWords {
  if (facts.state === 'failed') return failed(facts.failure);
  const words = sentences[check] as (facts: Facts[CheckId]) => FindingWords;
  return words(facts);
}

/** The title of a check, in two or three words. */
export function checkTitle(check: CheckId): string {
  const titles: Readonly<Record<CheckId, string>> = {
    policy: l10n.t('Policy'),
    ignored: l10n.t('Ignored by Git'),
    untracked: l10n.t('Not tracked by Git'),
    writable: l10n.t('Writable'),
    unlinked: l10n.t('No links'),
    history: l10n.t('Git history'),
    leftovers: l10n.t('No leftovers'),
    mount: l10n.t('Local disk'),
    'commit-check': l10n.t('Pre-commit check'),
  };
  return titles[check];
}

/** What a fix will do, shown before it is done. */
export function describeFix(fix: FixId): string {
  const words: Readonly<Record<FixId, string>> = {
    policy: l10n.t('Makes the policy with the defaults, the logs folder and the ignore rule.'),
    ignored: l10n.t('Adds the rule to .gitignore.'),
    untracked: l10n.t('Takes the log files out of Git’s index; they stay on disk.'),
    leftovers: l10n.t(
      'Runs maintenance now: besides the leftovers it rotates, zips and deletes what the policy says is due.',
    ),
    'commit-check': l10n.t(
      'Makes a pre-commit hook with the check in this repository, or brings the one made before up to date.',
    ),
  };
  return words[fix];
}

const sentences: { readonly [C in CheckId]: (facts: Facts[C]) => FindingWords } = {
  policy(facts) {
    switch (facts.state) {
      case 'sound':
        return sound(l10n.t('The policy can be used.'));
      case 'unmatched':
        return sound(
          l10n.t(
            'The policy can be used, but retention.alsoFamilies matches no log with {0}.',
            some(facts.globs),
          ),
        );
      case 'missing':
        return {
          detail: l10n.t('There is no policy, so nothing is rotated, zipped or deleted.'),
          remedy: l10n.t('Run “init” or Configure Logging.'),
        };
      case 'unusable':
        return failed(facts.failure);
    }
  },
  ignored(facts) {
    switch (facts.state) {
      case 'covered':
        return sound(l10n.t('Git ignores all that may stand among the logs.'));
      case 'no-repository':
        return noRepository();
      case 'declined':
        return {
          detail: l10n.t('Git does not ignore the logs: the rule was undone on this machine.'),
          remedy: addToIgnore(facts.lines),
        };
      case 'uncovered':
        return { detail: l10n.t('Git does not ignore the logs.'), remedy: addToIgnore(facts.lines) };
      case 'uncovered-elsewhere':
        return {
          detail: l10n.t('Git does not ignore the session archives in {0}.', quoted(facts.folder)),
          remedy:
            facts.lines.length === 0
              ? l10n.t('Let SESSION_LOG_DIR name a folder that holds nothing else.')
              : l10n.t('Add {0} to {1}.', listed(facts.lines), quoted(facts.file)),
        };
    }
  },
  untracked(facts) {
    switch (facts.state) {
      case 'none':
        return sound(l10n.t('Git tracks no log file.'));
      case 'tracked':
        return {
          detail: plural(facts.files.count, {
            one: l10n.t('Git tracks {0} log file: {1}.', formatNumber(facts.files.count), some(facts.files)),
            other: l10n.t(
              'Git tracks {0} log files: {1}.',
              formatNumber(facts.files.count),
              some(facts.files),
            ),
          }),
          remedy: l10n.t('Run “doctor --fix untracked” or Untrack Logs; they stay on disk.'),
        };
      default:
        return unasked(facts);
    }
  },
  writable(facts) {
    switch (facts.state) {
      case 'writable':
        return sound(l10n.t('The logs, the policy’s folder and the state folder can be written to.'));
      case 'no-logs':
        return sound(l10n.t('There is no logs folder yet; it can be made.'));
      case 'root-read-only':
        return sound(
          l10n.t(
            'The logs and the state folder can be written to. The policy and .gitignore cannot be changed by this user.',
          ),
        );
      case 'unwritable':
        return {
          detail: l10n.t('This user cannot write to {0}.', listed(facts.paths)),
          remedy: l10n.t('Change their owner or permissions, or mount the file system for writing.'),
        };
    }
  },
  unlinked(facts) {
    if (facts.state === 'plain') return sound(l10n.t('The logs, their folder and the policy are no links.'));
    const { first, count } = facts.names;
    return {
      detail: l10n.t(
        'Not what it has to be: {0}.',
        andMore(formatList(first.map(describeLink)), count - first.length),
      ),
      remedy: l10n.t(
        'Replace them by plain files, and a linked folder by a real one: they are left alone as they are.',
      ),
    };
  },
  history(facts) {
    switch (facts.state) {
      case 'clean':
        return sound(l10n.t('No commit holds log files.'));
      case 'committed':
        return {
          detail: l10n.t('Log files were committed, in {0} or before.', facts.commit.slice(0, 12)),
          remedy: l10n.t(
            'Change every secret that they hold; it counts as known. To take them out of all commits use git-filter-repo, once all who work with the repository agree: {0}',
            filterCommand(facts.paths),
          ),
        };
      default:
        return unasked(facts);
    }
  },
  leftovers(facts) {
    if (facts.state === 'none') return sound(l10n.t('Nothing is left of interrupted runs.'));
    const names = some(facts.names);
    if (facts.held) return sound(l10n.t('Kept while the policy is on hold: {0}.', names));
    return {
      detail: l10n.t('Left by an interrupted run, or written by one right now: {0}.', names),
      remedy: l10n.t('Run “maintain” or Run Maintenance Now, which sweeps them.'),
    };
  },
  mount(facts) {
    switch (facts.state) {
      case 'unknown':
        return sound(l10n.t('Not checked on this system.'));
      case 'local':
        return sound(l10n.t('The logs lie on a disk of this machine ({0}).', printable(facts.mount.type)));
      case 'shared':
        return {
          detail: l10n.t(
            'The logs lie on {0} ({1}), which other machines may write to, too. Locks may not reach them.',
            quoted(facts.mount.path),
            printable(facts.mount.type),
          ),
          remedy: l10n.t(
            'Keep the logs on a local disk, or let programs of one machine alone write and maintain them.',
          ),
        };
    }
  },
  'commit-check'(facts) {
    switch (facts.state) {
      case 'absent':
        return sound(l10n.t('Not installed. It is optional.'));
      case 'add-line':
        if (facts.isFleeting === true)
          return {
            detail: l10n.t(
              'The line stands in {0}, which another program writes anew at its next install.',
              quoted(facts.path),
            ),
            remedy: addCommand(facts.place ?? facts.path, facts.line),
          };
        return {
          detail: l10n.t('Not installed: others wrote {0}. It is optional.', quoted(facts.path)),
          remedy:
            facts.place === undefined
              ? l10n.t('To have it, add this line there: {0}', printable(facts.line))
              : addCommand(facts.place, facts.line),
        };
      case 'gone':
        return {
          detail:
            facts.added === undefined
              ? l10n.t('It was installed, and {0} does not hold it any more.', quoted(facts.path))
              : l10n.t(
                  'It was installed, but others have written {0} since, without it.',
                  quoted(facts.path),
                ),
          remedy: [
            facts.added === undefined ? installAgain() : addCommand(facts.added.place, facts.added.line),
            l10n.t(
              'If it is not wanted any more, run “doctor --remove-commit-check” or Remove Pre-Commit Check.',
            ),
          ].join(' '),
        };
      case 'installed':
        return sound(l10n.t('Installed in {0}.', quoted(facts.path)));
      case 'outdated':
        return {
          detail: l10n.t('The check in {0} is not the one for this policy.', quoted(facts.path)),
          remedy: facts.isOurs
            ? installAgain()
            : l10n.t(
                'Others have lines in that hook: run “doctor --remove-commit-check” or Remove Pre-Commit Check, then check again for the line to add.',
              ),
        };
      case 'not-executable':
        return {
          detail: l10n.t('Git passes over {0}, which is not executable.', quoted(facts.path)),
          remedy: facts.isOurs
            ? installAgain()
            : l10n.t('Make it executable, if all that stands in it is meant to run.'),
        };
      case 'unused':
        return {
          detail: l10n.t(
            'The check stands in {0}, but Git was told to run {1} instead.',
            quoted(facts.path),
            quoted(facts.used),
          ),
          remedy:
            facts.place === undefined
              ? l10n.t('Add this line there: {0}', printable(facts.line))
              : addCommand(facts.place, facts.line),
        };
      default:
        return unasked(facts);
    }
  },
};

function sound(detail: string): FindingWords {
  return { detail, remedy: '' };
}

function failed(failure: FailureMessage): FindingWords {
  return { detail: describe(failure), remedy: l10n.t('Mend that, then check again.') };
}

function noRepository(): FindingWords {
  return sound(l10n.t('The workspace is in no Git repository.'));
}

function unasked(
  facts: { readonly state: 'no-repository' } | { readonly state: 'silent'; readonly silence: GitSilence },
): FindingWords {
  if (facts.state === 'no-repository') return noRepository();
  const { silence } = facts;
  switch (silence.kind) {
    case 'no-git':
      return sound(l10n.t('Not checked: there is no Git on this machine.'));
    case 'late':
      return sound(l10n.t('Not checked to the end: Git did not answer in time.'));
    case 'refused':
      return {
        detail: l10n.t('Not checked: Git refused ({0}).', printable(silence.detail)),
        remedy: l10n.t('Run “git status” in a terminal to see why.'),
      };
  }
}

function addToIgnore(lines: readonly string[]): string {
  return l10n.t('Run “doctor --fix ignored”, or add to .gitignore: {0}', lines.map(printable).join(' '));
}

function installAgain(): string {
  return l10n.t('Run “doctor --fix commit-check” or Install Pre-Commit Check.');
}

function addCommand(place: string, line: string): string {
  return l10n.t('To have it, add this command to {0}: {1}', quoted(place), printable(line));
}

function describeLink({ name, what }: Link): string {
  switch (what) {
    case 'link':
      return l10n.t('{0} is a link', quoted(name));
    case 'folder':
      return l10n.t('{0} is a folder', quoted(name));
    case 'file':
      return l10n.t('{0} is a file', quoted(name));
    case 'other':
      return l10n.t('{0} is a special file', quoted(name));
    case 'hard-link':
      return l10n.t('{0} has another name elsewhere (a hard link)', quoted(name));
  }
}

function some({ first, count }: Some<string>): string {
  return andMore(listed(first), count - first.length);
}

function andMore(shown: string, more: number): string {
  return more > 0 ? l10n.t('{0} and {1} more', shown, formatNumber(more)) : shown;
}

function filterCommand(folders: readonly string[]): string {
  const paths = folders.map((folder) => `--path ${forShell(`${folder}/`)}`);
  return `git filter-repo --invert-paths ${paths.join(' ')}`;
}
