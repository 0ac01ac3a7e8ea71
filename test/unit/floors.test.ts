import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

/**
 * The floors of the house, written out by hand: derived from the rules they test, both could be wrong together.
 * `http` stands for the file that starts it; `model` from a page means its types.
 */
const mayImport: Record<string, string[]> = {
  base: [],
  model: ['base'],
  intake: ['base', 'model'],
  files: ['base', 'model', 'intake'],
  archive: ['base', 'model', 'intake'],
  sessions: ['base', 'model', 'intake', 'files', 'archive'],
  audit: ['base', 'model', 'intake', 'files', 'archive'],
  forward: ['base', 'model', 'intake', 'files', 'archive'],
  app: ['base', 'model', 'intake', 'files', 'archive', 'sessions', 'audit', 'forward'],
  http: ['base', 'model', 'intake', 'files', 'archive', 'sessions', 'audit', 'forward', 'app'],
  cli: ['base', 'model', 'intake', 'files', 'archive', 'sessions', 'audit', 'forward', 'app', 'http'],
  library: ['base', 'model', 'intake', 'files', 'archive', 'sessions', 'audit', 'forward', 'app'],
  vscode: ['base', 'model', 'intake', 'files', 'archive', 'sessions', 'audit', 'forward', 'app', 'http'],
  webview: ['model'],
};
const rooms = Object.keys(mayImport);

const entranceTo = (room: string): string =>
  room === 'http' ? 'src/http/startApi.ts' : `src/${room}/neighbour.ts`;

/** The rule that must speak, the file that breaks it, and how. */
const violations: [rule: string, file: string, text: string][] = [
  ['floor-0-looks-down', 'src/base/a.ts', `import '../model/neighbour.ts';`],
  ['floor-1-looks-down', 'src/model/a.ts', `export * from '../intake/neighbour.ts';`],
  ['floor-2-looks-down', 'src/intake/a.ts', `await import('../files/neighbour.ts');`],
  ['floor-3-looks-down', 'src/files/a.ts', `import type { A } from '../audit/neighbour.ts';`],
  ['floor-4-looks-down', 'src/audit/a.ts', `type A = import('../app/neighbour.ts').A;`],
  ['floor-5-looks-down', 'src/app/a.ts', `import '../http/startApi.ts';`],
  ['floor-5-looks-down', 'src/app/b.ts', `import '../extension.ts';`],
  ['floor-6-looks-down', 'src/http/a.ts', `import '../cli/neighbour.ts';`],
  ['files-leaves-its-neighbours-alone', 'src/files/b.ts', `import '../archive/neighbour.ts';`],
  ['archive-leaves-its-neighbours-alone', 'src/archive/b.ts', `import '../files/neighbour.ts';`],
  ['sessions-leaves-its-neighbours-alone', 'src/sessions/b.ts', `import '../audit/neighbour.ts';`],
  ['audit-leaves-its-neighbours-alone', 'src/audit/b.ts', `import '../forward/neighbour.ts';`],
  ['forward-leaves-its-neighbours-alone', 'src/forward/b.ts', `import '../sessions/neighbour.ts';`],
  ['cli-leaves-its-neighbours-alone', 'src/cli/b.ts', `import '../library/neighbour.ts';`],
  ['library-leaves-its-neighbours-alone', 'src/library/b.ts', `import '../vscode/neighbour.ts';`],
  ['library-leaves-its-neighbours-alone', 'src/library/c.ts', `import '../extension.ts';`],
  ['vscode-leaves-its-neighbours-alone', 'src/vscode/b.ts', `import '../cli/neighbour.ts';`],
  ['vscode-leaves-its-neighbours-alone', 'src/extension.ts', `import './cli/neighbour.ts';`],
  ['http-is-started-by-cli-and-vscode-alone', 'src/library/d.ts', `import '../http/startApi.ts';`],
  ['http-is-entered-through-startApi', 'src/cli/c.ts', `import '../http/routes.ts';`],
  ['webview-shares-the-model-alone', 'src/webview/a.ts', `import type { A } from '../base/neighbour.ts';`],
  ['webview-takes-types-from-the-model', 'src/webview/b.ts', `import { a } from '../model/neighbour.ts';`],
  [
    'webview-takes-types-from-the-model',
    'src/webview/c.ts',
    `import type { A } from '../model/neighbour.ts'; import { a } from '../model/neighbour.ts';`,
  ],
  ['webview-has-no-node', 'src/webview/d.ts', `import 'node:fs';`],
  ['webview-is-imported-by-nobody', 'src/vscode/c.ts', `import '../webview/neighbour.ts';`],
  ['vscode-stays-in-its-room', 'src/app/c.ts', `import * as vscode from 'vscode';`],
  ['vscode-stays-in-its-room', 'src/cli/d.ts', `import type { Uri } from 'vscode';`],
  ['vscode-stays-in-its-room', 'src/webview/e.ts', `type Uri = import('vscode').Uri;`],
  ['pure-rooms-have-no-node', 'src/model/b.ts', `import { join } from 'path';`],
  ['pure-rooms-have-no-node', 'src/intake/b.ts', `process.getBuiltinModule('node:fs');`],
  ['src-stands-by-itself', 'src/app/d.ts', `import '../../test/neighbour.ts';`],
  ['src-stands-by-itself', 'src/app/e.ts', `import '../../bench/neighbour.ts';`],
  ['src-stands-by-itself', 'src/app/f.ts', `import '../../scripts/neighbour.mjs';`],
  ['worker-makes-no-sentences', 'src/app/worker.ts', `import './teller.ts';`],
  ['no-circles', 'src/files/c.ts', `import './d.ts';`],
  ['every-file-has-a-room', 'src/alone.ts', `export {};`],
  ['every-file-has-a-room', 'src/utils/a.ts', `import '../app/neighbour.ts';`],
];

/** What the rules must let through. */
const innocent: [file: string, text: string][] = [
  ['src/vscode/e.ts', `import * as vscode from 'vscode'; import '../http/startApi.ts'; import 'node:fs';`],
  ['src/cli/e.ts', `import '../http/startApi.ts'; import '../app/neighbour.ts';`],
  ['src/webview/f.ts', `import type { A } from '../model/neighbour.ts'; import './neighbour.ts';`],
  ['src/webview/g.ts', `type A = import('../model/neighbour.ts').A;`],
  ['src/http/e.ts', `import './routes.ts';`],
  ['src/app/teller.ts', `import './words.ts';`],
  ['src/app/g.ts', `import '../base/neighbour.ts'; import './neighbour.ts'; import 'node:fs';`],
];

/** What the plants above import. */
const targets = [
  ...rooms.map((room) => `src/${room}/neighbour.ts`),
  'src/app/words.ts',
  'src/http/startApi.ts',
  'src/http/routes.ts',
  'test/neighbour.ts',
  'bench/neighbour.ts',
  'scripts/neighbour.mjs',
];

const checkout = join(import.meta.dirname, '../..');
const options = await extractDepcruiseOptions(join(checkout, '.dependency-cruiser.cjs'));

async function cruiseSrc(baseDir: string): Promise<ICruiseResult['summary']> {
  const { output } = await cruise(['src'], { ...options, baseDir, validate: true });
  assert.ok(typeof output === 'object');
  return output.summary;
}

describe('the floors', function () {
  this.timeout(120_000);
  let house: string;
  let findings: ICruiseResult['summary']['violations'];
  const rulesBrokenBy = (file: string): string[] =>
    findings.filter(({ from }) => from === file).map(({ rule }) => rule.name);

  const plant = (file: string, text: string): void => {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), text);
  };

  before(async () => {
    house = mkdtempSync(join(tmpdir(), 'floors-'));
    cpSync(join(checkout, 'node_modules/@types/vscode'), join(house, 'node_modules/@types/vscode'), {
      recursive: true,
    });
    plant('package.json', '{"type": "module"}');
    for (const file of targets) plant(file, 'export interface A { a: number }; export const a = 1;');
    for (const [, file, text] of violations) plant(file, text);
    for (const [file, text] of innocent) plant(file, text);
    for (const room of rooms) {
      const imports = rooms
        .filter((other) => other !== room)
        .map((other) => `import type { A as ${other} } from '../../${entranceTo(other)}';`);
      plant(`src/${room}/everybody.ts`, imports.join('\n'));
    }
    plant('src/files/d.ts', `import type { A } from './c.ts';`);
    ({ violations: findings } = await cruiseSrc(house));
  });

  after(() => {
    rmSync(house, { recursive: true });
  });

  for (const [rule, file, text] of violations)
    it(`${rule}: ${file} says ${text}`, () => {
      assert.ok(rulesBrokenBy(file).includes(rule), `reported: ${rulesBrokenBy(file).join() || 'nothing'}`);
    });

  for (const [file, text] of innocent)
    it(`nothing against ${file} saying ${text}`, () => {
      assert.deepEqual(rulesBrokenBy(file), []);
    });

  for (const room of rooms)
    it(`${room} may import: ${mayImport[room]!.join(', ')}`, () => {
      const refused = findings.filter(({ from }) => from === `src/${room}/everybody.ts`).map(({ to }) => to);
      const allowed = rooms.filter((other) => other !== room && !refused.includes(entranceTo(other)));
      assert.deepEqual(allowed, mayImport[room]);
    });

  it('every rule has a planted violation', () => {
    const rules = options.ruleSet?.forbidden?.map(({ name }) => name);
    assert.deepEqual(new Set(rules), new Set(violations.map(([rule]) => rule)));
  });

  it('the real house keeps them', async () => {
    const { violations: found, totalCruised } = await cruiseSrc(checkout);
    assert.ok(totalCruised > 0);
    assert.deepEqual(
      found.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`),
      [],
    );
  });
});
