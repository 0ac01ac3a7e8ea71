/** The actions of audit records, each in a category. Auditors are granted categories. */

export type AuditCategory = 'users' | 'models' | 'system' | 'logs';

/** The actions that this package knows. A backend adds its own with `extendActions`. */
export const auditActions = {
  user_created: 'users',
  user_updated: 'users',
  user_deleted: 'users',
  user_role_changed: 'users',
  user_permissions_changed: 'users',
  user_status_changed: 'users',
  login: 'users',
  logout: 'users',
  login_failed: 'users',
  plan_created: 'models',
  plan_updated: 'models',
  plan_deleted: 'models',
  plan_activated: 'models',
  plan_deactivated: 'models',
  plan_duplicated: 'models',
  subscription_created: 'models',
  subscription_plan_changed: 'models',
  wallet_adjusted: 'models',
  /** What older billing records were called. */
  billing: 'models',
  default_permissions_updated: 'system',
  configuration_updated: 'system',
  security_settings_updated: 'system',
  api_key_created: 'system',
  api_key_updated: 'system',
  api_key_deleted: 'system',
  /** A record that was made from a request. */
  request: 'system',
  policy_changed: 'logs',
  policy_accepted: 'logs',
  hold_changed: 'logs',
  workspace_initialised: 'logs',
  log_downloaded: 'logs',
  log_deleted: 'logs',
  log_trashed: 'logs',
  log_opened_raw: 'logs',
  log_rotated: 'logs',
  log_zipped: 'logs',
  log_expired: 'logs',
  file_removed_outside: 'logs',
  archive_opened: 'logs',
  archive_decrypted: 'logs',
  password_added: 'logs',
  passwords_forgotten: 'logs',
  passwords_changed: 'logs',
  ignore_rule_changed: 'logs',
  commit_check_changed: 'logs',
  audit_exported: 'logs',
  audit_pruned: 'logs',
  access_denied: 'logs',
  verification_failed: 'logs',
} as const;

export type AuditAction = keyof typeof auditActions;

/** Actions by their ids, with their categories. A backend's own ids may be in categories of its own. */
export type ActionRegistry<A extends string = string> = Readonly<Record<A, string>>;

/** The known actions and a backend's own. @throws TypeError if a known action would get another category */
export function extendActions<A extends string>(own: ActionRegistry<A>): ActionRegistry<A | AuditAction> {
  const moved = Object.keys(own).find(
    (action) =>
      Object.hasOwn(auditActions, action) &&
      auditActions[action as AuditAction] !== (own as ActionRegistry)[action],
  );
  if (moved !== undefined) throw new TypeError(`The action “${moved}” has a category already.`);
  return { ...auditActions, ...own };
}

/** The ids of the actions in these categories. */
export function actionsIn(registry: ActionRegistry, categories: readonly string[]): string[] {
  return Object.entries(registry).flatMap(([action, category]) =>
    categories.includes(category) ? [action] : [],
  );
}
