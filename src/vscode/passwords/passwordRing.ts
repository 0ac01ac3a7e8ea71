import * as vscode from 'vscode';
import type { App } from '../../jobs/jobs.ts';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import type { ArchivePlace } from '../window/logWorkspace.ts';
import type { Output } from '../window/output.ts';
import { formatRemembered, parseRemembered, withFirst } from './rememberedPasswords.ts';
import { offer } from '../window/tell.ts';

/**
 * The passwords of archives. The worker knows the typed ones and, once one was needed, the remembered ones. VS Code's
 * secret storage keeps the remembered ones. This thread keeps none.
 */
export interface PasswordRing extends Disposable {
  /** Passes the remembered passwords to the worker, which may have been restarted. @returns how many there are */
  readonly handOver: () => Promise<number>;
  /**
   * Whether a typed password opens the archive; if so, the worker knows it from then on. @throws Failure those of
   * reading the archive
   */
  readonly fits: (typed: string, archive: ArchivePlace) => Promise<boolean>;
  /** Makes a password known without trying it. */
  readonly add: (typed: string) => Promise<void>;
  /**
   * Remembers a password for later sessions. @returns how many are remembered; undefined after a failure, which is
   * shown
   */
  readonly remember: (typed: string) => Promise<number | undefined>;
  /** Forgets all passwords, typed and remembered ones. */
  readonly forget: () => Promise<void>;
  /** Fires when the known passwords have changed, also because another window remembered or forgot one. */
  readonly onDidChange: vscode.Event<undefined>;
}

const SECRET = 'workspaceLogs.archivePasswords';

/** @param roots the workspaces whose audit trails say that a password was added, or all were forgotten */
export function createPasswordRing(
  app: App,
  secrets: vscode.SecretStorage,
  output: Output,
  roots: () => readonly string[],
): PasswordRing {
  const store = new DisposableStore();
  const changed = store.add(new vscode.EventEmitter<undefined>());
  let wereNeeded = false;
  let isTold = false;

  function tellOnce(): void {
    if (isTold) return;
    isTold = true;
    const text = vscode.l10n.t(
      'VS Code’s secret storage does not give out the remembered passwords, so they have to be typed.',
    );
    void offer('warning', text);
  }

  /** The remembered passwords. A secret that cannot be parsed counts as empty; the next `remember` overwrites it. */
  async function remembered(): Promise<readonly string[]> {
    const secret = await secrets.get(SECRET);
    if (secret === undefined) return [];
    const passwords = parseRemembered(secret);
    if (passwords === undefined) tellOnce();
    return passwords ?? [];
  }

  async function handOver(): Promise<number> {
    const isFirst = !wereNeeded;
    wereNeeded = true;
    let passwords: readonly string[] = [];
    try {
      passwords = await remembered();
    } catch {
      tellOnce();
    }
    if (passwords.length === 0) return 0;
    const bytes = passwords.map(toBytes);
    await app.run('usePasswords', { passwords: bytes }).finally(() => {
      for (const each of bytes) each.fill(0);
    });
    if (isFirst) changed.fire(undefined);
    return passwords.length;
  }

  async function withBytes<T>(typed: string, work: (password: Uint8Array) => Promise<T>): Promise<T> {
    const password = toBytes(typed);
    return work(password).finally(() => password.fill(0));
  }

  /** Applies a change of another window. VS Code reports our own changes here, too; for them this changes nothing. */
  async function follow(): Promise<void> {
    if ((await secrets.get(SECRET)) === undefined) await app.run('forgetPasswords', {});
    else if (wereNeeded) await handOver();
    changed.fire(undefined);
  }

  store.add(
    secrets.onDidChange(({ key }) => {
      if (key === SECRET) void follow().catch(output.error);
    }),
  );

  return {
    handOver,
    onDidChange: changed.event,
    async fits(typed, archive) {
      const { fits } = await withBytes(typed, (password) => app.run('tryPassword', { ...archive, password }));
      if (fits) changed.fire(undefined);
      return fits;
    },
    async add(typed) {
      await withBytes(typed, (password) => app.run('addPassword', { password, roots: roots() }));
      changed.fire(undefined);
    },
    async remember(typed) {
      try {
        const passwords = withFirst(typed, await remembered());
        await secrets.store(SECRET, formatRemembered(passwords));
        return passwords.length;
      } catch {
        const text = vscode.l10n.t(
          'VS Code’s secret storage does not take the password, so it is known until VS Code is closed.',
        );
        void offer('warning', text);
        return undefined;
      }
    },
    async forget() {
      try {
        await app.run('forgetPasswords', { roots: roots() });
        await secrets.delete(SECRET);
      } finally {
        changed.fire(undefined);
      }
    },
    dispose() {
      store.dispose();
    },
  };
}

function toBytes(password: string): Uint8Array {
  return new TextEncoder().encode(password);
}
