import type { Badge } from '../../audit/page/auditMessages.ts';
import { create, element, fill, icon } from '../shared/elements.ts';
import { formatNumber, minuteTime } from './times.ts';

const symbols: Readonly<Record<Badge['tone'], string>> = {
  none: 'circle-large-outline',
  busy: 'loading',
  sound: 'pass-filled',
  unknown: 'question',
  tampered: 'error',
};
const MS = 1000;

/** Shows what the last verification found. `jump` goes to the record that was changed. */
export function showBadge(badge: Badge, showRecord: string, jump: (seq: number) => void): void {
  const { tone, title, detail, checkedAt, checked, seq } = badge;
  const checkedText = checkedAt === undefined ? checked : fill(checked, minuteTime(checkedAt / MS));
  const texts = [detail, checkedText].filter((text) => text !== '');
  const host = element('badge');
  host.className = `badge ${tone}`;
  const content: (Node | string)[] = [
    icon(symbols[tone]),
    create('strong', {}, title),
    ...texts.map((text) => create('span', {}, ` · ${text}`)),
  ];
  if (seq !== undefined) {
    const link = create('button', { type: 'button', class: 'link' }, fill(showRecord, formatNumber(seq)));
    link.addEventListener('click', () => {
      jump(seq);
    });
    content.push(link);
  }
  // A screen reader reads a status again when it is set again.
  const key = JSON.stringify(badge);
  if (host.dataset.key === key) return;
  host.dataset.key = key;
  host.replaceChildren(...content);
}
