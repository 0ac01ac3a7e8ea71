import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type LaunchOptions,
} from 'playwright-core';
import { findCommand } from './systemPackages.ts';

/** Debian's Chromium, without what it does by itself in the background. */
const words = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launchChromium(): Promise<Browser> {
  return chromium.launch(launchOptions());
}

/** A browser that keeps what a person's would keep, in this folder. */
export async function launchProfile(folder: string, options: BrowserContextOptions): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, { ...launchOptions(), ...options });
}

function launchOptions(): LaunchOptions {
  const executablePath = findCommand('chromium');
  if (executablePath === undefined) throw new Error('Chromium is missing: apt-get install chromium');
  // At a signal Playwright would end this process before its tests have cleaned up.
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  return { executablePath, args: words, ...signals };
}
