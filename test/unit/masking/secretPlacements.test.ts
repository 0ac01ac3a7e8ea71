import assert from 'node:assert/strict';
import { createIntake, TAKEN, type Intake } from '../../../src/entries/line.ts';
import { LineBuffer } from '../../../src/masking/lineBuffer.ts';
import { createMasker, defaultMasker, type Masker } from '../../../src/masking/masker.ts';
import type { Entry } from '../../../src/files/entry.ts';
import { defaultPolicy } from '../../../src/policy/policy.ts';
import { size } from '../../chance.ts';
import { secretPlacements, type SecretPlacement } from './secretPlacements.ts';

const PLACEMENTS = size(8000, 24_000);

/** Everything the masker writes of a placement, and the lines that a log would get. */
function outputs(masker: Masker, { input }: SecretPlacement): string[] {
  const entry = { method: 'POST', path: '/', status: 200 };
  if ('value' in input)
    return [masker.json(input.value), lineOf(masker, { ...entry, request_object: input.value })];
  const { text } = input;
  const fields = { user: text, request_id: text, user_agent: text, ip: text, category: text, other: text };
  // The second and third time a user agent is seen, it is written by another way.
  const lines = ['/1', '/2', '/3'].map(() => lineOf(masker, { ...entry, ...fields, request_object: text }));
  const path = text === '' ? '/' : text;
  return [
    ...[masker.text(text), masker.literal(text), masker.json({ text }), masker.json([[text]])],
    ...[...lines, lineOf(masker, { ...entry, path, method: path })],
  ];
}

const intakes = new WeakMap<Masker, Intake>();

function lineOf(masker: Masker, entry: Entry): string {
  const intake = intakes.get(masker) ?? createIntake({ recording, workspaceId: 'w', masker });
  intakes.set(masker, intake);
  const out = new LineBuffer(1024);
  assert.equal(intake.append(entry, 0, out), TAKEN);
  out.finish();
  return Buffer.from(out.take()).toString();
}

const recording = {
  ...defaultPolicy.recording,
  ...({ level: 'REQUEST_RESPONSE', maxBodyBytes: 1_048_576 } as const),
};

/** The output as text and as a parser sees it. */
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
