/**
 * Renders media/icon.svg to the PNG that the Marketplace asks for, 256 pixels wide: `node scripts/icon.ts`, after each
 * change of the drawing. The PNG is committed; the SVG stays out of the packages.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launchChromium } from './chromium.ts';
import { checkout } from './folders.ts';

const media = join(checkout, 'media');
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
  await page.setContent(`<body style="margin: 0">${await readFile(join(media, 'icon.svg'), 'utf8')}`);
  await page.screenshot({ path: join(media, 'icon.png'), omitBackground: true });
} finally {
  await browser.close();
}
