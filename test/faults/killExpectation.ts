import assert from 'node:assert/strict';
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MaintenanceReport } from '../../src/maintenance/maintain.ts';
import type { KillScenario } from './killScenarios.ts';
import { assertSameLines, countLines, logTexts, missingLines } from './logText.ts';

/** The expected state of a copy of `template`, derived from the result of an undisturbed run in `reference`. */
export function expectFrom(
  template: string,
  reference: string,
  { goes, changes }: KillScenario,
): {
  afterKill: (root: string) => void;
  afterUseCase: (result: unknown) => void;
  atEnd: (root: string) => void;
} {
  const before = readAll(template, changes);
  const finished = readAll(reference, changes);
  const isGoing = (name: string): boolean =>
    goes.includes(name) || (goes.includes('*.zip') && name.endsWith('.zip'));
  const staying = countLines([...before.logs].filter(([name]) => !isGoing(name)).map(([, text]) => text));
  assertSameLines(countLines(finished.logs.values()), staying, 'the undisturbed run itself');

  return {
    afterKill(root) {
      const now = readAll(root, changes);
      assert.deepEqual(missingLines(staying, countLines(now.logs.values())), [], 'lines lost by the kill');
      for (const file of ['policy', 'rule', 'other'] as const) {
        assert.ok(now[file] === before[file] || now[file] === finished[file], `${file}: ${now[file] ?? ''}`);
      }
    },
    afterUseCase(result) {
      const { failed = [], git } = (result ?? {}) as Partial<MaintenanceReport>;
      assert.deepEqual([failed, git?.failure], [[], undefined], 'the fresh run failed');
    },
    atEnd(root) {
      const now = readAll(root, changes);
      assertSameLines(countLines(now.logs.values()), staying, 'each line exactly once');
      assert.deepEqual([...now.logs.values()].sort(), [...finished.logs.values()].sort(), 'the logs');
      assert.equal(now.policy, finished.policy);
      assert.equal(now.rule, finished.rule);
      assert.equal(now.other, finished.other);
    },
  };
}

/** The content that a person would miss; without the id that `init` draws. */
function readAll(
  root: string,
  other: string | undefined,
): {
  logs: Map<string, string>;
  policy: string | undefined;
  rule: string | undefined;
  other: string | undefined;
} {
  const read = (name: string): string | undefined =>
    existsSync(join(root, name)) ? readFileSync(join(root, name), 'utf8') : undefined;
  return {
    logs: existsSync(join(root, 'logs')) ? logTexts(root) : new Map<string, string>(),
    policy: read('.workspace-logs.json')?.replace(/"workspaceId": "[\w-]{12}"/, '"workspaceId": "…"'),
    rule: read('.gitignore'),
    other: other === undefined ? undefined : read(other),
  };
}

/** A listing of everything in the workspace, but for the audit trail: a deed that changes nothing may be recorded. */
export function inventory(root: string): Record<string, [inode: number, bytes: number, modified: number]> {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !/^\.git\/|^logs\/audit\.db/.test(name),
  );
  return Object.fromEntries(
    names.map((name) => {
      const { ino, size, mtimeMs } = lstatSync(join(root, name));
      return [name, [ino, size, mtimeMs]];
    }),
  );
}
