import assert from 'node:assert/strict';
import * as l10n from '@vscode/l10n';
import { formFields } from '../../../../src/policy/policyForm.ts';
import { configurePage } from '../../../../src/vscode/configure/configurePage.ts';

const sources = {
  nonce: 'N0NCE',
  cspSource: 'https://csp',
  script: 'https://s/c.js',
  style: 'https://s/c.css',
};
const range = { min: 1, max: 10_240 };
const subject = {
  language: 'de',
  folder: 'billing',
  limits: {
    maxFileMB: range,
    maxFolderMB: range,
    days: range,
    months: range,
    keepPlain: range,
    maxBodyBytes: range,
  },
};
const page = (changed: Partial<typeof subject> = {}): string =>
  configurePage(sources, { ...subject, ...changed });

describe('configurePage', () => {
  afterEach(() => {
    l10n.config({ contents: {} });
  });

  it('names its language', () => {
    assert.match(page(), /<html lang="de">/);
  });

  it('has a place for errors, warnings and the question of each field, and both answers', () => {
    const html = page();
    for (const field of formFields)
      for (const part of ['error', 'warning', 'question', 'asked', 'theirs', 'mine'])
        assert.equal(html.split(`id="${field}-${part}"`).length, 2, `${field}-${part}`);
  });

  it('has no id twice', () => {
    const ids = [...page().matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.deepEqual(ids.length, new Set(ids).size);
  });

  it('runs no script but its own, whatever the folder is called', () => {
    const html = page({ folder: `<script>alert("1")</script>'&` });
    assert.match(html, /Logging of &lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;&#39;&amp;/);
    assert.equal(html.split('<script').length, 2);
  });

  it('takes every text from the translation, and escapes it', () => {
    const marked = new Proxy(
      {},
      {
        get: (_target, key) =>
          typeof key === 'string' ? `<i class="x">${key.replace(/./g, 'ä')}` : undefined,
      },
    );
    l10n.config({ contents: marked });
    const html = page();
    assert.doesNotMatch(html, /<i /);
    const shown = html.replace(/<style[^]*?<\/style>/g, '').replace(/<[^>]*?>/g, ' ');
    const labels = [...html.matchAll(/ label="([^"]*)"/g)].map(([, label]) => label).join(' ');
    const plain = `${shown} ${labels}`.replace(/&lt;i class=&quot;x&quot;&gt;/g, '');
    assert.doesNotMatch(plain, /[A-Za-z]{3}/);
  });
});
