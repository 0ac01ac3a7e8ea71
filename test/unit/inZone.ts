import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const sources = pathToFileURL(join(import.meta.dirname, '../../src/')).href;

/**
 * Runs lines of a module in a process of another time zone: the zone of a process is not changed under the tests after it.
 * @param zone such as `America/New_York`
 * @param imported a name and the file under `src/` that exports it
 * @param expression gives texts
 */
export function inZone(
  zone: string,
  [name, file]: readonly [name: string, file: string],
  expression: string,
): readonly string[] {
  const lines = `import { ${name} } from '${sources}${file}'; console.log(JSON.stringify(${expression}));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', lines], {
    encoding: 'utf8',
    env: { ...process.env, TZ: zone },
  });
  return JSON.parse(output) as readonly string[];
}
