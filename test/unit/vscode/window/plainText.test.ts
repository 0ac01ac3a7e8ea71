import assert from 'node:assert/strict';
import { parseFileName } from '../../../../src/files/fileName.ts';
import { describeDeletion } from '../../../../src/vscode/logs/deletionTexts.ts';
import { withoutIcons, withoutLinks } from '../../../../src/vscode/window/plainText.ts';
import { hostileNames } from '../../../hostileNames.ts';

/** The pattern of a link in a notification in VS Code 1.139 (`linkedText.ts`). */
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
/** The pattern of an icon in a row (`iconLabels.ts`). */
const icon = /\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/;

describe('a name from disk among the words of VS Code', () => {
  for (const name of ['[x](command:a.b)', '[x](https://a.b "c")', '[[x](file:a)', '[a](b)[x](COMMAND:a)'])
    it(`${name} becomes no link`, () => {
      assert.match(name, link);
      const text = withoutLinks(`“${name}” was deleted.`);
      assert.doesNotMatch(text, link);
      assert.equal(text.replaceAll('\u200b', ''), `“${name}” was deleted.`);
    });

  for (const name of Object.values(hostileNames))
    it(`${JSON.stringify(name)} becomes no link where its deletion is told`, () => {
      const file = { name, parts: parseFileName(name), bytes: 1, modified: 0, inode: 1 };
      const text = withoutLinks(describeDeletion({ trashed: [], deleted: [file], refused: [] }));
      assert.doesNotMatch(text, link);
      assert.match(text, /^“.*” was deleted/);
    });

  for (const name of ['$(trash)', 'a$(sync~spin).log', '$$(x)$(y)'])
    it(`${name} becomes no icon`, () => {
      assert.match(name, icon);
      const text = withoutIcons(name);
      assert.doesNotMatch(text, icon);
      assert.equal(text.replaceAll('\u200b', ''), name);
    });

  it('leaves every other name as it is', () => {
    for (const name of ['api.log', '[1] (copy).log', '{0} 100% $1 (2).log', '😀.log']) {
      assert.equal(withoutLinks(name), name);
      assert.equal(withoutIcons(name), name);
    }
  });
});
