import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { anonymiser } from '../../../src/privacy/anonymise.ts';
import type { AnonymiseOptions } from '../../../src/privacy/privacyTypes.ts';
import { outputSchema } from '../../../src/privacy/outputSchema.ts';
import type { EventKind } from '../../../src/privacy/table.ts';
import { randomOf, size } from '../../chance.ts';

const EVENTS = size(1500, 20_000);

/** Marked words, each in the shape of something that must not leave the machine. */
interface Marks {
  /** Is in every one of them, in letters that no encoding changes. */
  readonly mark: string;
  readonly name: string;
  readonly email: string;
  readonly address: string;
  readonly prompt: string;
  readonly file: string;
  readonly image: string;
  readonly secret: string;
  readonly ip: string;
}

const random = randomOf('canaries');
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
const number = (below: number): number => Math.floor(random() * below);

function newMarks(at: number): Marks {
  const letters = Array.from({ length: 8 }, () => pick('bcdfghjklmnpqrstvwxz'.split(''))).join('');
  const mark = `qx${letters}`;
  const odd = pick(['', ' \ud800', '\udc00', ' \u202e', ' \u2028', '\0', ' 😀', ' ﻿']);
  return {
    mark,
    name: `${mark} ${mark}son${odd}`,
    email: `${mark}.${String(at)}@${mark}.example.com`,
    address: `${String(number(99))} ${mark} Street${odd}`,
    prompt: `Tell me about ${mark}${odd}, ${'please '.repeat(number(20))}${mark}?`,
    file: `${mark} report (final).docx`,
    image: `data:image/png;base64,${mark.repeat(1 + number(20))}==`,
    secret: `password=${mark}${randomBytes(8).toString('hex')}`,
    ip: `203.0.${String(number(256))}.${String(100 + number(156))}`,
  };
}

/** A tree of values and keys that holds every mark; now and then a strange one. */
function tree(marks: Marks): unknown {
  const { mark, name, email, address, prompt, file, image, secret, ip } = marks;
  const whole: Record<string, unknown> = {
    ...{ user: { name, email }, name, email, avatar: image, profile_image_url: image, location: address },
    ...{ '{{USERNAME}}': name, '{{USEREMAIL}}': email, '{{USER_LOCATION}}': address, clientip: ip },
    ...{
      [mark]: mark,
      [email]: [name, { [name]: prompt }],
      file,
      files: [{ name: file, data: image }],
      secret,
    },
    ...{
      description: prompt,
      '{{CURRENT_DATE}}': mark,
      interface: mark,
      model_id: mark,
      door: mark,
      old: name,
    },
  };
  switch (number(40)) {
    case 0:
      whole.self = whole;
      break;
    case 1:
      Object.defineProperty(whole, 'thrown', {
        enumerable: true,
        get: () => {
          throw new Error(prompt);
        },
      });
      break;
    case 2:
      whole.deep = JSON.parse(`${'{"a":'.repeat(1000)}${JSON.stringify(email)}${'}'.repeat(1000)}`);
      break;
    case 3:
      Object.defineProperty(whole, '__proto__', { enumerable: true, value: { name, model: mark } });
      break;
    case 4:
      if (random() < 0.1) whole.long = prompt.repeat(20_000);
      break;
    case 5:
      whole.map = new Map([[name, new Set([email])]]);
      break;
  }
  return whole;
}

const anyOf = (marks: Marks): string =>
  pick([marks.name, marks.email, marks.address, marks.prompt, marks.file, marks.image, marks.secret]);

/** The fields of an object, and those of a tree that it lacks; getters stay getters. */
function within(tree: unknown, fields: object): object {
  const descriptors = Object.getOwnPropertyDescriptors(tree);
  return Object.defineProperties(
    { ...fields },
    Object.fromEntries(Object.entries(descriptors).filter(([name]) => !Object.hasOwn(fields, name))),
  );
}

/** Events whose every place is marked. Fields that are compared with a fixed list get a mark, too. */
const events: Readonly<Record<EventKind, (marks: Marks) => Record<string, unknown>>> = {
  entry: (marks) => ({
    ...{
      timestamp: pick(['2026-02-14T18:22:33Z', marks.mark]),
      workspace_id: marks.file,
      user: anyOf(marks),
    },
    ...{ method: pick(['GET', marks.mark, marks.mark.toUpperCase()]), status: pick([200, marks.mark]) },
    path: pick([
      `/api/users/${marks.mark}?q=${marks.mark}`,
      `https://${marks.mark}.example.com/files/${encodeURIComponent(marks.name.toWellFormed())}#${marks.mark}`,
      `/files/${marks.file}/${marks.email}`,
      `/${marks.prompt}`,
      `/profile/${marks.mark}/edit;name=${marks.mark}`,
    ]),
    ...{ duration_ms: pick([3, marks.mark]), ip: pick([marks.ip, `::ffff:${marks.ip}`, marks.name]) },
    ...{ user_agent: pick([marks.prompt, `curl/8.5 (${marks.name})`, `Chrome/${marks.mark}`]) },
    ...{
      category: marks.mark,
      request_id: marks.email,
      request_object: tree(marks),
      response_object: marks.prompt,
    },
  }),
  audit: (marks) => ({
    ...{
      id: anyOf(marks),
      user_id: anyOf(marks),
      action: marks.prompt,
      entity_type: pick(['user', 'route', 'log', marks.name]),
    },
    ...{
      entity_id: pick([marks.email, `/users/${marks.mark}`, `logs/${marks.file}`]),
      description: marks.prompt,
    },
    changes: {
      [marks.mark]: { old: marks.name, new: marks.email },
      role: { old: marks.name, new: tree(marks) },
    },
    ...{ audit_metadata: tree(marks), created_at: pick([1_770_000_000, marks.mark]), source_ip: marks.ip },
    ...{ user_agent: marks.prompt, request_uri: `/users/${marks.mark}?a=${marks.email}`, verb: marks.mark },
    ...{ request_object: tree(marks), response_object: marks.prompt, note: marks.prompt, seq: marks.mark },
  }),
  usage: (marks) => ({
    ...{ id: anyOf(marks), user: pick([{ email: marks.email, name: marks.name }, marks.name, tree(marks)]) },
    ...{
      chatId: anyOf(marks),
      messageId: anyOf(marks),
      model: pick([marks.mark, anyOf(marks)]),
      title: marks.prompt,
    },
    ...{ tokens: pick([{ input: 1, output: marks.mark }, tree(marks), marks.mark]), durationMs: marks.mark },
    ...{
      tags: ['open-webui', marks.mark, marks.name, tree(marks)],
      event: pick([undefined, 'generation', marks.mark]),
    },
    ...{
      user_hash: marks.mark,
      key_id: marks.mark,
      metadata: within(tree(marks), { variables: tree(marks) }),
    },
    messages: [
      within(tree(marks), { role: 'user', name: marks.name, content: marks.prompt }),
      {
        role: marks.mark,
        content: [{ type: 'text', text: marks.prompt }, marks.name, { type: marks.mark, text: marks.prompt }],
      },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: marks.image, detail: marks.mark } },
          { image_url: marks.image },
          { type: 'image', source: { data: marks.image, name: marks.file } },
          { type: 'file', file: { filename: marks.file, file_data: marks.image } },
          tree(marks),
        ],
      },
      {
        ...{ role: 'assistant', content: pick([null, tree(marks), 7]) },
        tool_calls: [
          {
            id: marks.email,
            type: marks.mark,
            index: marks.mark,
            function: { name: marks.mark, arguments: marks.prompt },
          },
          { id: 'call_1', function: { name: marks.name, arguments: tree(marks) }, custom: tree(marks) },
          marks.prompt,
        ],
      },
      { role: 'tool', name: marks.mark, tool_call_id: marks.name, content: marks.secret },
      marks.prompt,
    ],
  }),
};

function freeze(value: unknown, seen = new Set<unknown>()): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  Object.freeze(value);
  for (const { value: inner } of Object.values(Object.getOwnPropertyDescriptors(value))) freeze(inner, seen);
}

describe('canaries', function () {
  this.timeout(600_000);
  const key = randomBytes(32);
  const allow = { models: ['m'], tools: ['t'] };
  const options: AnonymiseOptions[] = [
    { key, allow },
    { key, allow, summaries: 'buckets', chatIds: 'hashed', address: 'network' },
    { key, allow, targetKey: randomBytes(32) },
    { userHash: 'sha256', allow },
  ];
  const ways = options.map((each) => anonymiser(each));

  for (const kind of ['entry', 'audit', 'usage'] as const)
    it(`of ${String(Math.ceil(EVENTS / 3))} ${kind} events, marked in every place, none is in what is sent`, () => {
      const schema = outputSchema(kind);
      for (let at = 0; at < EVENTS / 3; at++) {
        const marks = newMarks(at);
        const event = within(tree(marks), events[kind](marks));
        freeze(event);
        const sent = ways[at % ways.length]!(event, pick([kind, undefined]));
        const text = JSON.stringify(sent);
        if (text.toLowerCase().includes(marks.mark) || text.includes(marks.ip))
          assert.fail(`${marks.mark} or ${marks.ip} is in ${text}`);
        if (at % 10 === 0 && kind === 'usage' && 'event' in sent) schema.parse(sent);
      }
    });

  it('finds a mark that is sent', () => {
    const marks = newMarks(0);
    const sent = anonymiser({ key, redactContent: false })(events.usage(marks));
    assert.ok(JSON.stringify(sent).includes(marks.mark));
  });
});
