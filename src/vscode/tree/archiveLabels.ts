import * as l10n from '@vscode/l10n';
import { printable } from '../../base/printable.ts';
import { formatBytes } from '../../base/locale.ts';
import { pathInWorkspace } from '../../files/logFile.ts';
import type { ArchiveMember, LockState } from '../../sessions/archiveMember.ts';
import type { ArchiveNode } from './logNode.ts';
import { momentOf, zonedMomentOf, type RowWords } from './fileLabels.ts';
import type { Labels } from './rowLabels.ts';

type ArchiveFacts = Pick<ArchiveNode, 'file' | 'lock' | 'message'>;

/**
 * A row for one session archive: a name that differs from its neighbours', then the time when it was written and its
 * size.
 */
export function labelsOfArchive({ file, lock, message }: ArchiveFacts, now: number): RowWords {
  const name = stemOf(file.name);
  const time = momentOf(file.modified, now);
  const size = formatBytes(file.bytes);
  // Below its message an archive is labelled by the rest of its name, a request id. The first archive has none.
  const label = message === undefined ? printable(name) : printable(name.slice(message.length + 1)) || time;
  return {
    label,
    description: [label === time ? '' : time, size].filter(Boolean).join(' · '),
    spoken: [printable(name), time, size, spokenLocks[lock]()].filter(Boolean).join(', '),
  };
}

/** Made only when the pointer rests on the row. */
export function tooltipOfArchive({ file, lock }: ArchiveFacts): string {
  const path = printable(pathInWorkspace(file));
  return [path, zonedMomentOf(file.modified), formatBytes(file.bytes), lockWords[lock]()].join('\n');
}

/** A row for a file inside an archive. */
export function labelsOfMember({ name, bytes, encrypted }: ArchiveMember): Labels {
  const label = printable(name);
  const description = formatBytes(bytes);
  const encryption = encrypted ? l10n.t('encrypted') : l10n.t('not encrypted');
  return { label, description, tooltip: [label, description, encryption].join('\n') };
}

function stemOf(name: string): string {
  return name.replace(/(?<=.)\.zip$/is, '');
}

const spokenLocks: Readonly<Record<LockState, () => string>> = {
  unknown: () => l10n.t('locked'),
  locked: () => l10n.t('locked'),
  open: () => l10n.t('open'),
  none: () => l10n.t('not encrypted'),
};

const lockWords: Readonly<Record<LockState, () => string>> = {
  unknown: () => l10n.t('Locked: no password was tried yet'),
  locked: () => l10n.t('Locked: no known password opens it'),
  open: () => l10n.t('Open: a known password opens it'),
  none: () => l10n.t('Not encrypted: no password is needed'),
};
