import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../base/disposable.ts';
import { formatNumber, plural } from '../../base/locale.ts';
import { keep, typePassword } from './askPassword.ts';
import { commands } from '../window/ids.ts';
import type { Output } from '../window/output.ts';
import type { PasswordRing } from './passwordRing.ts';
import { registerCommand, offer } from '../window/tell.ts';

/** *Add Password…* and *Forget Passwords*. */
export function registerPasswordCommands(ring: PasswordRing, output: Output): Disposable {
  const store = new DisposableStore();
  store.add(registerCommand(commands.addPassword, output, () => addPassword(ring)));
  store.add(registerCommand(commands.forgetPasswords, output, () => forgetPasswords(ring)));
  return store;
}

/** @returns whether one was added */
export async function addPassword(ring: PasswordRing): Promise<boolean> {
  const typed = await typePassword({
    title: vscode.l10n.t('Add Password'),
    prompt: vscode.l10n.t('It is tried on every encrypted archive, before the others.'),
    check: () => Promise.resolve(undefined),
  });
  if (typed === undefined) return false;
  await ring.add(typed);
  const remembered = await keep(ring, typed);
  void offer(
    'info',
    remembered === undefined
      ? vscode.l10n.t('The password is known until VS Code is closed.')
      : plural(remembered, {
          one: vscode.l10n.t('The password is remembered.'),
          other: vscode.l10n.t('The password is remembered; there are {0} now.', formatNumber(remembered)),
        }),
  );
  return true;
}

async function forgetPasswords(ring: PasswordRing): Promise<void> {
  const forget = vscode.l10n.t('Forget Passwords');
  const message = vscode.l10n.t('Forget all passwords of archives?');
  const detail = vscode.l10n.t(
    'Remembered ones and those that were typed. Documents that are open stay readable until they are closed.',
  );
  const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, forget);
  if (answer !== forget) return;
  await ring.forget();
  void offer('info', vscode.l10n.t('All passwords of archives are forgotten.'));
}
