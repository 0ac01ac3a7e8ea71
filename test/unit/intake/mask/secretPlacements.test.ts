import assert from 'node:assert/strict';
import { createMasker, defaultMasker } from '../../../../src/intake/masker.ts';
import type { Masker } from '../../../../src/intake/masker.ts';
import { secretPlacements } from './secretPlacements.ts';
import type { SecretPlacement } from './secretPlacements.ts';

const PLACEMENTS = 24_000;

/** Everything the masker writes of a placement. */
function outputs(masker: Masker, { input }: SecretPlacement): string[] {
  if ('value' in input) return [masker.json(input.value)];
  const { text } = input;
  return [masker.text(text), masker.literal(text), masker.json({ text }), masker.json([[text]])];
}

/** The output as it stands and as whoever parses it sees it. */
function readings(output: string): string[] {
  try {
    const parsed: unknown = JSON.parse(output);
    const strings: string[] = [];
    JSON.stringify(parsed, (key, value: unknown) => {
      strings.push(key);
      if (typeof value === 'string') strings.push(value);
      return value;
    });
    return [output, ...strings];
  } catch {
    return [output];
  }
}

describe('secret placements', () => {
  it(`leaves nothing of ${PLACEMENTS} secrets in any output`, function () {
    this.timeout(120_000);
    const leaks = new Map<string, string>();
    let tried = 0;
    for (const placement of secretPlacements(20_261_122)) {
      if (tried >= PLACEMENTS) break;
      tried += 1;
      const masker =
        placement.known === undefined ? defaultMasker : createMasker({ knownSecrets: [placement.known] });
      for (const output of outputs(masker, placement))
        for (const reading of readings(output))
          for (const probe of placement.probes)
            if (reading.includes(probe))
              leaks.set(
                `${placement.kind} in ${placement.place}`,
                `${probe} of ${JSON.stringify(placement.input)} in ${output}`,
              );
    }
    assert.equal(tried, PLACEMENTS);
    assert.deepEqual(
      [...leaks].slice(0, Number(process.env.LEAKS ?? 5)),
      [],
      `${leaks.size} pairs of kind and place leak`,
    );
  });
});
