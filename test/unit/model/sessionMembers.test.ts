import assert from 'node:assert/strict';
import { copyNameOf, mainMember } from '../../../src/model/sessionMembers.ts';

describe('mainMember', () => {
  for (const [names, main] of [
    [['meta.json', 'logs.txt', 'logs.jsonl'], 'logs.jsonl'],
    [['meta.json', 'logs.txt'], 'logs.txt'],
    [['only.log'], 'only.log'],
    [['a.log', 'b.log'], undefined],
    [[], undefined],
  ] as const)
    it(`of ${names.join(', ')} is ${String(main)}`, () => {
      assert.equal(mainMember(names), main);
    });
});

describe('copyNameOf', () => {
  for (const [archive, member, name] of [
    ['msg.zip', 'logs.jsonl', 'msg-logs.jsonl'],
    ['msg.req-1.ZIP', 'meta.json', 'msg.req-1-meta.json'],
    ['m.zip', '../../etc/passwd', 'm-.._.._etc_passwd'],
    ['m.zip', 'a\\b:c\u0000\n', 'm-a_b_c__'],
  ] as const)
    it(`is ${name}`, () => {
      assert.equal(copyNameOf(archive, member), name);
    });
});
