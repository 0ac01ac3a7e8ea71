/** Names at a workspace's root; separate from the policy's schema, so that the editor's side stays small. */
export const POLICY_FILE = '.workspace-logs.json';
/** The rules of Git, there and in each folder. */
export const IGNORE_FILE = '.gitignore';
/** The managed folder. */
export const LOGS_FOLDER = 'logs';
/** The database of the audit trail, in `logs/`. */
export const AUDIT_FILE = 'audit.db';
/** The folder of session archives unless a policy names another. */
export const SESSIONS_FOLDER = 'session_logs';
