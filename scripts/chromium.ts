import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type LaunchOptions,
} from 'playwright-core';
import { findCommand } from './systemPackages.ts';

/** Debian's Chromium, without its own background work. */
const words = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @param more further words of its command line */
export async function launchChromium(...more: readonly string[]): Promise<Browser> {
  return chromium.launch(launchOptions(more));
}

/** A browser that keeps its profile in this folder, as a person's browser does. */
export async function launchProfile(folder: string, options: BrowserContextOptions): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, { ...launchOptions(), ...options });
}

function launchOptions(more: readonly string[] = []): LaunchOptions {
  const executablePath = findCommand('chromium');
  if (executablePath === undefined) throw new Error('Chromium is missing: apt-get install chromium');
  // By default Playwright ends this process at a signal, before the tests have cleaned up.
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  return { executablePath, args: [...words, ...more], ...signals };
}
