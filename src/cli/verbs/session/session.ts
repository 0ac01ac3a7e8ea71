import { inlineApp, type App } from '../../../jobs/jobs.ts';
import { Failure } from '../../../base/failure.ts';
import { optionsOf, partOf, type Part } from '../../parts.ts';
import type { Exit, Call, Verb } from '../../verb.ts';
import { passwordOptions, withPasswords } from '../../passwords.ts';
import { clean } from './clean.ts';
import { find } from './find.ts';
import { openOne } from './open.ts';
import { rekey } from './rekey.ts';
import { write } from './write.ts';

interface SessionPart extends Part {
  readonly run: (app: App, words: Call) => Promise<Exit>;
  /** It reads standard input itself, and takes the passwords from it. */
  readonly ownPasswords?: boolean;
  /** It reads standard input itself, so passwords cannot come from it. */
  readonly ownInput?: boolean;
}

const parts: Readonly<Record<string, SessionPart>> = {
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
  options: { ...passwordOptions, ...optionsOf(parts) },
  positionals: { min: 1, max: 2 },
  async run(words) {
    const [what = ''] = words.positionals;
    const part = partOf('session', parts, words);
    if (part.ownInput === true && words.flag('password-stdin'))
      throw new Failure('usage', {
        detail: `Standard input of session ${what} holds the lines. Give the password by --password-file FILE or SESSION_LOG_ZIP_PASSWORD.`,
      });
    const app = inlineApp(words.environment);
    const run = (): Promise<Exit> => part.run(app, words);
    return part.ownPasswords === true ? run() : withPasswords(app, words, run);
  },
};
