import assert from 'node:assert/strict';
import { isSensitiveKey, keyVerdicts, SENSITIVE, wordsOf } from '../../../src/masking/keys.ts';

describe('wordsOf', () => {
  const rows: [key: string, words: string][] = [
    ['new_password', 'new password'],
    ['X-Api-Key', 'x api key'],
    ['refreshToken', 'refresh token'],
    ['user[password]', 'user password'],
    ['PGPASSWORD', 'pgpassword'],
    ['HTTPSProxyURL', 'https proxy url'],
    ['oauth2Token', 'oauth token'],
    ['a.b c/d', 'a b c d'],
    ['ｐａｓｓｗｏｒｄ', 'password'],
    ['123', ''],
    ['', ''],
  ];
  for (const [key, words] of rows)
    it(`parts ${key === '' ? 'nothing' : key} into ${words === '' ? 'no words' : words}`, () => {
      assert.equal(wordsOf(key).join(' '), words);
    });
});

describe('isSensitiveKey', () => {
  const sensitive = `
    password Password PASSWORD new_password newPassword old-password user[password] user.password PGPASSWORD passWord
    pass_word password1 2fa_password password_hash passwords passwd db_passwd pwd passphrase passcode pass dbpass
    secret client_secret clientSecret secrets secretKey SECRET_KEY_BASE secret_key token tokens accesstoken access_token
    accessToken refreshToken id_token session_token csrf_token X-CSRF-Token xsrf-token authToken X-Auth-Token bot_token
    Authorization authorization Proxy-Authorization Cookie Set-Cookie cookies credential credentials aws_credentials
    apikey apiKey api_key api-key API_KEY X-Api-Key x-api-key APIKey apiKeys access_key accessKey AWS_SECRET_ACCESS_KEY
    private_key privateKey private-key signing_key encryptionKey ENCRYPTION_KEY accountKey AccountKey connectionString
    connection_string ConnectionStrings otp otp_code pin pin_code cvv cvc jwt bearer mnemonic seed_phrase auth_code
    verification_code backup_codes JSESSIONID X-Amz-Signature X-Amz-Credential X-Amz-Security-Token cardNumber
    enable_secret enable_password psk wifi_psk wpa_psk pswd db_pswd Kennwort senha Passwort wachtwoord lösenord hasło
    heslo jelszó salasana adgangskode passord parola şifre slaptažodis пароль ПАРОЛЬ лозинка סיסמה पासवर्ड 密码 用户密码
    密碼 パスワード ﾊﾟｽﾜｰﾄﾞ 비밀번호 รหัสผ่าน mot_de_passe palavra-passe pаssword раsswоrd ρassword p\u00e1ssword
    pass\u200bword \ufeffpassword tok\u00aden sеcret
    sonar_login X-JFrog-Art-Api my_auth_and_secret_of_bob
    credit_card ssn auth sig Ocp-Apim-Subscription-Key master_key storage_key`;
  for (const key of sensitive.trim().split(/\s+/))
    it(`says yes to ${key}`, () => {
      assert.equal(isSensitiveKey(key), true);
    });

  const benign = `
    max_tokens prompt_tokens completion_tokens total_tokens tokens_used token_count tokenCount token_type tokenType
    token_id password_changed_at passwordChangedAt password_policy passwordPolicy secret_name secretName has_password
    hasPassword isSecret requires_token description zip ip shipping author authority authored keyboard key keys monkey
    tokenizer tokenize passenger compass pinned spin pinging opinion passes bypass passport cookie_name cookieDomain
    token_expires_at tokenExpiry access_token_ttl password_length passwordless secretary token_limit token_usage
    credential_type authorization_endpoint authorization_url token_url token_endpoint max_output_tokens
    cached_tokens reasoning_tokens input_tokens prompt_tokens_details id user_id request_id requestId trace_id name
    email host url path method status code message error stack level time version user-agent accept referer origin
    content-type content-length cache-control etag x-request-id x-forwarded-for session_id public_key publicKey
    sid code api_v_key chat_id SESSION_TTL_KEY STRIPE_KEY 密度 用户名 имя
    primary_key foreign_key sort_key keyCode cacheKey hash sha256 digest design signal assign signed_at sign pipeline
    zipcode recipient tip skip equipment principal script participants manuscript keywords __proto__ constructor
    authFail auth_failures handle_auth_and_shield_windows_of_a toString 0 1 42 a.b.c`;
  for (const key of benign.trim().split(/\s+/))
    it(`says no to ${key}`, () => {
      assert.equal(isSensitiveKey(key), false);
    });
});

describe('keyVerdicts', () => {
  const judge = keyVerdicts(['employeeNumber', 'blood-type', '']);
  const rows: [key: string, sensitive: boolean][] = [
    ['employee_number', true],
    ['formerEmployeeNumber', true],
    ['EMPLOYEENUMBER', true],
    ['employee', false],
    ['number', false],
    ['bloodType', true],
    ['type', false],
    ['password', true],
    ['', false],
  ];
  for (const [key, sensitive] of rows)
    it(`with further keys says ${sensitive ? 'yes' : 'no'} to '${key}'`, () => {
      assert.equal((judge.key(key) & SENSITIVE) !== 0, sensitive);
    });

  it('remembers keys without mixing them up', () => {
    const keys = Array.from(
      { length: 20_000 },
      (_, number) => `${number % 3 === 0 ? 'password' : 'pastword'}_${number}`,
    );
    for (let round = 0; round < 2; round += 1)
      for (const key of keys) assert.equal((judge.key(key) & SENSITIVE) !== 0, key.startsWith('passw'), key);
  });

  it('takes 130,000 further keys', () => {
    const many = keyVerdicts(Array.from({ length: 130_000 }, (_, number) => `x${number.toString(2)}a`));
    assert.equal(many.key('password') & SENSITIVE, SENSITIVE);
  });

  it('judges a key of a megabyte', () => {
    assert.equal((judge.key(`${'a_'.repeat(500_000)}password`) & SENSITIVE) !== 0, true);
  });
});
