import assert from 'node:assert/strict';
import { mainMember, memberCopyNames } from '../../../src/archive/sessionMembers.ts';

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

describe('memberCopyNames', () => {
  for (const [archive, member, name] of [
    ['msg.zip', 'logs.jsonl', 'msg-logs.jsonl'],
    ['msg.req-1.ZIP', 'meta.json', 'msg.req-1-meta.json'],
    ['m.zip', '../../etc/passwd', 'm-.._.._etc_passwd'],
    ['m.zip', 'a\\b:c\u0000\n', 'm-a_b_c__'],
  ] as const)
    it(`is ${name}`, () => {
      assert.deepEqual(memberCopyNames([{ archive, member }]), [name]);
    });

  it('are all different, also of archives of the same name', () => {
    const twice = ['m-1.zip', 'm-1.zip', 'M-1.zip'].map((archive) => ({ archive, member: 'logs.jsonl' }));
    assert.deepEqual(memberCopyNames(twice), ['m-1-logs.jsonl', 'm-1-logs (2).jsonl', 'M-1-logs (3).jsonl']);
  });
});
