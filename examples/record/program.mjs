// A program that prints what it does as JSON lines; `record` filters and masks them and appends them to logs/api.log:
//   node examples/record/program.mjs --count 1000 | workspace-logs record --workspace DIR
import { once } from 'node:events';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { count: { type: 'string', default: '10' } } });

const users = ['ada', 'grace', undefined];
const statuses = [200, 201, 404, 500];

for (let index = 0; index < Number(values.count); index += 1) {
  const entry = {
    // Without a timestamp the entry gets the time of recording, without a user the user is anonymous.
    method: index % 2 === 0 ? 'GET' : 'POST',
    path: `/api/jobs/${index}?access_token=never-in-the-log`,
    status: statuses[index % statuses.length],
    user: users[index % users.length],
    duration_ms: index % 100,
    request_id: `job-${index}`,
    queue: 'reports',
  };
  // The pipe is full, so wait until it has room.
  if (!process.stdout.write(`${JSON.stringify(entry)}\n`)) await once(process.stdout, 'drain');
}
