import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { defaultMasker } from '../../../../src/masking/masker.ts';

const M = '********';
const P = `x${randomBytes(5).toString('hex')}7`;
/** Where the place says that a secret follows, it may look like any word. */
const WORD = Buffer.from(randomBytes(8).map((byte) => 97 + (byte % 26))).toString();

/** Settings without a sign: § stands for a password made at run time. */
const rows: readonly string[] = [
  'machine a.example.com login bob password § account c',
  'set password §',
  "SET PASSWORD FOR 'bob'@'%' = PASSWORD('§')",
  'set password for bob = "§"',
  'enable password 7 §',
  'username bob privilege 15 password 0 §',
  'enable secret §',
  'sw1(config)# enable secret level 15 0 §',
  'enable algorithm-type scrypt secret §',
  'username bob privilege 15 secret §',
  'username bob algorithm-type sha256 secret 0 §',
  'username bob password cipher §',
  'ppp chap password 0 §',
  'ppp pap sent-username bob password 7 §',
  'neighbor 10.0.0.1 password 7 §',
  ' neighbor leafs password §',
  'vtp password §',
  'super password level 15 cipher §',
  'line vty 0 4\n password §\n login',
  '  user bob insecure-password §',
  'smtp_password §',
  'a b\nimap-passwd §\n',
  'set password ENC §',
  'set psksecret ENC §',
  'Authentication failed for bob with password §',
  'ENV API_KEY §',
  'setx API_KEY §',
  'pre-shared-key local §',
  'pre-shared-key ascii-text "§"',
];

/** The same where any word is a secret. */
const anyWord: readonly string[] = [
  'snmp-server community § RO 10',
  'sw1(config)#snmp-server community 7 § view all rw',
  'cmd=snmp-server community § <cr>',
  'set snmp community § authorization read-only',
  'snmp-agent community read cipher §',
  'snmp-server community "§" unrestricted',
  'rocommunity § default -V all',
  'rwcommunity6 §',
  'a b\nrocommunity  §\nsyslocation here',
  'trapcommunity §',
  'com2sec local localhost §',
  'com2sec6\tlocal\t::1\t§',
  'trap2sink a.example.com § 162',
  'snmp-server host 10.0.0.1 version 2c § config',
  'snmp-server host 10.0.0.1 traps §',
  'snmp-server user bob all v3 auth sha § priv aes 128 §',
  'snmpwalk -v2c -c § a.example.com',
  'snmpget -v3 -u bob -A § -X § a.example.com',
  'tacacs-server key §',
  'tacacs-server host 10.0.0.1 single-connection key 7 §',
  'radius-server host 10.0.0.1 auth-port 1812 key 0 §',
  'server-private 10.0.0.1 key §',
  'tacacs server a\n address ipv4 10.0.0.1\n key 7 §',
  'crypto isakmp key § address 10.0.0.1',
  'crypto isakmp key 6 § hostname a',
  'pre-shared-key address 0.0.0.0 0.0.0.0 key §',
  'key chain a\n key 1\n  key-string 7 §',
  ' key-string §',
  'ip ospf authentication-key 7 §',
  'ip ospf message-digest-key 1 md5 §',
  'ntp authentication-key 1 md5 § 7',
  'wpa-psk ascii 0 §',
  'set auth-pwd ENC §',
  'CREATE USER bob IDENTIFIED BY §',
  'requirepass §',
  'masterauth §',
  'auth_pass §',
  'bindpw §',
  'rootpw §',
];

/** What only looks like one of them. */
const kept: readonly string[] = [
  'set password for user2',
  'enable secret scanning for all 12 repositories',
  'a secret user2 keeps',
  'set password again',
  'login with password twice',
  'change your smtp password again2',
  'invalid token 12345',
  'bad token at1 of line 2',
  'signed in with token id',
  'order by name1, set env a1',
  'is identified by name1 and host2',
  'neighbor 10.0.0.1 password is not set',
  'the snmp community is set',
  'snmp-server community strings are weak',
  'a community of 12 people',
  'route-map a permit 10\n set community 65000:100 additive',
  'snmp-server enable traps snmp authentication',
  'snmp-server host 10.0.0.1 version 3 auth bob',
  'the host sent1 a key 1 of 2',
  'crypto key generate rsa modulus 2048',
  'auth sha256 works',
  'radius server a1 is alive, key rotation2 is due',
  'tacacs\nkey chain a\n key 1',
  'foreign key user_id1 references users',
  'primary key (id), key name1 (name)',
  'key chain a1',
  'pre-shared-key authentication is used',
  'the psk is set in a high priv mode3',
  'set mode ENCRYPTED now1',
  'pass b2 of 3, auth user1 to map c4, link d5',
  'curl -X POST https://a.example.com -c jar1 -A agent2',
];

describe('a secret behind a word', () => {
  for (const [values, inputs] of [
    [[P], rows],
    [[P, WORD], anyWord],
  ] as const)
    for (const input of inputs)
      it(`is masked in ${input}`, () => {
        for (const value of values)
          assert.equal(defaultMasker.text(input.replaceAll('§', value)), input.replaceAll('§', M));
      });
  it('is masked behind the escape of a line break, too', () => {
    for (const input of [
      'a\\nrocommunity § b',
      'a\\n\\tpassword §',
      'a\\r\\nenable secret 0 §',
      'a\\n key-string §',
    ])
      assert.equal(defaultMasker.text(input.replaceAll('§', P)), input.replaceAll('§', M));
  });
  it('is masked up to its own quote', () => {
    for (const input of ['enable secret "§\\"§"', "login bob password '§\\'§'"])
      assert.equal(defaultMasker.text(input.replaceAll('§', P)), input.replace(/§.*§/, M));
  });
  for (const input of kept)
    it(`isn't seen in ${input}`, () => {
      assert.equal(defaultMasker.text(input), input);
    });
});
