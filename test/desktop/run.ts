/**
 * `npm run test:desktop`: the tests of `test/host/` in a desktop VS Code, which it downloads. For contributors' own
 * machines: where nothing can be downloaded, `npm test` runs the same tests in VS Code's server.
 */
import { runTests } from '@vscode/test-electron';
import { checkout } from '../../scripts/folders.ts';
import { buildExtension } from '../../scripts/packExtension.ts';
import { fewLogs, freshWorkspace } from '../e2e/workspaceFolder.ts';
import { bundle, bundleTests } from '../host/bundle.ts';

await buildExtension();
await bundleTests();
const workspace = await freshWorkspace(fewLogs());
try {
  process.exitCode = await runTests({
    extensionDevelopmentPath: checkout,
    extensionTestsPath: bundle,
    extensionTestsEnv: { XDG_STATE_HOME: workspace.stateFolder },
    launchArgs: [workspace.folder, '--disable-extensions', '--disable-workspace-trust'],
  });
} finally {
  await workspace.remove();
}
