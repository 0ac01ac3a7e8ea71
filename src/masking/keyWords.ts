/**
 * The words of keys: words that mean a secret, pairs of neighbours that do so together, and words which say that the
 * key only describes a secret. The lists are made by hand, because any rule that guesses takes `description` for an
 * `ip`.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** One such word makes the key sensitive. */
export const secretWords = words(`
  password passwd passwort pwd pass passphrase passcode secret token authorization credential cookie apikey otp totp
  pin cvv cvc cvv2 ssn jwt bearer mnemonic jsessionid phpsessid sessid auth signature sig authtoken cred creds pw
  dbpass userpass adminpass rootpass mypass smtppass mailpass ftppass redispass mysqlpass pgpass sudopass proxypass
  sshpass passin passout keypass storepass srckeypass destkeypass srcstorepass deststorepass certpass bindpass ldappass newpass oldpass csrf xsrf psk pswd
  pswrd psswd passwrd secrete pword kennwort geheimwort contraseña contrasena contrasenya motdepasse senha palavrapasse
  wachtwoord lösenord losenord adgangskode passord salasana hasło haslo heslo jelszó jelszo parolă parola şifre sifre
  lozinka zaporka geslo slaptažodis slaptazodis parool matkhau katasandi пароль парола лозинка סיסמה סיסמא
  συνθηματικό पासवर्ड`);

/**
 * Endings of words in scripts that put no blanks between words, or few: 密码 also in 用户密码. These words and the foreign
 * ones above are labels of Wikidata's item “password” (Q161157).
 */
export const foreignEndings: readonly string[] = [
  ...[
    '密码',
    '密碼',
    '口令',
    'パスワード',
    '暗証番号',
    '비밀번호',
    '암호',
    'รหัสผ่าน',
    'كلمةالمرور',
    'كلمةالسر',
  ],
];

/** Before `key` these words name a key that is public, or one of a table, a cache or a request. */
export const openKeys = words(`
  public primary foreign sort partition cache idempotency idempotent row object routing message group range hash index
  lookup order translation i18n map dedup deduplication unique natural composite surrogate query search registry`);

/** Letters that look like Latin ones (Unicode Technical Standard 39, confusables.txt), with those. */
export const lookAlikes: ReadonlyMap<string, string> = new Map(
  'аaАAеeЕEоoОOрpРPсcСCхxХXуyУYіiІIјjЈJѕsЅSкkКKмmМMтtТTнhНHвbВBԁdԛqԝwαaΑAοoΟOρpΡPνvεeΕEιiΙIκkΚKτtΤTυuΥYχxΧXɑaıiɡgſsℓl'
    .match(/[^\0-\x7f][\0-\x7f]/gu)
    ?.map((pair) => [pair.slice(0, -1), pair.slice(-1)] as const),
);

/** Two neighbouring words that together mean a secret; they also count when they are written as one word. */
export const secretPairs = words(`
  apikey accesskey privatekey secretkey signingkey encryptionkey accountkey authkey sharedkey masterkey deploykey
  storagekey sshkey servicekey subscriptionkey functionskey licensekey hmackey aeskey rsakey pgpkey sessionkey
  connectionstring connstr authcode securitycode verificationcode recoverycode backupcode mfacode resetcode
  otpcode cardnumber creditcard seedphrase recoveryphrase secretid sessioncookie passwordhash connectsid hostkey
  clientkey appkey applicationkey securestring sonarlogin contribsyscom artapi codeverifier clientassertion samlresponse depasse enablesecret enablepassword palavrapasse katasandi mậtkhẩu
  كلمةالمرور كلمةالسر رمزعبور`);

/** A long word that ends in one of these is sensitive: `pgpassword`, `accesstoken`. */
export const secretEndings: readonly string[] = [
  ...['password', 'passwd', 'passphrase', 'secret', 'token', 'apikey'],
  ...['accesskey', 'secretkey', 'privatekey', 'connectionstring'],
];

/** With one of these as the last word, the key describes a secret and isn't one. */
export const tellingLastWords = words(`
  count counts type types id ids name names at length len size policy policies expires expiry expired expire
  expiration exp ttl limit limits usage used url uri urls endpoint path file filename host domain issuer enabled
  disabled required present valid validity invalid status strength version age date time timestamp created updated
  changed rotation format algorithm alg method methods provider second seconds minute minutes hour hours day days ms
  remaining max min total budget rate cost price estimate details detail error errors field fields label placeholder
  title description attempts retries index number num bytes range window samesite secure kind scope scopes mode
  prefix lifetime duration supported schema param rules rule per minimum maximum page form input screen view dialog
  arn arns button manager store service module class handler provided exists matches mismatch reuse
  in out less fail failed failure failures`);

/** With one of these as the first word, the key asks a question about a secret: `has_password`. */
export const askingFirstWords = words(`
  has is are requires require required needs need show hide allow allows enable enables disable use uses no missing
  invalid num forgot forget count with without supports cost price`);

/** Before `token` these words mean a place in a list: a cursor. */
export const placeTokens = words(
  'page next continuation continue cursor sync delta skip resume pagination previous',
);

/** Programs whose names end like a secret, and which begin their lines with their name. */
export const programs = words(
  'chpasswd gpasswd htpasswd mkpasswd vncpasswd smbpasswd yppasswd kpasswd lpasswd',
);

/** A key with such a word at its start or its end holds a list of names. */
export const listingWords = words(`
  required fields columns properties names keys exclude excluded include included only omit select selected pick
  attributes allowed exposed sensitive hidden masked redact redacted missing optional readonly dirty touched changed
  updated modified invalid unknown expected`);

/** Before `tokens` these words mean units of text, as language models count them. */
export const countedTokens = words(`
  max min prompt completion input output total cached cache num n reasoning used remaining context estimated audio
  text image new generated thinking accepted rejected prediction creation read budget avg average`);

/**
 * Only sensitive as a field: before a colon in prose these begin a line (`auth: listening`) or mean a function's
 * signature.
 */
export const fieldOnlyWords = words('auth signature sig pass csrf xsrf pin pw jwt bearer');

/** Plurals under which a number is a count. */
export const countedPlurals = words('tokens cookies secrets passwords');

/** The possible names of the first and of the second key in `{"name": "password", "value": "x"}`. */
export const namingKeys = words('name key field header param parameter variable');
export const valueKeys = words(
  'value val values content contents data stringdata text v currentvalue newvalue oldvalue',
);
