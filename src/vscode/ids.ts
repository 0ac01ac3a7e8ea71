/** Every id that package.json also holds; a test keeps the two together. */
export const commands = {
  configure: 'workspaceLogs.configure',
  initialize: 'workspaceLogs.initialize',
  refresh: 'workspaceLogs.refresh',
  runMaintenance: 'workspaceLogs.runMaintenance',
  previewMaintenance: 'workspaceLogs.previewMaintenance',
  openLog: 'workspaceLogs.openLog',
  showOutput: 'workspaceLogs.showOutput',
  showMore: 'workspaceLogs.showMore',
  previousPart: 'workspaceLogs.previousPart',
  nextPart: 'workspaceLogs.nextPart',
  goToPart: 'workspaceLogs.goToPart',
} as const;

export const VIEW = 'workspaceLogs.logs';
export const SCHEME = 'workspace-logs';

export const contextKeys = {
  /** Paths of all workspace folders: `logs` directly in one of them is ours. */
  roots: 'workspaceLogs.roots',
  /** Paths of the workspace folders that have a `logs`: the others' own menu offers the form, also before activation. */
  rootsWithLogs: 'workspaceLogs.rootsWithLogs',
  /** Some workspace folder has a `logs` or a policy. */
  visible: 'workspaceLogs.visible',
  /** Some workspace folder has a policy. */
  managed: 'workspaceLogs.managed',
  /** The active editor shows a part of a large log. */
  hasParts: 'workspaceLogs.hasParts',
} as const;
