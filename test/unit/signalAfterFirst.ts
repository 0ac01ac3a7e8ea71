import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Words for Node that make a program signal itself right behind its first `call` that gives a file a name with this end.
 * Another process that watches sees that late on a busy machine, when all may be done.
 * @param folder where the file goes that Node is given
 * @param turn the number of the call, from 1, where it is not the first
 * @param isBehind false: the signal comes in front of the call
 */
export function signalAfterFirst(
  call: 'linkSync' | 'renameSync',
  {
    folder,
    end,
    signal,
    turn = 1,
    isBehind = true,
  }: { folder: string; end: string; signal: NodeJS.Signals; turn?: number; isBehind?: boolean },
): string[] {
  const path = join(folder, `${call}-${signal}.mjs`);
  writeFileSync(
    path,
    `import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { ${call}: call } = fs;
    let turns = 0;
    fs.${call} = (from, to) => {
      const isIt = String(to).endsWith(${JSON.stringify(end)}) && (turns += 1) === ${String(turn)};
      const send = () => process.kill(process.pid, ${JSON.stringify(signal)});
      if (isIt && !${String(isBehind)}) send();
      call(from, to);
      if (isIt && ${String(isBehind)}) send();
    };
    syncBuiltinESMExports();`,
  );
  return ['--import', path];
}
