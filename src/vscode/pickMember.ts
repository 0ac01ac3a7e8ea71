import * as vscode from 'vscode';
import { Failure, isFailure } from '../base/failure.ts';

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
    const member = await vscode.window.showQuickPick([...members], {
      title: vscode.l10n.t('Which file of {0}?', name),
    });
    if (member === undefined) throw new Failure('cancelled', {});
    return read(member);
  }
}
