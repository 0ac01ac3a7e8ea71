import assert from 'node:assert/strict';
import { fixes, type CheckId, type Facts, type Finding } from '../../../src/setup/findings.ts';
import { checkTitle, describeFinding, describeFix } from '../../../src/words/findings.ts';

/** Characters in a name of a workspace that could forge a line, a colour or a direction. */
const evil = 'a\nb\u001b[31mc\u202Egol\u2028';
const silences = [{ kind: 'no-git' }, { kind: 'late' }, { kind: 'refused', detail: evil }] as const;
const unasked = [
  { state: 'no-repository' as const },
  ...silences.map((silence) => ({ state: 'silent' as const, silence })),
];
const mount = { path: evil, type: evil };

/** Facts of each check in every state; the compiler asks for every check. */
const samples: { readonly [C in CheckId]: readonly Facts[C][] } = {
  policy: [
    { state: 'sound' },
    { state: 'unmatched', globs: { first: [evil], count: 12 } },
    { state: 'missing' },
    { state: 'unusable', failure: { code: 'policy-newer', data: { path: evil, version: 2 } } },
  ],
  ignored: [
    { state: 'covered' },
    { state: 'no-repository' },
    { state: 'uncovered', lines: [`${evil}/`] },
    { state: 'declined', lines: ['logs/'] },
    { state: 'uncovered-elsewhere', folder: evil, file: evil, lines: [`${evil}/`] },
    { state: 'uncovered-elsewhere', folder: evil, file: evil, lines: [] },
  ],
  untracked: [
    { state: 'none' },
    { state: 'tracked', files: { first: [evil], count: 1 } },
    { state: 'tracked', files: { first: [evil], count: 1234 } },
    ...unasked,
  ],
  writable: [
    { state: 'writable' },
    { state: 'root-read-only' },
    { state: 'no-logs' },
    { state: 'unwritable', paths: [evil, evil] },
  ],
  unlinked: [
    { state: 'plain' },
    {
      state: 'odd',
      names: {
        first: (['link', 'folder', 'file', 'other', 'hard-link'] as const).map((what) => ({
          name: evil,
          what,
        })),
        count: 12,
      },
    },
  ],
  history: [
    { state: 'clean' },
    { state: 'committed', commit: 'a'.repeat(40), paths: ['a b', evil] },
    ...unasked,
  ],
  leftovers: [
    { state: 'none' },
    { state: 'left', names: { first: [evil], count: 1 }, held: false },
    { state: 'left', names: { first: [evil], count: 1 }, held: true },
  ],
  mount: [{ state: 'unknown' }, { state: 'local', mount }, { state: 'shared', mount }],
  'commit-check': [
    { state: 'absent', path: evil },
    { state: 'installed', path: evil },
    { state: 'add-line', path: evil, line: evil },
    { state: 'add-line', path: evil, place: evil, line: evil },
    { state: 'add-line', path: evil, place: evil, line: evil, isFleeting: true },
    { state: 'outdated', path: evil, isOurs: true },
    { state: 'outdated', path: evil, isOurs: false },
    { state: 'not-executable', path: evil, isOurs: true },
    { state: 'not-executable', path: evil, isOurs: false },
    { state: 'unused', path: evil, used: evil, line: evil },
    { state: 'unused', path: evil, used: evil, place: evil, line: evil },
    { state: 'gone', path: evil },
    { state: 'gone', path: evil, added: { place: evil, line: evil } },
    ...unasked,
  ],
};

/** The findings that need a remedy; all others need none. */
const toMend =
  /missing|unusable|uncovered|declined|tracked|unwritable|odd|committed|shared|outdated|not-executable|unused|gone|failed/;

describe('describeFinding', () => {
  for (const [check, states] of Object.entries(samples))
    for (const facts of states as Finding['facts'][])
      it(`${check} ${JSON.stringify(facts).slice(0, 60)}`, () => {
        const ok =
          facts.state === 'left'
            ? facts.held
            : facts.state === 'silent'
              ? facts.silence.kind !== 'refused'
              : !toMend.test(facts.state);
        const { detail, remedy } = describeFinding({ check, ok, facts } as Finding);
        assert.match(detail, /^\S.*\.$/);
        // Where others wrote the hook, there is a line to add for who wants the check.
        assert.equal(remedy === '', ok && facts.state !== 'add-line');
        assert.doesNotMatch(detail + remedy, /[\u0000-\u001f\u007f\u202e\u2028]|undefined|\{\d\}/);
      });

  it('counts what it does not show', () => {
    const facts = { state: 'tracked', files: { first: ['logs/a', 'logs/b'], count: 1234 } } as const;
    assert.equal(
      describeFinding({ check: 'untracked', ok: false, facts }).detail,
      'Git tracks 1,234 log files: “logs/a”, “logs/b” and 1,232 more.',
    );
  });

  it('names the command for the history, ready for a shell', () => {
    const facts = { state: 'committed', commit: 'abc', paths: ["it's/logs"] } as const;
    assert.match(
      describeFinding({ check: 'history', ok: false, facts }).remedy,
      /git filter-repo --invert-paths --path 'it'\\''s\/logs\/'$/,
    );
  });

  it('tells why a check failed', () => {
    const failure = { code: 'no-permission', data: { path: 'logs', call: 'scandir' } } as const;
    const finding = { check: 'leftovers', ok: false, facts: { state: 'failed', failure } } as const;
    assert.match(describeFinding(finding).detail, /“logs” may not be read/);
  });

  it('has a title for each check and says what each fix does', () => {
    const titles = Object.keys(samples).map((check) => checkTitle(check as CheckId));
    assert.equal(new Set(titles).size, titles.length);
    for (const fix of fixes) assert.match(describeFix(fix), /\.$/);
  });
});
