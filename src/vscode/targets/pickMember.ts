import * as vscode from 'vscode';
import { printable } from '../../words/failures.ts';
import { Failure, isFailure } from '../../base/failure.ts';
import { withoutIcons } from '../window/plainText.ts';

/**
 * Reads a log; where it is a zip of several files, asks for one and reads that.
 * @throws Failure `cancelled` where the person chooses none, and those of `read`
 */
export async function pickMember<T>(read: (member?: string) => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isFailure(error, 'member-needed') || error.data.members.length === 0) throw error;
    const { name, members } = error.data;
    const items = members.map((member) => ({ label: withoutIcons(printable(member)), member }));
    const title = vscode.l10n.t('Which file of {0}?', printable(name));
    const chosen = await vscode.window.showQuickPick(items, { title });
    if (chosen === undefined) throw new Failure('cancelled', {});
    return read(chosen.member);
  }
}
