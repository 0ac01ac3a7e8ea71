import { join } from 'node:path';

/** Where this checkout is. */
export const checkout = join(import.meta.dirname, '..');

/** What the scripts make: ignored by Git, and safe to delete. */
export const workFolder = join(checkout, '.work');

/** The packed extension, as a person would install it. */
export const packedExtension = join(workFolder, 'workspace-logs.vsix');
