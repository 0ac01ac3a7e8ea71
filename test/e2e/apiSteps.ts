import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Tokens } from '../../src/http/tokens.ts';
import type { OpenVscode } from './openVscode.ts';
import { paletteTitle } from './titles.ts';
import { waitUntil } from './waitUntil.ts';

/** The local API as a person starts it, and as a program uses it. */
export class LocalApi {
  readonly url: string;
  readonly tokenFile: string;
  readonly #tokens: Tokens;

  private constructor(url: string, tokenFile: string) {
    this.url = url;
    this.tokenFile = tokenFile;
    assert.equal(statSync(tokenFile).mode & 0o777, 0o600);
    this.#tokens = JSON.parse(readFileSync(tokenFile, 'utf8')) as Tokens;
  }

  static async start({ page }: OpenVscode): Promise<LocalApi> {
    await page.runCommand(paletteTitle('workspaceLogs.startApi'));
    const sentence = await page.sentence('The local API answers at');
    const [, url, path] = /^The local API answers at (http:\S+)\. The file (\S+) holds its tokens\.$/.exec(
      sentence,
    ) ?? [sentence];
    assert.ok(url !== undefined && path !== undefined, sentence);
    // The next start says its own address.
    await page.silence();
    return new LocalApi(url, path);
  }

  /** Asks a route of a workspace: `/files`. */
  get(workspace: string, route: string): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#tokens.user}` };
    return fetch(`${this.url}/api/workspaces/${workspace}/logs${route}`, { headers });
  }

  /** Waits until nothing listens any more, and the tokens are deleted. */
  async isGone(): Promise<void> {
    await waitUntil(async () => {
      const answers = await fetch(`${this.url}/health`).then(
        () => true,
        () => false,
      );
      return !answers && !existsSync(this.tokenFile);
    }, 'the local API ended');
  }
}
