import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Failure } from '../base/failure.ts';

/**
 * Asks the person at the terminal, one question after the other; nothing of the answers shows.
 * @returns the answers as bytes, empty ones too
 * @throws Failure `usage` where the input ends before the last answer (Ctrl+D)
 */
export async function askHidden(questions: readonly string[]): Promise<Uint8Array[]> {
  const nowhere = new Writable({
    write(_piece, _encoding, done) {
      done();
    },
  });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  const interrupted = new AbortController();
  terminal.once('SIGINT', () => {
    interrupted.abort();
    terminal.close();
  });
  // It keeps what is pasted for the questions to come.
  const lines = terminal[Symbol.asyncIterator]();
  const answers: Uint8Array[] = [];
  try {
    for (const question of questions) {
      writeSync(2, question);
      const line = await lines.next();
      writeSync(2, '\n');
      // The terminal is given back by now; the program ends as Ctrl+C ends any other.
      if (interrupted.signal.aborted) process.kill(process.pid, 'SIGINT');
      if (line.done === true) throw nothingTyped();
      answers.push(new TextEncoder().encode(line.value));
    }
    return answers;
  } catch (error) {
    for (const answer of answers) answer.fill(0);
    throw error;
  } finally {
    terminal.close();
  }
}

export function nothingTyped(): Failure {
  return new Failure('usage', { detail: 'No password was typed.' });
}
