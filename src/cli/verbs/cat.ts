import { streamLog } from '../../app/readLog.ts';
import { Exit } from '../exit.ts';
import { forTerminal, print } from '../output.ts';
import type { Verb } from '../verb.ts';

export const cat: Verb = {
  options: { member: 'value' },
  positionals: { min: 1, max: 1 },
  async run({ root, positionals: [name = ''], value }) {
    // People write the path that their shell completes.
    const inLogs = name.replace(/^(?:\.\/)?logs\//, '');
    await streamLog({ root, name: inLogs, member: value('member') }, async (piece) =>
      print(forTerminal(piece)),
    );
    return Exit.done;
  },
};
