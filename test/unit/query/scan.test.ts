import assert from 'node:assert/strict';
import { compileSearch } from '../../../src/query/compile.ts';
import { LineScanner } from '../../../src/query/lineScanner.ts';
import { randomOf, size } from '../../chance.ts';
import { everyEntry, type EntryAt } from './everyEntry.ts';
import { nastyLog, nastyQuery } from './nastyLogs.ts';

const clock = { now: Date.UTC(2026, 0, 2), zone: 'utc' } as const;
const context = { name: 'logs/app.log', modified: Date.UTC(2026, 0, 1, 12), offsetMinutesAt: () => 60 };

describe('LineScanner', () => {
  it('finds what parsing every line and applying the tree finds', async () => {
    const random = randomOf('scan: nasty logs');
    let found = 0;
    let passed = 0;
    for (let round = 0; round < size(200, 10_000); round += 1) {
      const log = nastyLog(random);
      const all = everyEntry(log, context);
      for (let time = 0; time < 4; time += 1) {
        const query = nastyQuery(random);
        const { matches, find } = await compileSearch(query, clock);
        const read: EntryAt[] = [];
        const scanner = new LineScanner(log.subarray(0, 65_536), context, find, (entry, offset) => {
          read.push({ ...entry, offset });
        });
        const pass = (): void => {
          const most = 1 + random() * (random() < 0.5 ? 60 : 4000);
          for (let at = 0; at < log.length;) {
            const length = Math.ceil(random() * most);
            // The memory of a piece is used again.
            const piece = Buffer.from(log.subarray(at, at + length));
            scanner.push(piece);
            piece.fill(0x20);
            at += length;
          }
          scanner.end();
        };
        if (scanner.lacksYear) {
          scanner.look();
          pass();
        }
        pass();
        const expected = all.filter(matches);
        assert.deepEqual(read.filter(matches), expected, `${query}\n${log.toString('latin1')}`);
        found += expected.length;
        passed += all.length - read.length;
      }
    }
    assert.ok(found > 100 && passed > 1000, `found ${String(found)}, passed over ${String(passed)}`);
  });
});
