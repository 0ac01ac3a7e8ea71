/** The programs and scripts of docs/audit.md, run as they stand there. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sample, size } from '../../chance.ts';
import { builtProgram, compileCache } from '../builtProgram.ts';
import { commandLineHere } from '../commandLineHere.ts';
import { freshFolders } from '../freshFolders.ts';

const docs = readFileSync(join(import.meta.dirname, '../../../docs/audit.md'), 'utf8');

/** A block of code of the docs: that of a language, or a script by its name. */
function code(language: string, name = ''): string {
  const blocks = [...docs.matchAll(/^```(\w+)\n([^]*?)^```$/gm)];
  const found = blocks.filter(([, its, text]) => its === language && text?.includes(name));
  const text = found[0]?.[2];
  assert.ok(text !== undefined && found.length === 1, `${language} ${name}: ${String(found.length)}`);
  return text;
}

function lines(from: number, to: number): string {
  const record = (number: number): object => ({
    id: `r-${String(number)}`,
    user_id: `user ${String(number % 7)}`,
    action: 'plan_updated',
    entity_type: 'plan',
    entity_id: `Pläne/${String(number % 11)}`,
    changes: { price: { old: number, new: number + 1 } },
    created_at: 1_738_368_000 + number,
  });
  return Array.from({ length: to - from }, (_, index) => `${JSON.stringify(record(from + index))}\n`).join(
    '',
  );
}

describe('docs/audit.md', () => {
  const folders = freshFolders();

  const audit = async (words: readonly string[], input = ''): Promise<string> => {
    const { code, stdout, stderr } = await commandLineHere(['audit', ...words], { cwd: folders.root, input });
    assert.equal(code, 0, stderr);
    return stdout;
  };

  describe('a stranger checks a record', () => {
    const RECORDS = size(1400, 100_000);
    const KEPT = Math.floor(RECORDS * 0.6);
    let proof = '';
    let key = '';
    let kept = '';
    let changed: Buffer[] = [];

    beforeEach(async () => {
      folders.policy({});
      await audit(['append'], lines(0, KEPT));
      kept = folders.put('kept', await audit(['checkpoint']));
      await audit(['append'], lines(KEPT, RECORDS));
      proof = await audit(['prove', `r-${String(Math.floor(RECORDS / 3))}`, '--since', kept]);
      key = (await audit(['key'])).trim();
      const bytes = Buffer.from(proof);
      changed = places(bytes).map((place) => {
        const copy = Buffer.from(bytes);
        copy[place]! ^= 1;
        return copy;
      });
      const { path, note } = JSON.parse(proof) as { path: string[]; note: string };
      for (const text of [path[0]!, note.split(' ').at(-1)!.trim()])
        changed.push(Buffer.from(proof.replace(text, spelledOtherwise(text))));
    });

    /** Another base64 text of the same bytes, which a decoder may accept: bits behind the last byte are not zero. */
    function spelledOtherwise(base64: string): string {
      const last = base64.search(/.=*$/);
      const other = String.fromCharCode(base64.charCodeAt(last) + 1);
      const text = base64.slice(0, last) + other + base64.slice(last + 1);
      assert.deepEqual(Buffer.from(text, 'base64'), Buffer.from(base64, 'base64'));
      return text;
    }

    /** Bytes of each part of the proof. */
    function places(bytes: Buffer): number[] {
      const { record, path, note, consistency } = JSON.parse(proof) as Record<string, unknown>;
      assert.ok((path as string[]).length > 8);
      return [record, path, note, consistency].flatMap((part, index) => {
        const text = Buffer.from(JSON.stringify(part));
        const start = bytes.indexOf(text);
        assert.ok(start > 0);
        return sample(
          Array.from(text, (_, at) => start + at),
          12,
          `part ${String(index)}`,
        );
      });
    }

    it('in Go', () => {
      const [source, program, file] = ['check.go', 'check', 'proof'].map((name) =>
        join(folders.root, name),
      ) as [string, string, string];
      writeFileSync(source, code('go'));
      const environment = {
        ...process.env,
        GO111MODULE: 'off',
        GOPATH: '/usr/share/gocode',
        GOCACHE: join(folders.root, 'cache'),
      };
      execFileSync('go', ['build', '-o', program, source], { env: environment, stdio: 'pipe' });
      const check = (text: string | Buffer, ...words: string[]): number | null => {
        writeFileSync(file, text);
        return spawnSync(program, [key, file, ...words]).status;
      };
      assert.equal(check(proof), 0);
      assert.equal(check(proof, kept), 0);
      for (const text of changed) assert.equal(check(text, kept), 1, text.toString());
      const other = folders.put('other', readFileSync(kept, 'utf8').replace(String(KEPT), String(KEPT + 1)));
      assert.equal(check(proof, other), 1);
    });

    it('in Python', () => {
      folders.put('check.py', code('python'));
      const python = (words: readonly string[], input?: string): string =>
        execFileSync('/usr/bin/python3', words, { cwd: folders.root, input, encoding: 'utf8' });
      assert.equal(python(['check.py', key, folders.put('proof', proof), kept]), 'sound\n');
      const all = `
import base64, json, sys
from check import check
def accepts(case):
    try:
        check(given["key"], base64.b64decode(case).decode(), given["kept"])
        return True
    except Exception:
        return False
given = json.load(sys.stdin)
print(json.dumps([accepts(case) for case in given["cases"]]))`;
      const cases = [Buffer.from(proof), ...changed].map((bytes) => bytes.toString('base64'));
      const given = JSON.stringify({ key, kept: readFileSync(kept, 'utf8'), cases });
      const accepted = JSON.parse(python(['-c', all], given)) as boolean[];
      assert.equal(accepted.length, cases.length);
      assert.deepEqual(
        accepted.flatMap((isAccepted, index) => (isAccepted ? [index] : [])),
        [0],
      );
    });
  });

  describe('a trail is exported regularly', () => {
    const exports = (): string => join(folders.root, 'exports');
    const script = (name: string): { status: number | null; stderr: string } => {
      const path = `${join(folders.root, 'bin')}${delimiter}${process.env.PATH ?? ''}`;
      return spawnSync('sh', [join(folders.root, 'bin', name), folders.root, exports()], {
        env: { ...folders.environment, ...compileCache, PATH: path },
        encoding: 'utf8',
      });
    };
    const check = (): string => {
      const { status, stderr } = script('check-audit-export.sh');
      return status === 0 ? 'whole' : stderr;
    };
    const exported = (ending: string): string => {
      const name = readdirSync(exports()).find((each) => each.endsWith(ending));
      assert.ok(name !== undefined);
      return join(exports(), name);
    };
    const alter = (): void => {
      const database = new DatabaseSync(join(folders.logs, 'audit.db'));
      database.exec(`DROP TRIGGER record_no_update; UPDATE record SET user_id = 'eve' WHERE seq = 3`);
      database.close();
    };

    beforeEach(async () => {
      folders.policy({});
      await audit(['append'], lines(0, 20));
      for (const name of ['export-audit.sh', 'check-audit-export.sh'])
        folders.put(`bin/${name}`, code('sh', `# ${name}`));
      const cli = join(builtProgram(), 'cli.js');
      const program = folders.put(
        'bin/workspace-logs',
        `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`,
      );
      chmodSync(program, 0o755);
      mkdirSync(exports());
    });

    it('and the check accepts a whole export, also once the trail has grown', async () => {
      assert.match(check(), /is missing/);
      assert.deepEqual(script('export-audit.sh').stderr, '');
      assert.equal(readFileSync(exported('.jsonl'), 'utf8'), lines(0, 20));
      await audit(['append'], lines(20, 30));
      assert.equal(check(), 'whole');
    });

    const damages: [what: string, damage: () => void, complaint: RegExp][] = [
      [
        'is older than 26 hours',
        () => {
          utimesSync(exported('.json'), 1, Date.now() / 1000 - 27 * 3600);
        },
        /is older/,
      ],
      [
        'lacks its end',
        () => {
          truncateSync(exported('.jsonl'), 100);
        },
        /is not whole/,
      ],
      ['is of a trail that was altered since', alter, /does not fit the trail of today/],
    ];
    for (const [what, damage, complaint] of damages)
      it(`and the check refuses an export that ${what}`, () => {
        script('export-audit.sh');
        damage();
        assert.match(check(), complaint);
      });

    it('and the check refuses an export of an altered trail', () => {
      alter();
      script('export-audit.sh');
      assert.match(check(), /is of a trail that was altered/);
    });
  });
});
