/**
 * `node scripts/apiPaths.ts` writes the types that a client of the HTTP API has, as `openapi-typescript` makes them of its
 * document. A test holds the file against the document.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import { trailJobs } from '../src/audit/trail.ts';
import { inlineRunner } from '../src/base/job.ts';
import { buildLogsApi } from '../src/http/logsApi.ts';
import { inlineApp } from '../src/jobs/jobs.ts';
import { checkout } from './folders.ts';

export const apiPathsFile: string = join(checkout, 'test/unit/http/apiPaths.ts');

const heading = '/** Written by scripts/apiPaths.ts. */\n/* eslint-disable */\n';

/** The document of the routes, as text. */
export function apiDocument(): string {
  const { document } = buildLogsApi(
    { workspaces: {}, authorise: () => undefined },
    inlineApp({}),
    inlineRunner(trailJobs, {}, 'api'),
  );
  return document;
}

/** What the file with the types has to hold. */
export async function apiPaths(): Promise<string> {
  const types = await openapiTS(JSON.parse(apiDocument()) as OpenAPI3);
  const options = await resolveConfig(apiPathsFile);
  return format(heading + astToString(types), { ...options, parser: 'typescript' });
}

if (import.meta.main) writeFileSync(apiPathsFile, await apiPaths());
