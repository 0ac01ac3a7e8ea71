import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { packageFolder } from './packageFolder.ts';

const run = promisify(execFile);
const ovsx = fileURLToPath(import.meta.resolve('ovsx/bin/ovsx'));

/** The real client of Open VSX against a registry of our own, which accepts everything. */
describe('publishing to Open VSX', function () {
  this.timeout(180_000);
  this.slow(10_000);
  let made: ReturnType<typeof packageFolder>;
  let registry: Server;
  let requests: { what: string; body: Buffer }[] = [];
  let answer: object;

  before(async () => {
    made = packageFolder();
    registry = createServer((request, response) => {
      void buffer(request).then((body) => {
        requests.push({ what: `${request.method!} ${request.url!}`, body });
        response.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  });
  after(() => registry.close());
  beforeEach(() => {
    requests = [];
    answer = {
      namespace: 'workspace-logs',
      name: 'workspace-logs',
      version: '0.1.0',
      targetPlatform: 'universal',
    };
  });
  const publish = (...words: string[]): Promise<{ stdout: string; stderr: string }> => {
    const { port } = registry.address() as AddressInfo;
    const place = ['--registryUrl', `http://127.0.0.1:${port}`, '--pat', 'nobody'];
    return run(process.execPath, [ovsx, 'publish', ...words, ...place], { cwd: made.folder });
  };
  /** A file of the package that arrived. */
  const received = (file: string): string => {
    const path = join(made.folder, 'received.vsix');
    writeFileSync(path, requests[0]!.body);
    execFileSync('unzip', ['-qt', path]);
    return execFileSync('unzip', ['-p', path, file]).toString();
  };

  it('uploads the package as it was made', async () => {
    const { stdout, stderr } = await publish('packed.vsix');
    assert.match(stdout, /Published workspace-logs\.workspace-logs v0\.1\.0/);
    assert.equal(stderr, '');
    assert.deepEqual(
      requests.map(({ what }) => what),
      ['POST /api/-/publish?token=nobody'],
    );
    assert.deepEqual(requests[0]!.body, readFileSync(made.vsix));
    assert.equal(received('extension/package.json'), readFileSync(join(made.folder, 'package.json'), 'utf8'));
  });

  it('packs by itself, by an older vsce, with the same files and without a warning', async () => {
    const { stdout, stderr } = await publish();
    assert.doesNotMatch(stdout + stderr, /WARN|ERROR/);
    assert.equal(received('extension/package.json'), readFileSync(join(made.folder, 'package.json'), 'utf8'));
    const names = (path: string): string[] =>
      execFileSync('unzip', ['-Z1', path]).toString().trim().split('\n').sort();
    assert.deepEqual(names(join(made.folder, 'received.vsix')), names(made.vsix));
  });

  it('fails where the registry refuses', async () => {
    answer = { error: 'Unknown publisher: workspace-logs' };
    await assert.rejects(publish('packed.vsix'), /Unknown publisher: workspace-logs/);
  });
});
