import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

/**
 * The floors of the house, written out by hand: derived from the rules they test, both could be wrong together.
 * `http` stands for the file that mounts it; what a page may import are types.
 */
const groundFloor = ['base'];
const first = [...groundFloor, 'masking', 'policy', 'files'];
const second = [...first, 'archive', 'entries', 'privacy'];
const third = [...second, 'workspace'];
const fourth = [...third, 'git', 'sessions', 'audit'];
const fifth = [...fourth, 'maintenance', 'reading', 'forward'];
const sixth = [...fifth, 'setup', 'view', 'query'];
const seventh = [...sixth, 'words', 'jobs'];
const eighth = [...seventh, 'recorder'];
const mayImport: Record<string, string[]> = {
  base: [],
  masking: groundFloor,
  policy: groundFloor,
  files: groundFloor,
  archive: first,
  entries: first,
  privacy: first,
  workspace: second,
  git: third,
  sessions: third,
  audit: third,
  maintenance: fourth,
  reading: fourth,
  forward: fourth,
  setup: fifth,
  view: fifth,
  query: fifth,
  words: sixth,
  jobs: sixth,
  recorder: seventh,
  http: eighth,
  cli: eighth,
  library: [...eighth, 'http'],
  vscode: eighth,
  webview: ['policy', 'audit', 'query'],
};
const rooms = Object.keys(mayImport);

const entranceTo = (room: string): string =>
  room === 'http' ? 'src/http/logsApi.ts' : `src/${room}/neighbour.ts`;

/** The rule that must speak, the file that breaks it, and how. */
const violations: [rule: string, file: string, text: string][] = [
  ['floor-0-looks-down', 'src/base/a.ts', `import '../policy/neighbour.ts';`],
  ['floor-1-looks-down', 'src/masking/a.ts', `export * from '../entries/neighbour.ts';`],
  ['floor-1-looks-down', 'src/files/a.ts', `import type { A } from '../audit/neighbour.ts';`],
  ['floor-2-looks-down', 'src/archive/a.ts', `await import('../workspace/neighbour.ts');`],
  ['floor-3-looks-down', 'src/workspace/a.ts', `import '../git/neighbour.ts';`],
  ['floor-4-looks-down', 'src/audit/a.ts', `type A = import('../reading/neighbour.ts').A;`],
  ['floor-5-looks-down', 'src/maintenance/a.ts', `import '../setup/neighbour.ts';`],
  ['floor-6-looks-down', 'src/view/a.ts', `import '../jobs/neighbour.ts';`],
  ['floor-7-looks-down', 'src/jobs/a.ts', `import '../recorder/neighbour.ts';`],
  ['floor-8-looks-down', 'src/recorder/a.ts', `import '../http/logsApi.ts';`],
  ['floor-8-looks-down', 'src/recorder/b.ts', `import '../extension.ts';`],
  ['floor-9-looks-down', 'src/http/a.ts', `import '../cli/neighbour.ts';`],
  ['masking-leaves-its-neighbours-alone', 'src/masking/b.ts', `import '../policy/neighbour.ts';`],
  ['policy-leaves-its-neighbours-alone', 'src/policy/b.ts', `import '../files/neighbour.ts';`],
  ['files-leaves-its-neighbours-alone', 'src/files/b.ts', `import '../masking/neighbour.ts';`],
  ['archive-leaves-its-neighbours-alone', 'src/archive/b.ts', `import '../entries/neighbour.ts';`],
  ['entries-leaves-its-neighbours-alone', 'src/entries/b.ts', `import '../archive/neighbour.ts';`],
  ['privacy-leaves-its-neighbours-alone', 'src/privacy/b.ts', `import '../entries/neighbour.ts';`],
  ['git-leaves-its-neighbours-alone', 'src/git/b.ts', `import '../sessions/neighbour.ts';`],
  ['sessions-leaves-its-neighbours-alone', 'src/sessions/b.ts', `import '../audit/neighbour.ts';`],
  ['audit-leaves-its-neighbours-alone', 'src/audit/b.ts', `import '../git/neighbour.ts';`],
  ['maintenance-leaves-its-neighbours-alone', 'src/maintenance/b.ts', `import '../reading/neighbour.ts';`],
  ['reading-leaves-its-neighbours-alone', 'src/reading/b.ts', `import '../forward/neighbour.ts';`],
  ['forward-leaves-its-neighbours-alone', 'src/forward/b.ts', `import '../maintenance/neighbour.ts';`],
  ['setup-leaves-its-neighbours-alone', 'src/setup/b.ts', `import '../view/neighbour.ts';`],
  ['view-leaves-its-neighbours-alone', 'src/view/b.ts', `import '../query/neighbour.ts';`],
  ['query-leaves-its-neighbours-alone', 'src/query/b.ts', `import '../setup/neighbour.ts';`],
  ['words-leaves-its-neighbours-alone', 'src/words/b.ts', `import '../jobs/neighbour.ts';`],
  ['jobs-leaves-its-neighbours-alone', 'src/jobs/b.ts', `import '../words/neighbour.ts';`],
  ['cli-leaves-its-neighbours-alone', 'src/cli/b.ts', `import '../library/neighbour.ts';`],
  ['library-leaves-its-neighbours-alone', 'src/library/b.ts', `import '../vscode/neighbour.ts';`],
  ['library-leaves-its-neighbours-alone', 'src/library/c.ts', `import '../extension.ts';`],
  ['vscode-leaves-its-neighbours-alone', 'src/vscode/b.ts', `import '../cli/neighbour.ts';`],
  ['vscode-leaves-its-neighbours-alone', 'src/extension.ts', `import './cli/neighbour.ts';`],
  ['http-is-mounted-by-the-library-alone', 'src/library/d.ts', `import '../http/routes.ts';`],
  ['http-is-started-as-a-worker', 'src/vscode/d.ts', `import '../http/logsApi.ts';`],
  ['http-is-started-as-a-worker', 'src/cli/c.ts', `import '../http/server.ts';`],
  ['http-is-not-bundled-with-its-starters', 'src/cli/g.ts', `import '../http/worker/serveApi.ts';`],
  ['http-is-not-bundled-with-its-starters', 'src/vscode/g.ts', `import '../http/worker/serveApi.ts';`],
  ['webview-shares-messages-alone', 'src/webview/a.ts', `import type { A } from '../base/neighbour.ts';`],
  ['webview-takes-types-alone', 'src/webview/b.ts', `import { a } from '../policy/neighbour.ts';`],
  [
    'webview-takes-types-alone',
    'src/webview/c.ts',
    `import type { A } from '../query/neighbour.ts'; import { a } from '../query/neighbour.ts';`,
  ],
  ['webview-has-no-node', 'src/webview/d.ts', `import 'node:fs';`],
  ['webview-is-imported-by-nobody', 'src/vscode/c.ts', `import '../webview/neighbour.ts';`],
  ['vscode-stays-in-its-room', 'src/view/c.ts', `import * as vscode from 'vscode';`],
  ['vscode-stays-in-its-room', 'src/cli/d.ts', `import type { Uri } from 'vscode';`],
  ['vscode-stays-in-its-room', 'src/webview/e.ts', `type Uri = import('vscode').Uri;`],
  ['pure-rooms-have-no-node', 'src/policy/c.ts', `import { join } from 'path';`],
  ['pure-rooms-have-no-node', 'src/masking/c.ts', `process.getBuiltinModule('node:fs');`],
  ['pure-rooms-have-no-node', 'src/entries/c.ts', `import { hash } from 'node:crypto';`],
  ['src-stands-by-itself', 'src/setup/d.ts', `import '../../test/neighbour.ts';`],
  ['src-stands-by-itself', 'src/setup/e.ts', `import '../../bench/neighbour.ts';`],
  ['src-stands-by-itself', 'src/setup/f.ts', `import '../../scripts/neighbour.mjs';`],
  ['worker-makes-no-sentences', 'src/jobs/worker.ts', `import './teller.ts';`],
  ['no-circles', 'src/files/c.ts', `import './d.ts';`],
  ['every-file-has-a-room', 'src/alone.ts', `export {};`],
  ['every-file-has-a-room', 'src/utils/a.ts', `import '../view/neighbour.ts';`],
];

/** What the rules must let through. */
const innocent: [file: string, text: string][] = [
  ['src/vscode/e.ts', `import * as vscode from 'vscode'; import '../jobs/neighbour.ts'; import 'node:fs';`],
  ['src/cli/e.ts', `import '../http/worker/apiUrl.ts'; import '../words/neighbour.ts';`],
  ['src/webview/f.ts', `import type { A } from '../policy/neighbour.ts'; import './neighbour.ts';`],
  ['src/webview/g.ts', `type A = import('../audit/neighbour.ts').A;`],
  ['src/vscode/f.ts', `import type { A } from '../http/worker/serveApi.ts';`],
  ['src/library/e.ts', `import type { A } from '../http/apiTypes.ts';`],
  ['src/http/e.ts', `import './routes.ts';`],
  ['src/recorder/g.ts', `import '../base/neighbour.ts'; import './neighbour.ts'; import 'node:fs';`],
];

/** What the plants above import. */
const targets = [
  ...rooms.map((room) => `src/${room}/neighbour.ts`),
  'src/http/apiTypes.ts',
  'src/http/logsApi.ts',
  'src/http/server.ts',
  'src/http/routes.ts',
  'src/http/worker/serveApi.ts',
  'src/http/worker/apiUrl.ts',
  'test/neighbour.ts',
  'bench/neighbour.ts',
  'scripts/neighbour.mjs',
];

const checkout = join(import.meta.dirname, '../..');
const options = await extractDepcruiseOptions(join(checkout, '.dependency-cruiser.mjs'));

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
    // A floor broken on the way to the words, so that the worker reaches them.
    plant('src/jobs/teller.ts', `import '../words/neighbour.ts';`);
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
      assert.deepEqual(allowed.sort(), mayImport[room]!.toSorted());
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
