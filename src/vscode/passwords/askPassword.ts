import * as vscode from 'vscode';
import { printable } from '../../words/failures.ts';
import { Failure, fromUnknown } from '../../base/failure.ts';
import type { ArchivePlace } from '../window/logWorkspace.ts';
import type { PasswordRing } from './passwordRing.ts';
import { withoutIcons, withoutLinks } from '../window/plainText.ts';

/** Asks for the password of an archive, and whether to keep it. @throws Failure `cancelled` */
export async function askPassword(archive: ArchivePlace, ring: PasswordRing): Promise<void> {
  const name = printable(archive.name);
  const password = await typePassword({
    title: vscode.l10n.t('Password of {0}', name),
    prompt: vscode.l10n.t('{0} is encrypted.', name),
    check: async (typed) =>
      (await ring.fits(typed, archive))
        ? undefined
        : vscode.l10n.t('This password does not open {0}. Try again.', name),
  });
  if (password === undefined) throw new Failure('cancelled', {});
  await keep(ring, password);
}

interface PasswordQuestion {
  readonly title: string;
  readonly prompt: string;
  /** Checks the typed password. @returns the problem with it; undefined where there is none */
  readonly check: (typed: string) => Promise<string | undefined>;
  /** A reason against the password. Pressing Enter a second time accepts it anyway. */
  readonly doubt?: (typed: string) => string | undefined;
}

/** Asks until the typed password is right. @returns undefined where the person cancels */
export async function typePassword(question: PasswordQuestion): Promise<string | undefined> {
  const { title, prompt, check, doubt } = question;
  const box = vscode.window.createInputBox();
  box.title = title;
  box.prompt = withoutLinks(withoutIcons(prompt));
  box.password = true;
  box.ignoreFocusOut = true;

  let doubted: string | undefined;

  function isDoubted(typed: string): boolean {
    const message = typed === doubted ? undefined : doubt?.(typed);
    if (message === undefined) return false;
    doubted = typed;
    const { Warning } = vscode.InputBoxValidationSeverity;
    box.validationMessage = { message: withoutLinks(withoutIcons(message)), severity: Warning };
    return true;
  }

  /** Clears the message during the check, so that the same message appears again if the check fails again. */
  async function look(): Promise<string | undefined> {
    const typed = box.value;
    if (typed === '') {
      box.validationMessage = vscode.l10n.t('Type a password.');
      return undefined;
    }
    box.validationMessage = undefined;
    box.busy = true;
    const problem = await check(typed);
    box.busy = false;
    if (problem === undefined) return isDoubted(typed) ? undefined : typed;
    box.value = '';
    box.validationMessage = withoutLinks(withoutIcons(problem));
    return undefined;
  }

  try {
    return await new Promise<string | undefined>((resolve, reject) => {
      box.onDidAccept(() => {
        if (box.busy) return;
        look().then(
          (typed) => {
            if (typed !== undefined) resolve(typed);
          },
          (error: unknown) => {
            reject(fromUnknown(error));
          },
        );
      });
      box.onDidHide(() => {
        resolve(undefined);
      });
      box.show();
    });
  } finally {
    box.dispose();
  }
}

/** Asks whether to remember a password. @returns how many are remembered, if it is remembered */
export async function keep(ring: PasswordRing, password: string): Promise<number | undefined> {
  return (await askToRemember()) === true ? ring.remember(password) : undefined;
}

/** @returns undefined where the person cancels */
export async function askToRemember(): Promise<boolean | undefined> {
  const items = [
    {
      label: vscode.l10n.t('Until VS Code Is Closed'),
      detail: vscode.l10n.t('In memory alone: it is gone when this window is closed or loaded anew.'),
      isRemembered: false,
    },
    { label: vscode.l10n.t('Remember'), detail: whereRemembered(), isRemembered: true },
  ];
  const title = vscode.l10n.t('Keep this password?');
  const chosen = await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true });
  return chosen?.isRemembered;
}

function whereRemembered(): string {
  return vscode.env.uiKind === vscode.UIKind.Web
    ? vscode.l10n.t('In VS Code’s secret storage, which in this browser may not outlast a reload.')
    : vscode.l10n.t('In VS Code’s secret storage, until you forget all passwords.');
}
