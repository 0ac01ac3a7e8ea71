import assert from 'node:assert/strict';
import * as l10n from '@vscode/l10n';
import { auditActions } from '../../../../src/audit/actions.ts';
import { auditPage } from '../../../../src/vscode/audit/auditPage.ts';
import { pageWords } from '../../../../src/vscode/audit/auditWords.ts';

const sources = {
  nonce: 'N0NCE',
  cspSource: 'https://csp',
  script: 'https://s/a.js',
  style: 'https://s/a.css',
  shared: 'https://s/s.css',
  icons: 'https://s/i.css',
};
const page = (folder = 'billing'): string => auditPage(sources, { language: 'de', folder });

describe('auditPage', () => {
  afterEach(() => {
    l10n.config({ contents: {} });
  });

  it('loads its own files alone', () => {
    const html = page();
    const policy =
      "default-src 'none'; style-src https://csp; font-src https://csp; script-src 'nonce-N0NCE'";
    assert.ok(html.includes(`content="${policy}"`));
    assert.equal(html.split('<script').length, 2);
    assert.doesNotMatch(html, / style=| on[a-z]+=/);
  });

  it('runs no script but its own, whatever the folder is called', () => {
    const html = page(`<script>alert("1")</script>'&`);
    assert.match(html, /Audit Trail of &lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;&#39;&amp;/);
    assert.equal(html.split('<script').length, 2);
  });

  it('has no id twice', () => {
    const ids = [...page().matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.equal(ids.length, new Set(ids).size);
  });

  it('says that nothing can be changed', () => {
    assert.match(page(), /Records cannot be changed here\./);
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
    const shown = html.replace(/<kbd>[^<]*<\/kbd>/g, ' ').replace(/<[^>]*?>/g, ' ');
    const labels = [...html.matchAll(/ (?:aria-label|placeholder|title)="([^"]*)"/g)].map(
      ([, label]) => label,
    );
    const plain = `${shown} ${labels.join(' ')}`.replace(/&lt;i class=&quot;x&quot;&gt;/g, '');
    assert.doesNotMatch(plain, /[A-Za-z]{3}/);
  });
});

describe('pageWords', () => {
  it('has words for every known action', () => {
    assert.deepEqual(Object.keys(pageWords().actions).sort(), Object.keys(auditActions).sort());
  });
});
