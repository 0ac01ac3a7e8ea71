import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { menuPaths } from '../../../../src/vscode/window/menuPaths.ts';

describe('menuPaths', () => {
  const folders: [what: string, path: string, fsPath: string, made: readonly [string, string]][] = [
    ['Linux and macOS', '/home/a/w', '/home/a/w', ['/home/a/w/logs/x', '/home/a/w/logs/x']],
    ['Windows', '/c:/Users/a/w', 'c:\\Users\\a\\w', ['/c:/Users/a/w/logs/x', 'c:\\Users\\a\\w\\logs\\x']],
    ['a drive of Windows', '/c:/', 'c:\\', ['/c:/logs/x', 'c:\\logs\\x']],
    ['a share', '/share/w', '\\\\server\\share\\w', ['/share/w/logs/x', '\\\\server\\share\\w\\logs\\x']],
  ];
  for (const [what, path, fsPath, made] of folders)
    it(`as the menus of ${what} compare them`, () => {
      const system = fsPath.includes('\\') ? win32 : posix;
      assert.deepEqual(menuPaths({ path, fsPath }, 'logs/x', system), made);
    });
});
