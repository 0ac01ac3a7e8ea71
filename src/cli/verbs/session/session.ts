import { inlineApp, type App } from '../../../jobs/jobs.ts';
import { Failure } from '../../../base/failure.ts';
import type { Exit, Arguments, Call, OptionKind, Verb } from '../../verb.ts';
import { passwordOptions, withPasswords } from '../../passwords.ts';
import { clean } from './clean.ts';
import { find } from './find.ts';
import { openOne } from './open.ts';
import { rekey } from './rekey.ts';
import { write } from './write.ts';

/** What `session` does for one second word, such as `write`. */
interface Part {
  /** The argument after the second word, where there is one. */
  readonly takes?: 'FILE' | 'ID';
  /** Its options, beside those for passwords. */
  readonly options?: Readonly<Record<string, OptionKind>>;
  readonly run: (app: App, words: Call) => Promise<Exit>;
  /** It reads standard input itself, and takes the passwords from it. */
  readonly ownPasswords?: boolean;
  /** It reads standard input itself, so passwords cannot come from it. */
  readonly ownInput?: boolean;
}

const parts: Readonly<Record<string, Part>> = {
  write: {
    options: { user: 'value', chat: 'value', message: 'value', session: 'value', request: 'value' },
    run: write,
    ownInput: true,
  },
  open: { takes: 'FILE', run: openOne },
  find: { takes: 'ID', run: find },
  clean: { options: { 'dry-run': 'flag', now: 'value', accept: 'flag' }, run: clean },
  rekey: { run: rekey, ownPasswords: true },
};

export const session: Verb = {
  options: Object.fromEntries(
    [passwordOptions, ...Object.values(parts).map(({ options = {} }) => options)].flatMap(
      Object.entries<OptionKind>,
    ),
  ),
  positionals: { min: 1, max: 2 },
  async run(words) {
    const [what = '', given = ''] = words.positionals;
    const part = Object.hasOwn(parts, what) ? parts[what] : undefined;
    if (part === undefined || (part.takes !== undefined) !== (given !== '')) throw usage();
    refuseOthersOptions(what, part, words);
    if (part.ownInput === true && words.flag('password-stdin'))
      throw new Failure('usage', {
        detail: `Standard input of session ${what} holds the lines. Give the password by --password-file FILE or SESSION_LOG_ZIP_PASSWORD.`,
      });
    const app = inlineApp(words.environment);
    const run = (): Promise<Exit> => part.run(app, words);
    return part.ownPasswords === true ? run() : withPasswords(app, words, run);
  },
};

/** Refuses options of the other second words: a `--dry-run` that is ignored would run for real. */
function refuseOthersOptions(what: string, { options = {} }: Part, { flag, value }: Arguments): void {
  const others = Object.values(parts).flatMap((part) => Object.keys(part.options ?? {}));
  const given = others.find(
    (name) => !Object.hasOwn(options, name) && (flag(name) || value(name) !== undefined),
  );
  if (given === undefined) return;
  throw new Failure('usage', { detail: `session ${what} takes no --${given}. See --help.` });
}

function usage(): Failure {
  const forms = Object.entries(parts).map(
    ([name, { takes }]) => `session ${name}${takes === undefined ? '' : ` ${takes}`}`,
  );
  return new Failure('usage', { detail: `Write ${forms.join(', ')}. See --help.` });
}
