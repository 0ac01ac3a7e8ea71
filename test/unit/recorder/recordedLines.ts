import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inlineApp } from '../../../src/jobs/jobs.ts';
import { Recorder, type RecorderParts } from '../../../src/recorder/recorder.ts';
import type { RecorderOptions } from '../../../src/recorder/recorderTypes.ts';
import type { Entry } from '../../../src/files/entry.ts';
import { testEnvironment } from '../freshFolders.ts';

/** A recorder whose maintenance runs in this thread. */
export function openRecorder(
  workspace: string,
  options: Partial<RecorderOptions> = {},
  parts: Partial<RecorderParts> = {},
): Promise<Recorder> {
  return Recorder.open({ workspace, ...options }, { app: inlineApp(testEnvironment()), ...parts });
}

/** An entry that its path tells from all others. */
export function entryAt(path: string | number, extra: object = {}): Entry {
  return { method: 'GET', path: `/${String(path)}`, status: 200, ...extra };
}

export interface RecordedLine extends Entry {
  readonly dropped?: number;
}

/** The lines of the plain logs in `folder`, the oldest file first; texts where a line is no JSON. */
export function recordedIn(folder: string): (RecordedLine | string)[] {
  if (!existsSync(folder)) return [];
  const numberOf = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? Number.POSITIVE_INFINITY);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .sort((a, b) => numberOf(a) - numberOf(b))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return JSON.parse(line) as RecordedLine;
      } catch {
        return line;
      }
    });
}

/** Their paths without the slash; torn pieces and the recorder's own notes are left out. */
export function pathsIn(folder: string): string[] {
  return recordedIn(folder).flatMap((line) =>
    typeof line === 'string' || line.category === 'recorder' ? [] : [line.path.slice(1)],
  );
}

/** How many entries the recorder's own notes say are missing. */
export function notedIn(folder: string): number {
  return recordedIn(folder).reduce(
    (sum, line) => sum + (typeof line === 'string' ? 0 : (line.dropped ?? 0)),
    0,
  );
}
