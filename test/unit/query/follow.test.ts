import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { openSearch } from '../../../src/query/session.ts';
import { randomOf, size } from '../../chance.ts';
import { freshFolders } from '../freshFolders.ts';
import { recordingContext } from '../recording.ts';

const clock = { now: Date.UTC(2026, 0, 2), zone: 'utc' } as const;

/** Numbered lines, and what was printed of them. */
class Following {
  readonly printed: number[] = [];
  #wake: () => void = () => undefined;

  readonly take = (
    entries: readonly { readonly fields: Readonly<Record<string, unknown>> }[],
  ): Promise<void> => {
    this.printed.push(...entries.map(({ fields }) => Number(fields.n)));
    this.#wake();
    return Promise.resolve();
  };

  /** Waits until so many lines were printed. */
  async until(count: number): Promise<void> {
    while (this.printed.length < count) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

describe('following', function () {
  this.timeout(120_000);
  const folders = freshFolders();
  let written = 0;
  beforeEach(() => (written = 0));

  function append(name: string, count = 1): void {
    let text = '';
    for (let line = 0; line < count; line += 1, written += 1)
      text += `{"timestamp":"2026-01-01T00:00:00Z","n":${String(written)},"text":"wanted"}\n`;
    appendFileSync(join(folders.logs, name), text);
  }
  const at = (name: string): string => join(folders.logs, name);

  /** Follows while `work` runs. */
  async function whileFollowed(
    work: (following: Following) => Promise<void>,
    { limit = 1000, file }: { readonly limit?: number; readonly file?: string } = {},
  ): Promise<readonly number[]> {
    const controller = new AbortController();
    const { context } = recordingContext(folders);
    const input = { root: folders.root, query: 'wanted', clock, file };
    const search = await openSearch(input, { ...context, signal: controller.signal });
    const following = new Following();
    const done = search.follow(limit, following.take);
    try {
      await Promise.race([work(following), done]);
    } finally {
      controller.abort();
      await done;
    }
    return following.printed;
  }
  const all = (): number[] => Array.from({ length: written }, (_, number) => number);

  it('prints the newest that are there, then what is appended, a line once it is whole', async () => {
    append('api.log', 5);
    const printed = await whileFollowed(
      async (following) => {
        await following.until(2);
        appendFileSync(at('api.log'), '{"timestamp":"2026-01-01T00:00:00Z","n":5,"text":"wa');
        written += 1;
        append('other.log');
        await following.until(3);
        appendFileSync(at('api.log'), 'nted"}\n{"n":99,"text":"no"}\n');
        await following.until(4);
      },
      { limit: 2 },
    );
    assert.deepEqual(printed, [3, 4, 6, 5]);
  });

  it('reads on in a file that was renamed, and the end of one that was deleted', async () => {
    append('api.log');
    const printed = await whileFollowed(async (following) => {
      await following.until(1);
      append('api.log', 2);
      renameSync(at('api.log'), at('api.1.log'));
      append('api.1.log');
      append('api.log');
      await following.until(5);
      append('api.log');
      rmSync(at('api.log'));
      await following.until(6);
    });
    assert.deepEqual(
      [...printed].sort((one, other) => one - other),
      all(),
    );
  });

  it('prints every line once while the folder is zipped, truncated and rotated a hundred times', async () => {
    const random = randomOf('follow: a hundred times');
    let number = 0;
    const rotated: string[] = [];
    append('api.log', 3);
    append('app.log', 3);
    const steps: readonly ((following: Following) => Promise<void> | void)[] = [
      () => {
        if (!existsSync(at('api.log'))) return;
        number += 1;
        renameSync(at('api.log'), at(`api.${String(number)}.log`));
        rotated.push(`api.${String(number)}.log`);
      },
      () => {
        const name = rotated.shift();
        if (name === undefined) return;
        // As maintenance does it: a finished archive appears, then its log goes.
        const zip = `api.2026-01-01.${String(number * 100 + rotated.length + 2)}.log.zip`;
        execFileSync('zip', ['-q', '../made.zip', name], { cwd: folders.logs });
        linkSync(join(folders.root, 'made.zip'), at(zip));
        rmSync(join(folders.root, 'made.zip'));
        rmSync(at(name));
      },
      () => {
        // logrotate's copytruncate
        for (let old = 8; old > 0; old -= 1)
          if (existsSync(at(`app.log.${String(old)}`)))
            renameSync(at(`app.log.${String(old)}`), at(`app.log.${String(old + 1)}`));
        copyFileSync(at('app.log'), at('app.log.1'));
        truncateSync(at('app.log'));
      },
      async (following) => {
        // What was not read is lost.
        await following.until(written);
        truncateSync(at('app.log'));
      },
    ];
    const printed = await whileFollowed(async (following) => {
      for (let round = 0; round < size(100, 1000); round += 1) {
        append('api.log', 1 + Math.floor(random() * 3));
        append('app.log', 1 + Math.floor(random() * 3));
        await steps[Math.floor(random() * steps.length)]?.(following);
        if (random() < 0.3) await following.until(written);
      }
      await following.until(written);
    });
    assert.deepEqual(
      [...printed].sort((one, other) => one - other),
      all(),
    );
  });

  it('finds every line of the API log once while it is rotated and zipped', async () => {
    const random = randomOf('search: rotation');
    const { context } = recordingContext(folders);
    const search = await openSearch({ root: folders.root, query: 'wanted', clock }, context);
    let number = 0;
    const rotated: string[] = [];
    for (let round = 0; round < size(100, 1000); round += 1) {
      append('api.log', 1 + Math.floor(random() * 3));
      const before = written;
      const searching = search.page({ order: 'oldest', limit: 100_000 });
      const turns = Math.floor(random() * 30);
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      if (random() < 0.6) {
        number += 1;
        renameSync(at('api.log'), at(`api.${String(number)}.log`));
        rotated.push(`api.${String(number)}.log`);
        append('api.log');
      }
      // The search goes on. Sometimes it was the active log when that began.
      const later = Math.floor(random() * 12);
      for (let turn = 0; turn < later; turn += 1) await setImmediate();
      const name = random() < 0.6 ? rotated.pop() : undefined;
      if (name !== undefined) {
        execFileSync('zip', ['-q', '../made.zip', name], { cwd: folders.logs });
        renameSync(join(folders.root, 'made.zip'), at(`api.2026-01-01.${String(round + 2)}.log.zip`));
        rmSync(at(name));
      }
      const { entries, unreadable } = await searching;
      const found = entries.map(({ fields }) => Number(fields.n)).sort((one, other) => one - other);
      assert.deepEqual(unreadable, []);
      // Lines that were appended while the search ran may be found.
      assert.deepEqual(
        found.filter((line) => line < before),
        all().slice(0, before),
      );
      assert.equal(new Set(found).size, found.length);
    }
  });
});
