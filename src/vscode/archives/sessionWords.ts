import * as l10n from '@vscode/l10n';
import type { FoundSessions } from '../../sessions/findSessions.ts';
import { listed } from '../../base/printable.ts';
import { pathInWorkspace } from '../../files/logFile.ts';
import { printable } from '../../words/failures.ts';
import { formatNumber, plural } from '../../base/locale.ts';
import type { SessionIds } from '../../archive/sessionMeta.ts';

const idWords: Readonly<Record<keyof SessionIds, (id: string) => string>> = {
  user_id: (id) => l10n.t('user {0}', id),
  chat_id: (id) => l10n.t('chat {0}', id),
  message_id: (id) => l10n.t('message {0}', id),
  session_id: (id) => l10n.t('session {0}', id),
  request_id: (id) => l10n.t('request {0}', id),
  request_ids: (id) => l10n.t('request {0}', id),
};

/** Names the id of an archive that matches the search: `request req-0001`. */
export function describeMatch(ids: SessionIds, wanted: string): string {
  const keys = Object.keys(idWords) as (keyof SessionIds)[];
  const key = keys.find((each) => [ids[each]].flat().includes(wanted));
  return key === undefined ? '' : idWords[key](printable(wanted));
}

/** The user and the chat in an archive's own metadata: `u-7f3c › chat-42`. */
export function describeOwner({ user_id, chat_id }: SessionIds): string {
  return [user_id, chat_id].flatMap((id) => (id === undefined ? [] : [printable(id)])).join(' › ');
}

/** The archives that a search could not look into, with the names of the first ten; empty where it searched all. */
export function describeUnsearched({
  unopened,
  unreadable,
  notSearched,
}: Pick<FoundSessions, 'unopened' | 'unreadable' | 'notSearched'>): string {
  const sentences = [];
  if (unopened > 0)
    sentences.push(
      plural(unopened, {
        one: l10n.t('No known password opens 1 archive.'),
        other: l10n.t('No known password opens {0} archives.', formatNumber(unopened)),
      }),
    );
  if (unreadable > 0)
    sentences.push(
      plural(unreadable, {
        one: l10n.t('1 archive could not be read.'),
        other: l10n.t('{0} archives could not be read.', formatNumber(unreadable)),
      }),
    );
  if (notSearched.length > 0)
    sentences.push(l10n.t('Not searched: {0}.', listed(notSearched.map(pathInWorkspace))));
  return sentences.join(' ');
}
