import { join } from 'node:path';

/** The folder of this checkout. */
export const checkout = join(import.meta.dirname, '..');

/** The folder for the output of the scripts: ignored by Git, and safe to delete. */
export const workFolder = join(checkout, '.work');

/** The packed extension, as a person would install it. */
export const packedExtension = join(workFolder, 'workspace-logs.vsix');
