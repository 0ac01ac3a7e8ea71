import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { sanitise, sessionPath } from '../../../../src/sessions/log/sessionPath.ts';

const vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../fixtures/vectors/sanitize_path.json'), 'utf8'),
) as { in: string; fallback: string; out: string }[];

const userName = (id: string): string => sessionPath({ userId: id, chatId: 'c', messageId: 'm' }).folders[0];
const requestName = (id: string): string | undefined =>
  sessionPath({ userId: 'u', chatId: 'c', messageId: 'm', requestId: id }).request;

/** Near to each other, so that they collide where they can. */
const nearIds = fc.string({
  unit: fc.constantFrom('a', 'A', 'b', '.', '_', '-', '~', '/', ' ', 'ä', '\ud83d', '\ude00', 'con', '1'),
  minLength: 1,
  maxLength: 6,
});
const ids = fc.oneof(nearIds, fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom('CON', 'nul.x'));

describe('sanitise', () => {
  for (const { in: id, fallback, out } of vectors)
    it(`${JSON.stringify(id).slice(0, 40)} as other programs do`, () => {
      assert.equal(sanitise(id, fallback), out);
    });
});

describe('sessionPath', () => {
  const ending = new AbortController();
  after(() => {
    ending.abort();
  });

  it('ends for a long id that is all dots', async () => {
    // In a process of its own, so that the test ends where that does not: the square of this length takes hours.
    const child = promisify(execFile)(
      process.execPath,
      [
        '--input-type=module-typescript',
        '-e',
        `import { sessionPath } from ${JSON.stringify(join(import.meta.dirname, '../../../../src/sessions/log/sessionPath.ts'))};
        const userId = 'a' + '.'.repeat(3_000_000) + 'a';
        process.stdout.write(sessionPath({ userId, chatId: 'c', messageId: 'm' }).folders[0]);`,
      ],
      { signal: ending.signal },
    );
    assert.match((await child).stdout, /^a~[0-9a-f]{16}$/);
  });

  it('leaves plain ids as they are', () => {
    const ids = [
      'u-7f3c',
      '0',
      'a.b_c-d',
      'x'.repeat(128),
      '9f1c2d3e-4b5a-6789-abcd-ef0123456789',
      'console.x',
    ];
    for (const id of ids) assert.equal(userName(id), id);
    assert.deepEqual(sessionPath({ userId: 'u', chatId: 'c', messageId: 'm', requestId: 'r' }), {
      folders: ['u', 'c'],
      message: 'm',
      request: 'r',
    });
  });

  it('gives no name for a request that has none', () => {
    for (const requestId of [undefined, null, '', ' '])
      assert.equal(sessionPath({ userId: 'u', chatId: 'c', messageId: 'm', requestId }).request, undefined);
  });

  it('keeps the name of a request short', () => {
    assert.equal(requestName('x'.repeat(64)), 'x'.repeat(64));
    assert.match(requestName('x'.repeat(65)) ?? '', /^x{47}~[0-9a-f]{16}$/);
  });

  const names: [id: string, name: RegExp][] = [
    ['msg:0001', /^msg_0001~[0-9a-f]{16}$/],
    ['Anna', /^Anna~[0-9a-f]{16}$/],
    ['..', /^user~[0-9a-f]{16}$/],
    ['😀', /^user~[0-9a-f]{16}$/],
    ['../etc/passwd', /^etc_passwd~[0-9a-f]{16}$/],
    ['anna@example.org', /^anna_example\.org~[0-9a-f]{16}$/],
    ['CON', /^CON~[0-9a-f]{16}$/],
    ['nul', /^nul~[0-9a-f]{16}$/],
    ['com1.tar.gz', /^com1_tar_gz~[0-9a-f]{16}$/],
    ['x'.repeat(300), /^x{111}~[0-9a-f]{16}$/],
    [`${'x'.repeat(110)}.${'y'.repeat(50)}`, /^x{110}~[0-9a-f]{16}$/],
  ];
  for (const [id, name] of names)
    it(`makes another id a name of its own: ${id.slice(0, 30)}`, () => {
      assert.match(userName(id), name);
    });

  it('tells the same name everywhere', () => {
    assert.equal(userName('Anna'), 'Anna~8a17e39e25f9df65');
  });

  it('shows nothing of an id that would be masked', () => {
    const id = `Bearer ${'ab12'.repeat(8)}`;
    const plain = `${['gh', 'p'].join('')}_${'a1b2c3d4e5f6'.repeat(3)}`;
    for (const secret of [id, plain]) assert.match(userName(secret), /^user~[0-9a-f]{16}$/);
    assert.match(sessionPath({ userId: 'u', chatId: id, messageId: id }).message, /^message~/);
  });

  it('gives different ids different names, on disks that ignore case, too', () => {
    fc.assert(
      fc.property(ids, ids, (one, other) => {
        fc.pre(one !== other);
        assert.notEqual(userName(one).toLowerCase(), userName(other).toLowerCase());
        const [a, b] = [requestName(one), requestName(other)];
        if (a !== undefined && b !== undefined) assert.notEqual(a.toLowerCase(), b.toLowerCase());
      }),
      { numRuns: 5000 },
    );
  });

  it('gives names that every system takes', () => {
    fc.assert(
      fc.property(ids, (id) => {
        for (const name of [userName(id), requestName(id) ?? 'none']) {
          assert.match(name, /^[0-9A-Za-z][0-9A-Za-z._~-]{0,127}$/);
          assert.match(name, /[^._-]$/);
          assert.doesNotMatch(name, /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i);
        }
        assert.ok((requestName(id) ?? '').length <= 64);
      }),
      { numRuns: 5000 },
    );
  });

  it('takes no id for what it made of another one', () => {
    assert.notEqual(userName(userName('Anna')), userName('Anna'));
  });
});
