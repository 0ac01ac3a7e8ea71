import type { Chance } from './chance.ts';

/** Messages of a person to the demo's backend. */
export interface ChatMessage {
  readonly user: string;
  readonly chat: string;
  readonly text: string;
}

const chats = [
  {
    user: 'anna',
    chat: 'trip-to-lisbon',
    texts: ['Which train goes on Friday?', 'And the hotel by the river?', 'Book two seats, please.'],
  },
  {
    user: 'anna',
    chat: 'invoice-4711',
    texts: ['Why is the invoice still open?', 'Send the reminder in English.'],
  },
  {
    user: 'ben',
    chat: 'contract',
    texts: ['Summarise the second clause.', 'What is the notice period?', 'Compare it with last year’s.'],
  },
  {
    user: 'chidi',
    chat: 'release-notes',
    texts: ['List what changed since March.', 'Shorter, and without the names.'],
  },
] as const;

export function messageOf(chance: Chance): ChatMessage {
  const { user, chat, texts } = chance.pick(chats);
  return { user, chat, text: chance.pick(texts) };
}
