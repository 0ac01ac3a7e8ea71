import assert from 'node:assert/strict';
import {
  AFTER_START,
  intervalOf,
  MaintenanceSchedule,
  outcomeOf,
  SOON,
  type RunOutcome,
} from '../../../../src/vscode/maintenance/maintenanceSchedule.ts';

const HOUR = 3_600_000;

/** A folder with a schedule, a clock that the test advances, and the work that maintenance leaves due. */
class FakeFolder {
  now = 1000;
  due = '';
  runs: number[] = [];
  outcome: RunOutcome = 'done';
  /** The work that a run leaves due. */
  left = '';
  lasts = 0;
  readonly #schedule: MaintenanceSchedule;

  constructor({ intervalMs = HOUR, first = AFTER_START, random = (): number => 0.5 } = {}) {
    this.#schedule = new MaintenanceSchedule({ intervalMs, first, now: this.now, random });
  }

  get next(): number | undefined {
    return this.#schedule.next;
  }

  see(due: string): void {
    this.due = due;
    this.#schedule.see(due, this.now);
  }

  begin(): void {
    this.runs.push(this.now);
    this.#schedule.begin();
  }

  end(): void {
    if (this.outcome !== 'busy') this.see(this.left);
    this.#schedule.end(this.outcome, this.now);
  }

  /** Lets this much time go by; runs begin when they are to, and last `lasts`. */
  pass(ms: number): void {
    const until = this.now + ms;
    for (let turn = 0; turn < 10_000 && (this.next ?? Infinity) <= until; turn += 1) {
      this.now = this.next!;
      this.begin();
      this.now += this.lasts;
      this.end();
    }
    this.now = Math.max(this.now, until);
  }
}

/** A window that has made its first run, with nothing left to do. */
function settled(options = {}): FakeFolder {
  const folder = new FakeFolder(options);
  folder.pass(AFTER_START.to);
  folder.runs = [];
  return folder;
}

describe('MaintenanceSchedule', () => {
  for (const random of [0, 0.5, 0.999])
    it(`keeps its jitter within bounds (${String(random)})`, () => {
      const folder = new FakeFolder({ random: () => random });
      const first = folder.next! - folder.now;
      assert.ok(first >= AFTER_START.from && first <= AFTER_START.to);
      folder.pass(first);
      const pause = folder.next! - folder.now;
      assert.ok(pause >= 0.9 * HOUR && pause <= 1.1 * HOUR);
      assert.equal(folder.runs.length, 1);
      folder.see('zip api.1.log');
      const soon = folder.next! - folder.now;
      assert.ok(soon >= SOON.from && soon <= SOON.to);
    });

  it('never waits longer than the interval, be it for the first run or for what became due', () => {
    const folder = new FakeFolder({ intervalMs: 2000 });
    assert.equal(folder.next! - folder.now, 2000);
    folder.pass(2000);
    folder.see('zip api.1.log');
    assert.ok(folder.next! - folder.now <= 2000);
  });

  it('runs once an interval', () => {
    const folder = settled();
    folder.pass(10 * HOUR);
    assert.equal(folder.runs.length, 10);
  });

  it('leaves what is due at the start to the first run', () => {
    const folder = new FakeFolder();
    const first = folder.next;
    folder.see('zip api.1.log');
    assert.equal(folder.next, first);
    folder.pass(HOUR / 2);
    assert.equal(folder.runs.length, 1);
  });

  it('runs soon after something became due, once for a burst', () => {
    const folder = settled();
    folder.see('rotate api.log');
    const next = folder.next;
    folder.now += 500;
    folder.see('rotate api.log, zip api.1.log');
    assert.equal(folder.next, next);
    folder.pass(HOUR / 2);
    assert.equal(folder.runs.length, 1);
  });

  it('runs again when the same becomes due again', () => {
    const folder = settled();
    for (let times = 1; times <= 3; times += 1) {
      folder.see('rotate api.log');
      folder.pass(60_000);
      assert.equal(folder.runs.length, times);
    }
  });

  it('does not run for what somebody else did meanwhile', () => {
    const folder = settled();
    folder.see('zip api.1.log');
    folder.see('');
    folder.pass(HOUR / 2);
    assert.deepEqual(folder.runs, []);
  });

  it('does not try again what a run left, until it changes or the interval is over', () => {
    const folder = settled();
    folder.left = 'zip api.1.log';
    folder.see('zip api.1.log');
    folder.pass(HOUR / 2);
    assert.equal(folder.runs.length, 1);
    for (let looks = 0; looks < 20; looks += 1) folder.see('zip api.1.log');
    folder.pass(HOUR / 4);
    assert.equal(folder.runs.length, 1);
    folder.see('delete api.2.log, zip api.1.log');
    folder.pass(60_000);
    // The work that is left differs from the work that was tried, so it is retried once.
    assert.equal(folder.runs.length, 3);
    folder.pass(HOUR / 2);
    assert.equal(folder.runs.length, 3);
    folder.pass(HOUR);
    assert.equal(folder.runs.length, 4);
  });

  it('runs once more for what became due during a run', () => {
    const folder = settled();
    folder.see('zip api.1.log');
    folder.now = folder.next!;
    folder.begin();
    assert.equal(folder.next, undefined);
    folder.see('rotate api.log');
    assert.equal(folder.next, undefined);
    folder.left = 'rotate api.log';
    folder.end();
    assert.ok(folder.next! - folder.now <= SOON.to);
  });

  it('does not go on by itself with what a person stopped', () => {
    const folder = settled();
    folder.outcome = 'stopped';
    folder.left = 'zip api.3.log';
    folder.see('zip api.2.log, zip api.3.log');
    folder.pass(HOUR / 2);
    assert.equal(folder.runs.length, 1);
    folder.outcome = 'done';
    folder.left = '';
    folder.pass(HOUR);
    assert.equal(folder.runs.length, 2);
  });

  it('waits for a run elsewhere, without asking all the time', () => {
    const folder = settled();
    folder.outcome = 'busy';
    folder.see('zip api.1.log');
    folder.pass(60_000);
    assert.ok(folder.runs.length >= 2 && folder.runs.length <= 7, String(folder.runs.length));
    folder.outcome = 'done';
    folder.pass(60_000);
    const { length } = folder.runs;
    folder.pass(HOUR / 2);
    assert.equal(folder.runs.length, length);
  });

  it('sees what becomes due though another run was under way at the start', () => {
    const folder = new FakeFolder();
    folder.outcome = 'busy';
    folder.pass(AFTER_START.to);
    folder.outcome = 'done';
    folder.see('zip api.1.log');
    folder.pass(SOON.to);
    assert.equal(folder.runs.length, 2);
  });

  it('leaves it at that when a run elsewhere did what was due', () => {
    const folder = settled();
    folder.outcome = 'busy';
    folder.see('zip api.1.log');
    folder.pass(SOON.to);
    folder.see('');
    folder.pass(HOUR / 2);
    assert.equal(folder.runs.length, 1);
  });

  it('is no busy loop, though each run leaves something new', () => {
    const folder = settled();
    let turn = 0;
    Object.defineProperty(folder, 'left', { get: () => `zip api.${String((turn += 1))}.log` });
    folder.see('zip api.0.log');
    folder.pass(60_000);
    assert.ok(folder.runs.length <= 60_000 / SOON.from, String(folder.runs.length));
  });
});

describe('intervalOf', () => {
  const cases: [setting: unknown, ms: number][] = [
    [60, HOUR],
    [0.5, 30_000],
    [0, 0],
    [-1, 0],
    [0.0001, 1000],
    [1e9, 7 * 24 * HOUR],
    [Infinity, 7 * 24 * HOUR],
    [NaN, HOUR],
    ['5', HOUR],
    [null, HOUR],
    [undefined, HOUR],
  ];
  for (const [setting, ms] of cases)
    it(`takes ${String(setting)} for ${String(ms)} ms`, () => {
      assert.equal(intervalOf(setting), ms);
    });
});

describe('a background run that fails', () => {
  it('shows nothing where another run was under way, a person stopped it, or the policy was removed', () => {
    assert.equal(outcomeOf('maintenance-busy'), 'busy');
    assert.equal(outcomeOf('cancelled'), 'stopped');
    assert.equal(outcomeOf('not-managed'), 'done');
  });

  it('shows all other failures', () => {
    assert.equal(outcomeOf('disk-full'), undefined);
    assert.equal(outcomeOf('state-unwritable'), undefined);
  });
});
