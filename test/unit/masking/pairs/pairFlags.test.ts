import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { defaultMasker } from '../../../../src/masking/masker.ts';

const M = '********';
const P = `Xk${randomBytes(6).toString('hex')}Zq7`;

/** Command lines, and calls with a user and a password: § stands for a password made at run time. */
const rows: readonly string[] = [
  'mosquitto_pub -h a -u bob -P § -t b',
  'ssh-keygen -t rsa -N "§" -f a',
  "ssh-keygen -N '§'",
  'openssl enc -aes-256-cbc -k § -in a',
  'openssl rsa -passin § -in a',
  'keytool -storepass § -keypass §',
  'psexec \\\\host -u bob -p § cmd',
  'smbclient -U bob%§ //host/share',
  'http -a bob:§ GET https://a.example.com',
  'cd a && xhs -a bob:§ a.example.com',
  'echo § | docker login --username bob --password-stdin',
  'echo "§" | sudo -S ls',
  "printf '%s' § | gh auth login --with-token",
  'echo "bob:§" | sudo chpasswd',
  'htpasswd -bc .htpasswd bob §',
  'sqlplus -s bob/§@orcl',
  'nmcli device wifi connect ssid1 password §',
  'mysqladmin -u root password §',
  'aws configure set aws_secret_access_key §',
  'npm config set //registry.example.com/:_authToken §',
  'SSHPASS=§ sshpass -e ssh a',
  'ConvertTo-SecureString "§" -AsPlainText -Force',
  'jdbc:oracle:thin:bob/§@//a:1521/b',
  'new NetworkCredential("bob", "§")',
  "HTTPBasicAuth('bob','§')",
  'smtp.login("a@example.com", "§")',
  `requests.get(u, auth=('bob', '§'))`,
];

/** What only looks like one of them. */
const kept: readonly string[] = [
  'echo hello1 | tee a2',
  'echo $PASSWORD | sudo -S ls',
  'cat list1 | sudo sort -S 1G',
  'ls -U a%b',
  'http -b a.example.com',
  'openssl x509 -k1 -in cert2',
  'tar -k -N 2026-01-01 -C /srv1',
  'set the limit of tokens to 12',
  'set PATH /usr/bin2',
  'jdbc:oracle:thin:@//a:1521/b',
  'thin:a/b c@d',
  'login("bob", "Welcome back")',
  'sqlplus /nolog @a1.sql',
];

describe('a secret on a command line', () => {
  for (const input of rows)
    it(`is masked in ${input}`, () => {
      const output = input.includes('"bob:§"') ? input.replace('§', M) : input.replaceAll('§', M);
      assert.equal(defaultMasker.text(input.replaceAll('§', P)), output);
    });
  for (const input of kept)
    it(`isn't seen in ${input}`, () => {
      assert.equal(defaultMasker.text(input), input);
    });
});
