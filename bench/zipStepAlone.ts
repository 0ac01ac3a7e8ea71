/**
 * A process that zips `api.1.log` in the given folder and prints its peak memory in bytes. With `idle` it only loads
 * the code for that.
 */
import { zipArchives } from '../src/archive/zip/zipArchives.ts';
import { APPEND_LOCK, openFolderLock } from '../src/files/folderLock.ts';
import { zipFile } from '../src/maintenance/zipStep.ts';
import { peakMemory } from './peakMemory.ts';

const [folder = '', work] = process.argv.slice(2);
const lock = await openFolderLock(folder, APPEND_LOCK);
if (work !== 'idle') {
  const context = { folder, now: Date.now(), lock, archives: zipArchives, existing: [] };
  await zipFile('api.1.log', 'api.2026-01-01.log.zip', context);
}
lock.close();
process.stdout.write(String(peakMemory()));
