import { resolve } from 'node:path';
import { workerRunner } from '../../base/job.ts';
import { apiUrl } from '../../http/worker/apiUrl.ts';
import type { ApiJobs, ServeReport } from '../../http/worker/serveApi.ts';
import { describe } from '../../words/failures.ts';
import { printError, printLine } from '../output.ts';
import { captureOptionsOf, portOf } from '../serving.ts';
import { Exit, type Verb } from '../verb.ts';

/** How long running requests may go on after the server was asked to stop, in ms. */
const PATIENCE_MS = 5000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Starts the API's worker, as VS Code does: so the other verbs load nothing of the API. */
export const serve: Verb = {
  options: { workspace: 'values', port: 'value', 'token-file': 'value', 'user-header': 'value' },
  positionals: { min: 0, max: 0 },
  async run({ value, values, json, environment }) {
    const port = portOf(value('port'));
    const { userHeader } = captureOptionsOf({ userHeader: value('user-header') });
    const named = values('workspace');
    const roots = (named.length === 0 ? ['.'] : named).map((path) => resolve(path));
    const given = value('token-file');
    const api = workerRunner<ApiJobs, ServeReport>(apiUrl, environment, () => 'cli');
    const asked = new AbortController();
    const stop = (): void => {
      asked.abort();
    };
    let printing: Promise<void> | undefined;
    for (const signal of SIGNALS) process.once(signal, stop);
    try {
      await api.run(
        'serveApi',
        {
          ...{ roots, port, userHeader, patience: PATIENCE_MS },
          tokenFile: given === undefined ? undefined : resolve(given),
        },
        {
          signal: asked.signal,
          onReport(report) {
            if (report.kind === 'failure') {
              printError(describe(report.failure));
              return;
            }
            const { url, tokenFile } = report;
            printing = printLine(
              json ? JSON.stringify({ url, tokenFile }) : `Serving ${url}. The tokens are in ${tokenFile}.`,
            );
            printing.catch(stop);
          },
        },
      );
      await printing;
    } finally {
      for (const signal of SIGNALS) process.off(signal, stop);
      api.dispose();
    }
    return Exit.done;
  },
};
