/**
 * The shapes of vendors' tokens: a table of data. Sources: the vendors' pages on formats and on secret scanning, and the
 * public rules of scanners (gitleaks, trufflehog, secretlint, GitHub); only the facts are theirs.
 */
import { alphabets, type Alphabet } from './tokenAlphabets.ts';

/** A run of characters of one alphabet. */
export interface Run {
  readonly alphabet: Alphabet;
  readonly least: number;
  readonly most: number;
}

export interface TokenShape {
  readonly vendor: string;
  /** The text that marks the token; it is compared as it is written. */
  readonly mark: string;
  /** Stands before the mark and belongs to the token: then the mark is in its middle. */
  readonly before?: Run;
  /** What follows the mark, in this order: runs, and fixed text between them. */
  readonly parts: readonly (Run | string)[];
  /**
   * Nobody writes the mark for anything else. Then a digit may be glued before it, a token that was cut off at the end
   * of the text is masked, and so is a longer one, because vendors make their tokens longer.
   */
  readonly isEvident: boolean;
  /** How many characters after the mark are enough if the text ends there; Infinity if it must be whole. */
  readonly leastAtEnd: number;
  /** What the characters after the mark must hold, because words could follow this mark. */
  readonly must?: Must;
  /** The mark stays readable: it is the beginning of an address. */
  readonly keepsMark: boolean;
}

/**
 * `mixed`: a digit or a capital, unless the run is long. `varied`: a digit, a capital and a small letter. `jwt`: base64
 * of text with a full stop.
 */
export type Must = 'mixed' | 'varied' | 'jwt';

type Row = readonly [vendor: string, marks: string, ...rest: (string | number)[]];

/** Marks that have no other use: vendor, marks, alphabet, the least length after the mark. */
const evident: readonly Row[] = [
  ['1Password', 'ops_eyJ', 'either', 40],
  ['Adafruit', 'aio_', 'plain', 24],
  ['age', 'AGE-SECRET-KEY-', 'plain', 20],
  ['Aiven', 'AVNS_', 'token', 16],
  ['Akamai', 'akab-', 'token', 30],
  ['Alibaba', 'LTAI', 'plain', 12],
  ['Alchemy', 'alcht_', 'token', 24],
  ['Amazon', 'AKIA ASIA ABIA ACCA', 'plain', 16],
  ['Amazon marketplaces', 'amzn.mws. amzn1.oa2-cs.v1.', 'hexes', 30],
  ['Amazon Bedrock', 'bedrock-api-key-', 'either', 20],
  ['Apify', 'apify_api_', 'plain', 30],
  ['Atlassian', 'ATATT3 ATCTT3', 'padded', 40],
  ['Axiom', 'xaat- xapt-', 'hexes', 30],
  ['Baidu', 'bce-v3/ALTAK-', 'path', 20],
  ['Bitbucket Data Center', 'BBDC-', 'either', 40],
  ['Braintree', 'access_token$production$ access_token$sandbox$', 'lower', 10, '$hex', 20],
  ['Brevo', 'xkeysib- xsmtpsib-', 'token', 40],
  ['Buildkite', 'bkua_ bkaj_ bkpt_', 'plain', 24],
  ['Cal.com', 'cal_live_', 'plain', 24],
  ['Cartesia', 'sk_car_', 'token', 20],
  ['Censys', 'censys_', 'token', 20],
  ['Chromatic', 'chpt_', 'token', 12],
  ['CircleCI', 'CCIPAT_ CCIPRJ_', 'token', 20],
  ['Clojars', 'CLOJARS_', 'plain', 40],
  ['Cloudflare', 'cfat_ cfut_ cfk_', 'token', 30],
  ['CockroachDB', 'CCDB1_', 'token', 20],
  ['Contentful', 'CFPAT-', 'token', 30],
  ['Cursor', 'crsr_', 'plain', 40],
  ['Datadog', 'ddapp_', 'plain', 30],
  ['dbt', 'dbtc_ dbtu_ dbts_', 'token', 30],
  ['Defined Networking', 'dnkey-', 'padded', 40],
  ['Deno', 'ddp_ ddw_ ddo_', 'plain', 30],
  ['DigitalOcean', 'dop_v1_ doo_v1_ dor_v1_', 'plain', 32],
  ['Docker', 'dckr_pat_ dckr_oat_', 'token', 16],
  ['Doppler', 'dp.pt. dp.st. dp.ct. dp.scim. dp.audit. dp.sa. dp.said.', 'dotted', 20],
  ['Duffel', 'duffel_test_ duffel_live_', 'padded', 24],
  ['Dynatrace', 'dt0c01. dt0s01. dt0s02. dt0s08. dt0s16.', 'dotted', 40],
  ['E2B', 'e2b_', 'hex', 36],
  ['Elastic', 'essu_', 'either', 30],
  ['Figma', 'figd_ figo_ figoh_ figu_ figuh_', 'token', 24],
  ['Flutterwave', 'FLWSECK_TEST- FLWSECK-', 'token', 12],
  ['Fly.io', 'fo1_ fm1a_ fm1r_ fm2_', 'either', 40],
  ['Fleetbase', 'flb_live_ flb_test_', 'plain', 20],
  ['Flexport', 'shltm_', 'token', 40],
  ['Frame.io', 'fio-u-', 'padded', 40],
  ['GitBook', 'gb_api_', 'token', 20],
  ['GitHub', 'ghp_ gho_ ghu_ ghs_ ghr_ github_pat_', 'token', 16],
  [
    'GitLab',
    'glpat- gldt- glrt- glrtr- glptt- glcbt- glffct- glft- glimt- glagent- gloas- glsoat- glwt-',
    'dotted',
    16,
  ],
  ['GitLab runners', 'GR1348941', 'token', 16],
  ['Google', 'AIza', 'token', 30],
  ['Google OAuth', 'GOCSPX-', 'token', 16],
  ['Google access', 'ya29.', 'dotted', 16],
  ['Google keys that are tied to an account', 'AQ.Ab', 'token', 40],
  ['Grafana', 'glc_ glsa_', 'either', 20],
  ['Groq', 'gsk_', 'plain', 24],
  ['Heroku', 'HRKU-', 'token', 30],
  ['Hex', 'hxtp_ hxtw_', 'plain', 40],
  ['Honeycomb', 'hcaik_ hcamk_ hcbik_', 'plain', 24],
  ['HubSpot', 'pat-na1- pat-na2- pat-eu1- pat-ap1-', 'hexes', 30],
  ['Hugging Face', 'hf_ api_org_', 'plain', 24],
  ['Infracost', 'ico-', 'plain', 32],
  ['Inngest', 'signkey-prod- signkey-test- signkey-branch-', 'hex', 32],
  ['Ionic', 'ion_', 'plain', 40],
  ['Kaggle', 'KGAT_', 'plain', 30],
  ['LangSmith', 'lsv2_pt_ lsv2_sk_', 'token', 30],
  ['Linear', 'lin_api_ lin_oauth_ lin_wh_', 'token', 16],
  ['LinkedIn', 'WPL_AP0. WPL_AP1.', 'parts', 12],
  ['LlamaCloud', 'llx-', 'plain', 40],
  ['MailerSend', 'mlsn.', 'plain', 40],
  ['Materialize', 'mzp_', 'plain', 40],
  ['Mercury', 'mercury_production_ mercury_sandbox_', 'token', 20],
  ['MongoDB', 'mdb_sa_sk_', 'token', 30],
  ['n8n', 'n8n_api_', 'token', 30],
  ['Neon', 'napi_', 'plain', 40],
  ['Netlify', 'nfp_ nfc_ nfo_ nfu_ nfb_', 'plain', 30],
  ['New Relic', 'NRAK- NRII- NRJS- NRRA- NRIQ- NRBR-', 'token', 18],
  ['Nostr', 'nsec1', 'lower', 50],
  ['Notion', 'ntn_', 'plain', 30],
  ['npm', 'npm_', 'plain', 24],
  ['Nvidia', 'nvapi-', 'token', 40],
  ['Onfido', 'api_live. api_sandbox. api_live_us. api_live_ca.', 'dotted', 20],
  ['OneSignal', 'os_v2_app_ os_v2_org_', 'plain', 40],
  ['OpenAI sessions', 'sess-', 'plain', 40],
  ['OpenShift', 'sha256~', 'token', 40],
  ['Paddle', 'pdl_live_apikey_ pdl_sdbx_apikey_', 'token', 40],
  ['PagerDuty', 'pdus+_ pdeu+_', 'token', 20],
  ['Pagar.me', 'ak_live_ ak_test_', 'plain', 30],
  ['Perplexity', 'pplx-', 'plain', 30],
  ['Persona', 'persona_production_ persona_sandbox_', 'token', 20],
  ['Photoroom', 'sk_pr_', 'token', 42],
  ['Pinecone', 'pcsk_', 'token', 40],
  ['Pinterest', 'pina_', 'token', 24],
  ['Plaid', 'access-sandbox- access-development- access-production-', 'hexes', 30],
  ['PlanetScale', 'pscale_tkn_ pscale_oauth_ pscale_pw_', 'parts', 24],
  ['Polar', 'polar_oat_ polar_pat_', 'plain', 30],
  ['PostHog', 'phx_ phs_', 'plain', 30],
  ['Postman', 'PMAK- PMAT-', 'token', 24],
  ['Prefect', 'pnu_ pnb_', 'plain', 30],
  ['Pulumi', 'pul-', 'hex', 36],
  ['PyPI', 'pypi-', 'token', 32],
  ['Ramp', 'ramp_sec_', 'plain', 40],
  ['ReadMe', 'rdme_', 'plain', 40],
  ['Render', 'rnd_', 'plain', 24],
  ['Replicate', 'r8_', 'plain', 30],
  ['Retool', 'retool_', 'plain', 26],
  ['Riot', 'RGAPI-', 'hexes', 30],
  ['Rootly', 'rootly_', 'hex', 60],
  ['SaladCloud', 'salad_cloud_', 'token', 20],
  ['RubyGems', 'rubygems_', 'hex', 32],
  ['RunPod', 'rpa_', 'plain', 36],
  ['Scalingo', 'tk-us-', 'token', 36],
  ['SendGrid', 'SG.', 'dotted', 20],
  ['Sentry', 'sntrys_ sntryu_ sntrya_ sntryi_', 'either', 16],
  ['SettleMint', 'sm_aat_ sm_pat_ sm_sat_', 'plain', 16],
  ['Shippo', 'shippo_live_ shippo_test_', 'hex', 30],
  ['Shopify', 'shpat_ shpss_ shpca_ shppa_ shpua_ shprt_ shpuat_', 'token', 16],
  ['Slack apps', 'xapp- xwfp-', 'token', 8],
  // `xoxb-`, `xoxe.xoxp-` and so on.
  ['Slack', 'xoxb- xoxp- xoxa- xoxo- xoxs- xoxr- xoxc- xoxd- xoxe- xoxe.', 'dotted', 8],
  ['Snyk', 'snyk_uat. snyk_sat.', 'dotted', 20],
  ['Sonar', 'squ_ sqp_ sqa_ sqco_', 'plain', 36],
  ['Sourcegraph', 'sgp_ slk_', 'token', 36],
  ['Square', 'sq0atp- sq0csp- sq0csb-', 'token', 20],
  ['Stripe', 'sk_live_ rk_live_ sk_test_ rk_test_ sk_prod_ rk_prod_ ek_live_ ek_test_', 'token', 10],
  ['Stytch', 'secret-live- secret-test-', 'padded', 24],
  ['Supabase', 'sbp_ sb_secret_', 'token', 24],
  ['Svix and Stripe', 'whsec_', 'either', 10],
  ['Tailscale', 'tskey-', 'token', 16],
  ['Tavily', 'tvly-', 'token', 24],
  ['Thunderstore', 'tss_', 'plain', 36],
  ['Together', 'tgp_v1_', 'token', 30],
  ['Trigger.dev', 'tr_pat_ tr_prod_ tr_dev_', 'plain', 20],
  ['Typeform', 'tfp_', 'parts', 32],
  ['Ubidots', 'BBFF-', 'plain', 30],
  ['Unkey', 'unkey_', 'plain', 20],
  ['UpCloud', 'ucat_', 'plain', 24],
  ['Val Town', 'vtwn_', 'plain', 24],
  ['Vault', 'hvs. hvb. hvr.', 'token', 16],
  ['Vercel', 'vcp_ vci_ vca_ vcr_ vck_', 'plain', 22],
  ['Vercel storage', 'vercel_blob_rw_', 'token', 30],
  ['WakaTime', 'waka_', 'hexes', 30],
  ['Weblate', 'wlu_ wlp_', 'plain', 36],
  ['Weights & Biases', 'wandb_v1_', 'token', 40],
  ['xAI', 'xai-', 'plain', 60],
  ['Xata', 'xau_', 'plain', 30],
  ['Zuplo', 'zpka_', 'token', 30],
  // Base64 of `{"k":"`, of `tok:` and of `reftkn:`.
  ['Grafana, older', 'eyJrIjoi', 'base64', 60],
  ['Intercom', 'dG9rO', 'base64', 50],
  ['Artifactory references', 'cmVmd', 'plain', 50],
  ['PASETO', [1, 2, 3, 4].map((n) => `v${n}.local. v${n}.public.`).join(' '), 'dotted', 20],
];

/**
 * Marks that also begin something else: the length must be exact, or the marks stand alone. Vendor, marks, alphabet,
 * least, most; then further parts in the same way, after the fixed text that separates them.
 */
const exact: readonly Row[] = [
  ['1Password secret key', 'A3-', 'uppers', 30, 40],
  ['Adobe', 'p8e-', 'plain', 32, 32],
  ['Airtable', 'pat', 'plain', 14, 14, '.', 'hex', 64, 64],
  ['Alibaba STS', 'STS.', 'plain', 16, 64],
  ['Amazon, older', 'A3T', 'upper', 17, 17],
  ['Amazon Bedrock', 'ABSK', 'base64', 100, 300],
  ['AppSync', 'da2-', 'lower', 26, 26],
  ['Amazon login', 'Atza| Atzr|', 'either', 40, Infinity],
  ['Artifactory', 'AKCp', 'plain', 60, 80],
  [
    'Authress',
    'sc_ ext_ scauth_ authress_',
    ...['lower', 5, 30, '.', 'lower', 4, 6, '.acc', 'parts', 30, 200],
  ],
  ['BestTime', 'pri_', 'hex', 32, 32],
  ['Bitbucket', 'ATBB', 'token', 24, 40],
  ['ClickHouse', '4b1d', 'plain', 38, 38],
  ['ClickUp', 'pk_', 'digits', 5, 12, '_', 'upper', 32, 32],
  ['Close, in two parts', 'api_', 'plain', 22, 22, '.', 'plain', 22, 22],
  ['Cloudflare origin', 'v1.0-', 'lower', 24, 24, '-', 'lower', 120, 160],
  ['Confluent', 'cflt', 'base64', 60, 60],
  ['crates.io', 'cio', 'plain', 32, 32],
  ['Databricks', 'dapi', 'hex', 32, 32],
  ['Discord', 'MT Mj Mz ND NT Nj Nz OD OT', 'token', 20, 28, '.', 'token', 5, 8, '.', 'token', 25, 48],
  ['Discord with two factors', 'mfa.', 'token', 60, 120],
  ['Dropbox', 'sl. sl.u.', 'padded', 80, Infinity],
  ['EasyPost', 'EZAK EZTK', 'plain', 54, 54],
  ['ElevenLabs', 'sk_', 'hex', 48, 48],
  ['Endor', 'endr+', 'plain', 16, 16],
  ['Facebook and Square', 'EAA', 'token', 56, Infinity],
  ['Fauna', 'fnA', 'token', 36, 60],
  ['Firebase messaging', 'AAAA', 'token', 7, 7, ':', 'token', 130, 160],
  ['Firecrawl', 'fc-', 'hex', 32, 32],
  ['Google refresh', '1//0', 'token', 40, Infinity],
  ['Harness', 'pat. sat.', 'token', 22, 22, '.', 'plain', 20, 24, '.', 'plain', 20, 20],
  ['NATS', 'SUA SAA SOA SNA SCA', 'base32', 55, 55],
  ['Instagram', 'IGQ IGA', 'token', 60, Infinity],
  ['k3s', 'K10', 'hex', 60, 70, '::', 'dotted', 8, 80],
  ['LaunchDarkly', 'sdk- api- mob-', 'hexes', 36, 36],
  ['Lob', 'live_ test_', 'hex', 35, 35],
  ['Lob, in browsers', 'live_pub_ test_pub_', 'hex', 31, 31],
  ['Mailgun', 'key- pubkey-', 'lower', 32, 32],
  ['Notion, older', 'secret_', 'plain', 43, 43],
  ['NuGet', 'oy2', 'lower', 43, 43],
  ['Octopus', 'API-', 'upper', 25, 34],
  ['PayPal', 'A21AA', 'token', 60, 120],
  ['pganalyze', 'pgar_', 'plain', 27, 27],
  ['Phabricator', 'api- cli-', 'lower', 28, 28],
  ['PubNub', 'sec-c-', 'parts', 40, 80],
  ['Resend', 're_', 'plain', 8, 8, '_', 'plain', 24, 24],
  ['Salesforce', '00D', 'plain', 12, 15, '!', 'dotted', 60, 200],
  ['Sanity and GoCardless', 'live_', 'padded', 40, 40],
  ['Stripe, for one payment', 'pi_ seti_', 'plain', 24, 28, '_secret_', 'plain', 25, 25],
  ['Ticket Tailor', 'sk_', 'digits', 4, 4, '_', 'digits', 6, 6, '_', 'hex', 32, 32],
  ['SAP', 's-s4t2ud- s-s4t2af-', 'hex', 60, 70],
  ['Spectral', 'spu-', 'hex', 32, 32],
  ['Telnyx', 'KEY', 'upper', 32, 32, '_', 'plain', 22, 22],
  ['Tencent', 'AKID', 'plain', 28, 44],
  ['Trello', 'ATTA', 'hex', 60, 80],
  ['TruffleHog', 'thog-key-', 'hex', 16, 16],
  ['TruffleHog', 'thog-secret-', 'hex', 32, 32],
  ['Twilio', 'SK', 'hex', 32, 32],
  ['Twitch', 'oauth:', 'lower', 30, 30],
  ['Volcano Engine', 'AKLT', 'plain', 40, 64],
  ['wallets (BIP 32)', 'xprv yprv zprv tprv', 'plain', 100, 112],
  ['Yandex', 'AQVN', 'token', 35, 38],
  ['Yandex sessions', 't1.', 'parts', 90, Infinity],
  ['Zoho', '1000.', 'hex', 32, 32, '.', 'hex', 32, 32],
];

/** The same; the last word says what the characters must hold. */
const doubtful: readonly (readonly [must: Must, vendor: string, marks: string, Alphabet, number, number])[] =
  [
    // `sk-learn-contrib` is a name.
    ['mixed', 'OpenAI, Anthropic and others', 'sk-', 'token', 16, Infinity],
    ['mixed', 'Cerebras', 'csk-', 'token', 40, 60],
    ['mixed', 'CAS', 'ST- TGT- PGT-', 'dotted', 16, Infinity],
    ['mixed', 'Fireworks', 'fw_', 'plain', 22, 26],
    ['mixed', 'Mandrill', 'md-', 'token', 22, 22],
    ['varied', 'Close', 'api_', 'plain', 45, 45],
    ['varied', 'Column', 'live_ test_', 'plain', 27, 27],
    ['varied', 'Databento', 'db-', 'plain', 29, 29],
    ['varied', 'Jina', 'jina_', 'token', 40, Infinity],
    ['varied', 'Modal', 'ak- as-', 'plain', 22, 22],
    ['varied', 'Mollie', 'live_ test_', 'plain', 30, 30],
    ['varied', 'Portainer', 'ptr_', 'plain', 43, 60],
    ['varied', 'Chroma', 'ck-', 'plain', 44, 44],
    ['varied', 'Mem0', 'm0-', 'plain', 40, 40],
    ['varied', 'Voyage', 'pa-', 'token', 40, 50],
    ['varied', 'Vault, older', 's.', 'plain', 24, 24],
    ['varied', 'StackHawk', 'hawk.', 'dotted', 36, 80],
    ['varied', 'Yandex', 'y0_ y1_ y2_ y3_', 'token', 40, Infinity],
    ['varied', 'Yandex storage', 'YC', 'token', 38, 38],
    ['varied', 'X', 'A'.repeat(22), 'percent', 60, Infinity],
    ['jwt', 'JSON web tokens in base64 again', 'ZXlK', 'either', 40, Infinity],
  ];

type Inner = readonly [string, string, Alphabet, number, number, Alphabet, number, number, must?: Must];

/** The number of an app or of a row, and a pipe: `12|…`. */
const numbered = Array.from('0123456789', (digit) => `${digit}|`).join(' ');

/** Marks in the middle of a token: vendor, marks, the run before, the run behind, what that must hold. */
const inner: readonly Inner[] = [
  ['Azure AD', 'Q~', 'tilde', 4, 4, 'tilde', 31, 34],
  ['Azure storage', '+ASt +ARm +AEh', 'base64', 70, 90, 'base64', 5, 12],
  ['Azure Cosmos', 'ACDb', 'base64', 70, 90, 'base64', 4, 12],
  ['Azure keys', 'AzFu AzSe AzCa APIM', 'either', 36, 60, 'either', 5, 12],
  ['Azure AI', 'JQQJ99', 'plain', 52, 52, 'plain', 20, 32],
  ['Azure DevOps', 'AZDO', 'plain', 76, 76, 'plain', 4, 4],
  ['Facebook apps', numbered, 'digits', 14, 15, 'token', 27, 27, 'varied'],
  ['Laravel', numbered, 'digits', 0, 11, 'plain', 40, 48, 'varied'],
  ['Mailchimp', '-us', 'hex', 32, 32, 'digits', 1, 2],
  ['MaxMind', '_mmk', 'token', 36, 36, 'digits', 0, 0],
  ['New Relic licences', 'NRAL', 'plain', 36, 36, 'digits', 0, 0],
  ['New Relic apps', '-NRMA', 'plain', 42, 42, 'digits', 0, 0],
  ['RapidAPI', 'jsn', 'lower', 36, 36, 'lower', 12, 12],
  ['Webex', '_PF84_ _P0A1_', 'plain', 64, 64, 'hexes', 36, 36],
  ['Terraform', '.atlasv1.', 'plain', 14, 14, 'padded', 50, 90],
];

/** Addresses that are secrets themselves, with or without their scheme: anyone who knows one can post to it. */
const addresses: readonly (readonly [vendor: string, marks: string, Alphabet, number])[] = [
  [
    'Slack',
    ['services', 'workflows', 'triggers']
      .flatMap((kind) => [`hooks.slack.com/${kind}/`, `hooks.slack-gov.com/${kind}/`])
      .join(' '),
    'path',
    20,
  ],
  ['Discord', 'discord.com/api/webhooks/ discordapp.com/api/webhooks/', 'path', 20],
  ['Microsoft Teams', 'webhook.office.com/webhookb2/ outlook.office.com/webhook/', 'teams', 40],
  ['Zapier', 'hooks.zapier.com/hooks/catch/', 'path', 8],
  ['Lark', 'open.feishu.cn/open-apis/bot/v2/hook/ open.larksuite.com/open-apis/bot/v2/hook/', 'hexes', 20],
  ['WeCom', 'qyapi.weixin.qq.com/cgi-bin/webhook/send?key=', 'hexes', 20],
  ['Make', 'hook.eu1.make.com/ hook.eu2.make.com/ hook.us1.make.com/ hook.us2.make.com/', 'plain', 24],
  ['IFTTT', 'maker.ifttt.com/trigger/', 'path', 24],
  ['Pabbly', 'connect.pabbly.com/workflow/sendwebhookdata/', 'path', 20],
  ['GitLab', '_gitlab_session=', 'hex', 32],
];

/** Private keys in formats of their own, whose lines follow a mark. */
const keyLines: readonly (readonly [program: string, marks: readonly string[]])[] = [
  ['PuTTY', ['Private-Lines: ']],
  ['SSH2', ['BEGIN SSH2 ENCRYPTED PRIVATE KEY ----', 'BEGIN SSH2 PRIVATE KEY ----']],
];

/**
 * How many characters after a mark are enough where the text ends, because it may have been cut off there. Every string
 * of JSON ends somewhere, so a mark that could begin a word needs many.
 */
const CUT = 12;
const cuts = new Map<string, number>([
  ...'ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- gldt- glrt- glptt- xapp- GOCSPX- AGE-SECRET-KEY- tskey- ya29.'
    .split(' ')
    .map((mark) => [mark, 1] as const),
  ...'sk_live_ rk_live_ sk_test_ rk_test_ whsec_ dop_v1_ doo_v1_ dor_v1_ shpat_ shpss_ shpca_ dckr_pat_ lin_api_'
    .split(' ')
    .map((mark) => [mark, 1] as const),
  ...'sntrys_ xoxb- xoxp- xoxa- xoxo- xoxs- xoxr- xoxc- xoxd- xoxe- xoxe. AKIA ASIA AIza'
    .split(' ')
    .map((mark) => [mark, 1] as const),
  ...'hvs. hvb. hvr. ST-'.split(' ').map((mark) => [mark, 8] as const),
  ...'npm_ hf_ gsk_ api_org_'.split(' ').map((mark) => [mark, 24] as const),
  ['pypi-', 32],
]);

const run = (alphabet: Alphabet, least: number, most = Infinity): Run => ({ alphabet, least, most });

function isAlphabet(name: unknown): name is Alphabet {
  return typeof name === 'string' && name in alphabets;
}

/** `'hex', 32, 32, '.', 'hex', 8, 8`: runs, and the fixed text between them. */
function partsOf(rest: readonly (string | number)[]): (Run | string)[] {
  const parts: (Run | string)[] = [];
  for (let at = 0; at < rest.length; at += 1) {
    const item = rest[at];
    if (isAlphabet(item)) {
      parts.push(run(item, Number(rest[at + 1]), Number(rest[at + 2])));
      at += 2;
    } else parts.push(String(item));
  }
  return parts;
}

function shapes(
  vendor: string,
  marks: string,
  parts: readonly (Run | string)[],
  more: Partial<TokenShape> = {},
): TokenShape[] {
  return marks.split(' ').map((mark) => ({
    ...{ vendor, mark, parts, isEvident: false, keepsMark: false },
    ...more,
    leastAtEnd: cuts.get(mark) ?? more.leastAtEnd ?? Infinity,
  }));
}

export const tokenShapes: readonly TokenShape[] = [
  ...evident.flatMap(([vendor, marks, alphabet, least, then, second]) =>
    shapes(
      vendor,
      marks,
      then === undefined
        ? [run(alphabet as Alphabet, Number(least))]
        : [run(alphabet as Alphabet, Number(least), 64), '$', run('hex', Number(second))],
      { isEvident: true, leastAtEnd: CUT, must: 'mixed' },
    ),
  ),
  ...exact.flatMap(([vendor, marks, ...rest]) => shapes(vendor, marks, partsOf(rest))),
  ...doubtful.flatMap(([must, vendor, marks, alphabet, least, most]) =>
    shapes(vendor, marks, [run(alphabet, least, most)], {
      must,
      ...(must === 'mixed' ? { leastAtEnd: CUT } : {}),
    }),
  ),
  ...inner.flatMap(([vendor, marks, alphabet, least, most, behind, fewest, longest, must]) =>
    shapes(vendor, marks, [run(behind, fewest, longest)], {
      before: run(alphabet, least, most),
      ...(must === undefined ? {} : { must }),
    }),
  ),
  ...keyLines.flatMap(([vendor, marks]) =>
    marks.map((mark) => ({
      ...{ vendor, mark, parts: [run('lines', 16)], isEvident: true, leastAtEnd: CUT, keepsMark: true },
    })),
  ),
  ...addresses.flatMap(([vendor, marks, alphabet, least]) =>
    shapes(vendor, marks, [run(alphabet, least)], { isEvident: true, leastAtEnd: CUT, keepsMark: true }),
  ),
];
