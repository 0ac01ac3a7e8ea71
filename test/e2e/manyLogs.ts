import type { Files } from './workspaceFolder.ts';

const DAY = 86_400_000;

/** About `megabytes` of API log entries that end at `end`, one a tenth of a second. */
export function apiLog(end: number, megabytes: number): string {
  const lines: string[] = [];
  let bytes = 0;
  for (let back = 0; bytes < megabytes * 1_048_576; back += 1) {
    const timestamp = new Date(end - back * 100).toISOString();
    const entry = {
      timestamp,
      workspace_id: 'billing',
      user: 'alice',
      method: 'GET',
      path: `/api/items/${back}`,
    };
    const line = `${JSON.stringify({ ...entry, status: 200, duration_ms: back % 97 })}\n`;
    lines.push(line);
    bytes += line.length;
  }
  return lines.reverse().join('');
}

/** An active log over 1 MB and seven rotated ones, one a day; the policy has comments of its own. */
export function aWeekOfLogs(now = Date.now()): Files {
  const rotated = Array.from({ length: 7 }, (_, index) => [
    `logs/api.${index + 1}.log`,
    apiLog(now - (8 - index) * DAY, 1),
  ]);
  return {
    'logs/api.log': apiLog(now - 60_000, 1.2),
    ...(Object.fromEntries(rotated) as Files),
    'sub/logs/service.log': 'started\n',
    '.workspace-logs.json': commentedPolicy,
  };
}

export const commentedPolicy = `{
  // Ours since the audit of last spring.
  "version": 1,
  "workspaceId": "billing",
  "rotation": {
    "maxFileMB": 20 // as the disk allows
  }
}
`;
