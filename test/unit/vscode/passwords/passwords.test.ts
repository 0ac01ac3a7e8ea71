import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { Failure } from '../../../../src/base/failure.ts';
import { passwordsOf } from '../../../../src/vscode/passwords/passwords.ts';

const place = (name: string) => ({ root: '/w', name });

/** A worker that knows some passwords, a storage that remembers some, and a person who types. */
function scene(given: { remembered?: string[]; typed?: (archive: string) => string | undefined }) {
  const known = new Set<string>();
  const asked: string[] = [];
  let open = 0;
  let mostOpen = 0;
  const passwords = passwordsOf({
    handOver() {
      for (const each of given.remembered ?? []) known.add(each);
      return Promise.resolve((given.remembered ?? []).length);
    },
    async ask({ name }) {
      asked.push(name);
      mostOpen = Math.max(mostOpen, (open += 1));
      await turn();
      open -= 1;
      const typed = given.typed?.(name);
      if (typed === undefined) throw new Failure('cancelled', {});
      known.add(typed);
    },
  });
  let works = 0;
  const read = (name: string, password: string) => () => {
    works += 1;
    if (known.has(password)) return Promise.resolve(`text of ${name}`);
    return Promise.reject(
      known.size === 0
        ? new Failure('password-needed', { name })
        : new Failure('password-wrong', { name, tried: known.size }),
    );
  };
  const counts = () => ({ asked, mostOpen, works });
  return { passwords, read, counts };
}

describe('withPassword', () => {
  it('asks nothing where nothing is needed', async () => {
    const { passwords, counts } = scene({});
    assert.equal(await passwords.withPassword(place('a'), () => Promise.resolve(1)), 1);
    assert.deepEqual(counts().asked, []);
  });

  it('tries the remembered ones before it asks', async () => {
    const { passwords, read, counts } = scene({ remembered: ['one', 'two'] });
    assert.equal(await passwords.withPassword(place('a'), read('a', 'two')), 'text of a');
    assert.deepEqual(counts().asked, []);
  });

  it('asks where none fits, and does the work with what was typed', async () => {
    const { passwords, read, counts } = scene({ remembered: ['one'], typed: () => 'typed' });
    assert.equal(await passwords.withPassword(place('a'), read('a', 'typed')), 'text of a');
    assert.deepEqual(counts().asked, ['a']);
  });

  it('asks once for two that the same password opens', async () => {
    const { passwords, read, counts } = scene({ typed: () => 'typed' });
    const texts = await Promise.all(
      ['a', 'b'].map((name) => passwords.withPassword(place(name), read(name, 'typed'))),
    );
    assert.deepEqual(texts, ['text of a', 'text of b']);
    assert.deepEqual(counts().asked, ['a']);
  });

  it('asks one after the other for two passwords', async () => {
    const { passwords, read, counts } = scene({ typed: (name) => `of ${name}` });
    await Promise.all(
      ['a', 'b'].map((name) => passwords.withPassword(place(name), read(name, `of ${name}`))),
    );
    assert.deepEqual(counts().asked, ['a', 'b']);
    assert.equal(counts().mostOpen, 1);
  });

  it('is called off where nobody types, and asks again for the next', async () => {
    const answers = [undefined, 'x'];
    const { passwords, read, counts } = scene({ typed: () => answers.shift() });
    await assert.rejects(passwords.withPassword(place('a'), read('a', 'x')), { code: 'cancelled' });
    assert.equal(await passwords.withPassword(place('a'), read('a', 'x')), 'text of a');
    assert.deepEqual(counts().asked, ['a', 'a']);
  });

  it('does not ask again where what fitted does not open all: that is told', async () => {
    const { passwords, read, counts } = scene({ typed: () => 'fits' });
    await assert.rejects(passwords.withPassword(place('a'), read('a', 'another')), {
      code: 'password-wrong',
    });
    assert.deepEqual(counts().asked, ['a']);
  });

  it('passes on what has nothing to do with passwords, at once', async () => {
    const { passwords, counts } = scene({ remembered: ['one'] });
    const work = () => Promise.reject(new Failure('archive-damaged', { name: 'a', check: 'crc-32' }));
    await assert.rejects(passwords.withPassword(place('a'), work), { code: 'archive-damaged' });
    assert.deepEqual(counts().asked, []);
  });
});

describe('withRemembered', () => {
  it('never asks', async () => {
    const { passwords, read, counts } = scene({ remembered: ['one'], typed: () => 'x' });
    await assert.rejects(passwords.withRemembered(read('a', 'x')), { code: 'password-wrong' });
    assert.equal(await passwords.withRemembered(read('a', 'one')), 'text of a');
    assert.deepEqual(counts().asked, []);
  });

  it('does the work once where nothing is remembered', async () => {
    const { passwords, read, counts } = scene({});
    await assert.rejects(passwords.withRemembered(read('a', 'x')), { code: 'password-needed' });
    assert.equal(counts().works, 1);
  });
});
