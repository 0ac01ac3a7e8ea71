import { describe } from '../words/failures.ts';
import { Failure, fromUnknown } from '../base/failure.ts';
import { checkCaptureOptions, type CaptureOptions } from '../recorder/capture/requestFacts.ts';
import { trustedProxies } from '../recorder/capture/trustedProxies.ts';
import type { Recorder } from '../recorder/recorder.ts';
import { printError } from './output.ts';

const HIGHEST_PORT = 65_535;

/** @throws Failure `usage` */
export function portOf(text: string | undefined): number {
  if (text === undefined)
    throw new Failure('usage', {
      detail: '--port says where to listen; 0 takes any that is free. See --help.',
    });
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= HIGHEST_PORT))
    throw new Failure('usage', { detail: `“${text}” is no port. Write a number from 0 to 65535.` });
  return port;
}

/** Prints each kind of failure once; requests go on without their entries. */
export function tellProblems(recorder: Recorder): void {
  const told = new Set<string>();
  recorder.on('error', (failure) => {
    if (told.has(failure.code)) return;
    told.add(failure.code);
    printError(describe(fromUnknown(failure)));
  });
}

/**
 * Checks the options of a capture, and names them as the command line does.
 * @throws Failure `usage`
 */
export function captureOptionsOf(options: CaptureOptions): CaptureOptions {
  try {
    checkCaptureOptions(options);
    trustedProxies(options.trustedProxies);
  } catch (error) {
    const { message } = error as TypeError;
    throw new Failure('usage', {
      detail: message.replace('userHeader', '--user-header').replace('trustedProxies', '--trusted-proxies'),
    });
  }
  return options;
}
