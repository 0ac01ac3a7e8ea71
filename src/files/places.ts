/** What stands at a workspace's root; apart from the policy's schema, so that the editor's side stays small. */
export const POLICY_FILE = '.workspace-logs.json';
/** The managed folder. */
export const LOGS_FOLDER = 'logs';
/** Where session archives are unless a policy says otherwise. */
export const SESSIONS_FOLDER = 'session_logs';
