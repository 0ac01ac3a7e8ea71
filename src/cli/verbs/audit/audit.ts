import { inlineRunner } from '../../../base/job.ts';
import { storeChoice } from '../../../audit/postgres/storeChoice.ts';
import type { TrailReport } from '../../../audit/outputs/outputs.ts';
import { inStore, trailJobs, type Trail, type TrailJobs } from '../../../audit/trail.ts';
import { optionsOf, partOf, type Part } from '../../parts.ts';
import { Exit, type Call, type Verb } from '../../verb.ts';
import { append } from './append.ts';
import { check, checkpoint, key, prove } from './evidence.ts';
import { exportTrail } from './export.ts';
import { importFile } from './importFile.ts';
import { filterOptions, query } from './query.ts';
import { verify } from './verify.ts';

interface AuditPart extends Part {
  readonly run: (trail: Trail, words: Call) => Promise<Exit>;
}

const parts: Readonly<Record<string, AuditPart>> = {
  append: { run: append },
  import: { takes: 'FILE', run: importFile },
  query: { options: { ...filterOptions, limit: 'value', offset: 'value', cursor: 'value' }, run: query },
  export: { options: { ...filterOptions, format: 'value', manifest: 'value' }, run: exportTrail },
  verify: { options: { indexes: 'flag', since: 'value', key: 'values', accept: 'flag' }, run: verify },
  prove: { takes: 'ID', options: { since: 'value' }, run: prove },
  check: { takes: 'FILE', options: { key: 'values' }, run: check },
  checkpoint: { run: checkpoint },
  key: { run: key },
};

export const audit: Verb = {
  options: optionsOf(parts),
  positionals: { min: 1, max: 2 },
  async run(words) {
    const part = partOf('audit', parts, words);
    const { environment } = words;
    const trail: Trail = inStore(
      inlineRunner<TrailJobs, TrailReport>(trailJobs, environment),
      storeChoice(environment),
    );
    const exit = await part.run(trail, words);
    const closed = trail.run('closeTrail', { root: words.root });
    // What went wrong was said already; a trail that was changed cannot be sealed either.
    await (exit === Exit.done ? closed : closed.catch(() => undefined));
    return exit;
  },
};
