import { inlineApp, inlineContext } from '../../jobs/jobs.ts';
import { streamLog, type LogInput } from '../../reading/readLog.ts';
import { Failure, isFailure } from '../../base/failure.ts';
import { mainMember } from '../../archive/sessionMembers.ts';
import { Exit, type Verb } from '../verb.ts';
import { forTerminal, print } from '../output.ts';
import { passwordOptions, withPasswords } from '../passwords.ts';
import { logOf, sessionsHere } from '../paths.ts';

export const cat: Verb = {
  options: { member: 'value', ...passwordOptions },
  positionals: { min: 1, max: 1 },
  async run(words) {
    const { root, positionals, value, environment } = words;
    const [name = ''] = positionals;
    const sessions = sessionsHere(environment);
    const place = { root, sessions, ...logOf(root, name, sessions) };
    const context = inlineContext(environment);
    const sink = async (piece: Buffer): Promise<void> => print(forTerminal(piece));
    await withPasswords(inlineApp(environment), words, async () => {
      try {
        await streamLog({ ...place, member: value('member') }, sink, context);
      } catch (error) {
        if (!isFailure(error, 'member-needed')) throw error;
        await streamLog({ ...place, member: logIn(error) }, sink, context);
      }
    });
    return Exit.done;
  },
};

/** The log of a session archive; the archive's other file only describes it. */
function logIn(needed: Failure<'member-needed'>): LogInput['member'] {
  const log = mainMember(needed.data.members);
  if (log === undefined) throw needed;
  return log;
}
