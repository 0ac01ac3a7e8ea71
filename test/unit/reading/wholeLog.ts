import { streamLog } from '../../../src/reading/readLog.ts';

/** The whole text of a log, as `cat` prints it. */
export async function wholeLog(root: string, name: string, member?: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  await streamLog({ root, name, member }, async (piece) => void pieces.push(Buffer.from(piece)));
  return Buffer.concat(pieces);
}
