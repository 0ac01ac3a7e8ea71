/** All ids that are also in package.json. A test compares the two. */
export const commands = {
  configure: 'workspaceLogs.configure',
  initialize: 'workspaceLogs.initialize',
  openPolicy: 'workspaceLogs.openPolicy',
  refresh: 'workspaceLogs.refresh',
  runMaintenance: 'workspaceLogs.runMaintenance',
  cancelMaintenance: 'workspaceLogs.cancelMaintenance',
  previewMaintenance: 'workspaceLogs.previewMaintenance',
  reviewPlan: 'workspaceLogs.reviewPlan',
  applyPolicy: 'workspaceLogs.applyPolicy',
  declinePolicy: 'workspaceLogs.declinePolicy',
  hold: 'workspaceLogs.hold',
  releaseHold: 'workspaceLogs.releaseHold',
  checkWorkspace: 'workspaceLogs.checkWorkspace',
  undoIgnoreRule: 'workspaceLogs.undoIgnoreRule',
  untrackLogs: 'workspaceLogs.untrackLogs',
  installCommitCheck: 'workspaceLogs.installCommitCheck',
  removeCommitCheck: 'workspaceLogs.removeCommitCheck',
  openLog: 'workspaceLogs.openLog',
  openRaw: 'workspaceLogs.openRaw',
  downloadLog: 'workspaceLogs.downloadLog',
  deleteLog: 'workspaceLogs.deleteLog',
  /**
   * `deleteLog` for the explorer's menu. The Delete key is not ours there, and with the same id the menu would show
   * that key.
   */
  deleteResource: 'workspaceLogs.deleteResource',
  rotateNow: 'workspaceLogs.rotateNow',
  openArchive: 'workspaceLogs.openArchive',
  decryptTo: 'workspaceLogs.decryptTo',
  addPassword: 'workspaceLogs.addPassword',
  forgetPasswords: 'workspaceLogs.forgetPasswords',
  changeArchivePasswords: 'workspaceLogs.changeArchivePasswords',
  findSession: 'workspaceLogs.findSession',
  showAudit: 'workspaceLogs.showAudit',
  exportAudit: 'workspaceLogs.exportAudit',
  verifyAudit: 'workspaceLogs.verifyAudit',
  copyPath: 'workspaceLogs.copyPath',
  reveal: 'workspaceLogs.reveal',
  showOutput: 'workspaceLogs.showOutput',
  howToRecord: 'workspaceLogs.howToRecord',
  showMore: 'workspaceLogs.showMore',
  previousPart: 'workspaceLogs.previousPart',
  nextPart: 'workspaceLogs.nextPart',
  goToPart: 'workspaceLogs.goToPart',
} as const;

/** The person's settings. */
export const settings = { intervalMinutes: 'workspaceLogs.maintenance.intervalMinutes' } as const;

export const VIEW = 'workspaceLogs.logs';
export const SCHEME = 'workspace-logs';

export const contextKeys = {
  /** Paths of all workspace folders: `logs` directly in one of them is ours. */
  roots: 'workspaceLogs.roots',
  /**
   * Paths of the workspace folders that have a `logs` folder. The menus of the other folders offer the form, even
   * before activation.
   */
  rootsWithLogs: 'workspaceLogs.rootsWithLogs',
  /** Some workspace folder has a `logs` folder or a policy. */
  visible: 'workspaceLogs.visible',
  /** Some workspace folder has a policy. */
  managed: 'workspaceLogs.managed',
  /** Some workspace folder has a policy with `retention.hold` on. */
  held: 'workspaceLogs.held',
  /** Some workspace folder has a policy with `retention.hold` off. */
  unheld: 'workspaceLogs.unheld',
  /** The policy of some workspace folder waits for acceptance on this machine. */
  pending: 'workspaceLogs.pending',
  /** Maintenance runs in some workspace folder, started by this window. */
  running: 'workspaceLogs.running',
  /** Paths of all `logs` folders: files directly in them have our items in the explorer's menu. */
  logDirs: 'workspaceLogs.logDirs',
  /** The same, but only for managed workspaces. */
  managedLogDirs: 'workspaceLogs.managedLogDirs',
  /** Paths of the folders below `logs` and of the folders of session archives: zips in them open as archives. */
  archiveDirs: 'workspaceLogs.archiveDirs',
  /** The same, but only for managed workspaces. */
  managedArchiveDirs: 'workspaceLogs.managedArchiveDirs',
  /** The active editor shows a part of a large log. */
  hasParts: 'workspaceLogs.hasParts',
} as const;
