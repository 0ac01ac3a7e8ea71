import assert from 'node:assert/strict';
import { withoutIcons, withoutLinks } from '../../../src/vscode/plainText.ts';

describe('texts in which VS Code finds nothing but text', () => {
  /** As VS Code looks for links in a message, and for icons in a label. */
  const link = /\[[^\]]+\]\((?:https?:\/\/|command:|file:)[^)\s]+/;
  const icon = /\$\([\w~-]+\)/;

  it('a name that looks like a link is none in a message', () => {
    const name = '[this](command:workbench.action.quit).log';
    assert.match(name, link);
    assert.doesNotMatch(withoutLinks(name), link);
    assert.equal(withoutLinks(name).replaceAll('\u200b', ''), name);
  });

  it('a name that looks like an icon is none in a list', () => {
    const name = '$(sync~spin).log';
    assert.match(name, icon);
    assert.doesNotMatch(withoutIcons(name), icon);
    assert.equal(withoutIcons(name).replaceAll('\u200b', ''), name);
  });

  it('any other text stays as it is', () => {
    const text = '$5 (net) [a] (b) fröhlich.log';
    assert.equal(withoutIcons(withoutLinks(text)), text);
  });
});
