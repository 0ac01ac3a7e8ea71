import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../scripts/folders.ts';
import { builtProgram } from './builtProgram.ts';

describe('the environment', () => {
  it('is read by the doors alone, and handed in elsewhere', () => {
    const source = join(checkout, 'src');
    const readers = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .filter((name) => readFileSync(join(source, name), 'utf8').includes('process.env'));
    assert.deepEqual(readers.sort(), [
      'audit/trailWorker.ts',
      'cli/main.ts',
      'http/worker/apiWorker.ts',
      'jobs/jobs.ts',
      'jobs/worker.ts',
      'library/audit.ts',
      'library/forwarding.ts',
      'library/http.ts',
      'library/index.ts',
      'library/recorders.ts',
      'library/sessions.ts',
    ]);
  });

  for (const name of ['SESSION_LOG_MAX_LINES', 'AUDIT_LOG_FILE_ROTATION_SIZE'])
    it(`has no ${name} that VS Code would read: the reader of such variables is not in its bundles`, () => {
      const hasReader = (bundle: string): boolean =>
        readFileSync(join(builtProgram(), bundle), 'utf8').includes(name);
      // The doors for ES modules share what they have in files of their own.
      for (const bundle of ['cli.js', 'index.cjs']) assert.equal(hasReader(bundle), true, bundle);
      for (const bundle of ['extension.cjs', 'worker.js', 'audit.js', 'api.js'])
        assert.equal(hasReader(bundle), false, bundle);
    });
});
