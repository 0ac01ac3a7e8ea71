import { pathInWorkspace } from '../files/logFile.ts';
import { type EntryPage, type EntrySearch, searchEntries as search } from '../reading/searchEntries.ts';
import { type AppContext, clock } from '../workspace/workspace.ts';
import { compileSearch } from './compile.ts';
import { openReader } from './readers/reader.ts';

/**
 * Entries of the API log, as `searchEntries` of `src/reading/` gives them, that match a query, too. Times without a zone
 * are UTC.
 * @throws Failure `query-invalid`, and those of `searchEntries`
 */
export async function searchEntries(
  { q, ...asked }: EntrySearch & { readonly q?: string | undefined },
  context: Pick<AppContext, 'signal'>,
): Promise<EntryPage> {
  if (q === undefined) return search(asked, context);
  const { matches } = await compileSearch(q, { now: clock(), zone: 'utc' });
  return search(asked, context, (line, file) => {
    let isMatch = false;
    const bytes = Buffer.from(line);
    const reader = openReader(bytes, { name: pathInWorkspace(file), modified: file.modified }, (entry) => {
      isMatch ||= matches(entry);
    });
    reader.push(bytes, 0);
    reader.end();
    return isMatch;
  });
}
