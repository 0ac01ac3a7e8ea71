import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { pathBelow } from '../../../src/base/pathBelow.ts';

describe('pathBelow', () => {
  const paths: [system: 'posix' | 'win32', base: string, path: string, below: string | undefined][] = [
    ['posix', '/w', '/w/logs/api.log', 'logs/api.log'],
    ['posix', '/w', '/w', ''],
    ['posix', '/w', '/w/..x/y', '..x/y'],
    ['posix', '/w', '/', undefined],
    ['posix', '/w', '/w2', undefined],
    ['posix', '/w', '/W/a', undefined],
    ['posix', '/w', '/w/a\\b', 'a\\b'],
    ['posix', '/', '/w', 'w'],
    ['win32', 'C:\\w', 'C:\\w\\logs\\api.log', 'logs/api.log'],
    ['win32', 'c:\\w', 'C:\\W\\Logs', 'Logs'],
    ['win32', 'C:\\w', 'C:/w/logs', 'logs'],
    ['win32', 'C:\\w', 'c:\\w', ''],
    ['win32', 'C:\\w', 'C:\\w\\..x', '..x'],
    ['win32', 'C:\\w', 'C:\\w2', undefined],
    ['win32', 'C:\\w', 'C:\\', undefined],
    ['win32', 'C:\\w', 'D:\\w\\logs', undefined],
    ['win32', 'C:\\w', '\\\\server\\share\\w', undefined],
    ['win32', '\\\\server\\share\\w', '\\\\SERVER\\share\\w\\a\\b', 'a/b'],
    ['win32', '\\\\server\\share', '\\\\server\\other\\a', undefined],
    ['win32', 'C:\\', 'C:\\w\\logs', 'w/logs'],
  ];
  for (const [system, base, path, below] of paths)
    it(`${system}: ${path} from ${base} is ${below === undefined ? 'elsewhere' : `“${below}”`}`, () => {
      assert.equal(pathBelow(base, path, { posix, win32 }[system]), below);
    });
});
