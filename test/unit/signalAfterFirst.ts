import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Words for Node that make a program signal itself right behind its first `call` that gives a file a name with this end.
 * Whoever looks on from another process sees that late on a busy machine, when all may be done.
 * @param folder where the file goes that Node is given
 */
export function signalAfterFirst(
  call: 'linkSync' | 'renameSync',
  { folder, end, signal }: { folder: string; end: string; signal: NodeJS.Signals },
): string[] {
  const path = join(folder, `${call}-${signal}.mjs`);
  writeFileSync(
    path,
    `import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const { ${call}: call } = fs;
    let isDone = false;
    fs.${call} = (from, to) => {
      call(from, to);
      if (isDone || !String(to).endsWith(${JSON.stringify(end)})) return;
      isDone = true;
      process.kill(process.pid, ${JSON.stringify(signal)});
    };
    syncBuiltinESMExports();`,
  );
  return ['--import', path];
}
