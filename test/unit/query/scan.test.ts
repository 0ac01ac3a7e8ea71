import assert from 'node:assert/strict';
import { compileSearch } from '../../../src/query/compile.ts';
import { LineScanner } from '../../../src/query/lineScanner.ts';
import { randomOf, size } from '../../chance.ts';
import { everyEntry, type EntryAt } from './everyEntry.ts';
import { generatedLog } from './generatedLogs.ts';
import { nastyLog, nastyQuery, queryFor } from './nastyLogs.ts';

const clock = { now: Date.UTC(2026, 0, 2), zone: 'utc' } as const;
const MODIFIED = Date.UTC(2026, 0, 1, 12);

describe('LineScanner', function () {
  this.timeout(1_200_000);

  it('finds what parsing every line and applying the tree finds', async () => {
    const random = randomOf('scan: nasty logs');
    let found = 0;
    let passed = 0;
    for (let round = 0; round < size(200, 10_000); round += 1) {
      const generated = round % 2 === 0 ? undefined : generatedLog(random);
      const log = generated?.content ?? nastyLog(random);
      const context = {
        name: 'logs/app.log',
        modified: generated?.modified ?? MODIFIED,
        offsetMinutesAt: () => 60,
      };
      const all = everyEntry(log, context);
      for (let time = 0; time < 4; time += 1) {
        const entry = all[Math.floor(random() * all.length)];
        const query = entry === undefined || random() < 0.5 ? nastyQuery(random) : queryFor(random, entry);
        const { matches, find } = await compileSearch(query, clock);
        const read: EntryAt[] = [];
        const scanner = new LineScanner(log.subarray(0, 65_536), context, find, (one, offset) => {
          read.push({ ...one, offset });
        });
        if (scanner.lacksYear) {
          scanner.look();
          passInPieces(log, scanner, random);
        }
        passInPieces(log, scanner, random);
        const expected = all.filter(matches);
        assert.deepEqual(read.filter(matches), expected, `${query}\n${log.toString('latin1')}`);
        found += expected.length;
        passed += all.length - read.length;
      }
    }
    assert.ok(found > 100 && passed > 1000, `found ${String(found)}, passed over ${String(passed)}`);
  });

  it('cuts a line of many megabytes, and goes on behind it', async () => {
    const long = (bytes: number): string =>
      `{"time":"2026-01-01T00:00:01Z","message":"${'x'.repeat(bytes)}"}`;
    for (const bytes of [900_000, 1_048_576, 1_100_000, 5_000_000]) {
      const log = Buffer.from(
        [
          '{"time":"2026-01-01T00:00:00Z","a":"needle"}',
          long(bytes),
          '{"b":"needle"}',
          long(bytes),
          '',
          'end',
        ].join('\n'),
      );
      const context = { name: 'logs/app.log', modified: MODIFIED };
      for (const query of ['', 'needle', 'b:needle', 'nothing']) {
        const { matches, find } = await compileSearch(query, clock);
        const read: EntryAt[] = [];
        const scanner = new LineScanner(log.subarray(0, 65_536), context, find, (entry, offset) => {
          read.push({ ...entry, offset });
        });
        for (let at = 0; at < log.length; at += 200_000) scanner.push(log.subarray(at, at + 200_000));
        scanner.end();
        assert.deepEqual(
          read.filter(matches),
          everyEntry(log, context).filter(matches),
          `${query} ${String(bytes)}`,
        );
      }
    }
  });
});

function passInPieces(log: Buffer, scanner: LineScanner, random: () => number): void {
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
}
