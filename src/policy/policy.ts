import * as z from 'zod';
import type { Age } from '../base/units.ts';
import { CATEGORIES, COMPRESSIONS, LEVELS, SESSION_FORMATS } from './choices.ts';

/**
 * The policy of a workspace: `.workspace-logs.json` at its root, JSON with comments. The keys and ranges are those
 * of the README's table; the schema is strict at every level and every key but `version` has a default.
 */
export const POLICY_VERSION = 1;

const integer = (min: number, max: number): z.ZodNumber => z.int().min(min).max(max);

const strings = z.array(z.string());

const age = z.union([
  z.strictObject({ days: integer(1, 3650) }),
  z.strictObject({ months: integer(1, 120) }),
]) satisfies z.ZodType<Age>;

const defaultAuthPaths = ['auth', 'auths', 'login', 'logout', 'session', 'sessions', 'signin', 'signup']
  .concat('oauth2', 'token')
  .flatMap((name) => [`**/${name}`, `**/${name}/**`]);

const rotation = z.strictObject({
  maxFileMB: integer(1, 10_240)
    .default(20)
    .describe('Largest size of an active log before it rotates, in MB.'),
  keepPlain: integer(1, 100)
    .default(5)
    .describe('Newest files of a log kept unzipped, counting the active one.'),
});

const retention = z.strictObject({
  maxAge: age.default({ months: 6 }).describe('How long logs are kept, by the time of their newest entry.'),
  maxFolderMB: integer(1, 1_048_576)
    .default(1024)
    .describe('Largest size of the managed logs together, in MB; the oldest archives go first.'),
  alsoFamilies: strings
    .default([])
    .describe(
      'Globs of other logs’ names that expire and count towards the cap, too. They are never rotated or zipped.',
    ),
  hold: z.boolean().default(false).describe('While true, nothing is deleted.'),
});

const recording = z.strictObject({
  log: z
    .union([z.tuple([z.literal('all')]), z.array(z.enum(CATEGORIES))])
    .default(['all'])
    .describe('What is recorded: ["all"], or any of writes, auth, deployments, errors.'),
  exclude: strings.default([]).describe('Globs of paths that are never recorded.'),
  authPaths: strings.default(defaultAuthPaths).describe('Globs of paths that count as authentication.'),
  deploymentPaths: strings
    .default(['/api/deployments', '/api/deployments/**'])
    .describe('Globs of paths that count as deployments.'),
  level: z.enum(LEVELS).default('METADATA').describe('How much of a request is recorded.'),
  maxBodyBytes: integer(0, 1_048_576)
    .default(2048)
    .describe('Longest part of a body that is recorded, in bytes.'),
});

const sessions = z.strictObject({
  enabled: z.boolean().default(false).describe('Whether session archives are written.'),
  dir: z
    .string()
    .refine(staysInside, { params: { rule: 'outside' } })
    .default('session_logs')
    .describe('Folder of the session archives, relative to the workspace.'),
  format: z.enum(SESSION_FORMATS).default('both').describe('What a session archive holds.'),
  retentionDays: integer(1, 3650).default(90).describe('Days after which session archives are deleted.'),
  cleanupIntervalSeconds: integer(60, 604_800).default(3600).describe('Seconds between clean-ups.'),
  compression: z.enum(COMPRESSIONS).default('lzma').describe('Compression of session archives.'),
  compressLevel: z
    .union([integer(0, 9), z.null()])
    .default(null)
    .describe('Level for deflated and bzip2.'),
  maxLines: integer(1, 10_000_000)
    .default(20_000)
    .describe('Most lines kept of one request, the newest ones; of 64 MB at most.'),
  requireSessionId: z.boolean().default(true).describe('Whether an archive needs a session id.'),
});

const audit = z.strictObject({
  level: z
    .enum(LEVELS)
    .default('NONE')
    .describe('How much of a request becomes an audit record; NONE: none does.'),
  adminPaths: strings
    .default(['/**'])
    .describe('Globs of the routes whose writes become audit records. Authentication paths always do.'),
  file: z.boolean().default(false).describe('Whether audit records also go to a rotating audit.log.'),
  fileMB: integer(1, 10_240).default(10).describe('Largest size of audit.log before it rotates, in MB.'),
  keepPlain: integer(1, 100)
    .default(1)
    .describe('Newest files of audit.log kept unzipped, counting the active one.'),
  console: z.boolean().default(false).describe('Whether audit records also go to standard output.'),
  maxAge: z
    .union([age, z.null()])
    .default(null)
    .describe('How long audit records are kept; null is for ever.'),
});

const forwarding = z.strictObject({
  entries: z.boolean().default(false).describe('Whether entries of the API log leave this machine.'),
  audit: z.boolean().default(false).describe('Whether audit records leave this machine.'),
  sessions: z.boolean().default(false).describe('Whether session summaries leave this machine.'),
  userHash: z.enum(['hmac', 'sha256']).default('hmac').describe('How a user’s name is hashed.'),
  redactContent: z.boolean().default(true).describe('Whether texts are replaced by their length.'),
  titlesAndTags: z.boolean().default(false).describe('Whether titles and tags are sent.'),
});

export const policySchema = z.strictObject({
  version: z.literal(POLICY_VERSION).describe('Version of this file’s format.'),
  workspaceId: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional()
    .describe('The workspace’s name in its entries: 1 to 64 letters, digits, _ or -.'),
  rotation: rotation.prefault({}),
  retention: retention.prefault({}),
  recording: recording.prefault({}),
  masking: z
    .strictObject({ extraKeys: strings.default([]).describe('Further keys whose values are masked.') })
    .prefault({}),
  sessions: sessions.prefault({}),
  audit: audit.prefault({}),
  forwarding: forwarding.prefault({}),
});

/** A policy with every default filled in; `workspaceId` is absent where the file names none. */
export type Policy = z.output<typeof policySchema>;

export const defaultPolicy: Policy = policySchema.parse({ version: POLICY_VERSION });

/** The JSON schema of the file, for editors. */
export function policyJsonSchema(): object {
  const schema = z.toJSONSchema(policySchema, { io: 'input' });
  return { ...schema, title: 'Workspace Logs policy', allowComments: true, allowTrailingCommas: true };
}

/** Whether a path written in the policy is relative and stays inside the workspace, on every system. */
export function staysInside(path: string): boolean {
  if (path === '' || /[\u0000-\u001f]/.test(path)) return false;
  if (/^[\\/]/.test(path) || /^[A-Za-z]:/.test(path) || path.startsWith('~')) return false;
  const parts = path.split(/[\\/]/).filter((part) => part !== '' && part !== '.');
  return parts.length > 0 && !parts.includes('..');
}
