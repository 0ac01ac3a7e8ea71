import { chromium, type Browser } from 'playwright-core';
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
  const executablePath = findCommand('chromium');
  if (executablePath === undefined) throw new Error('Chromium is missing: apt-get install chromium');
  // At a signal Playwright would end this process before its tests have cleaned up.
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  return chromium.launch({ executablePath, args: words, ...signals });
}
