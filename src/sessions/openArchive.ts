import { basename, resolve } from 'node:path';
import { textMembers } from '../archive/sessionMembers.ts';
import type { ZipMember } from '../archive/zip/readZip.ts';
import { unsupported } from '../archive/zip/zipFailure.ts';
import { Failure, isFailure, toFailureMessage, type FailureMessage } from '../base/failure.ts';
import { BYTES_PER_MB } from '../base/units.ts';
import { kindOf } from '../files/list.ts';
import type { ArchiveMember } from './archiveMember.ts';
import { pathBelow } from '../base/pathBelow.ts';
import { openingOf, recorded } from '../workspace/deeds.ts';
import { pathOf, type LogPlace } from '../workspace/logPlaces.ts';
import { requireWorkspace, type AppContext, type WorkspaceInput } from '../workspace/workspace.ts';
import { requireLog } from '../workspace/requireLog.ts';
import { isSessionArchive, withArchive, type SessionArchive } from './sessionArchive.ts';

/** The contents of an archive, as far as they can be shown. */
export interface OpenedArchive {
  /** The object in `meta.json`; null if there is none. */
  readonly meta: Readonly<Record<string, unknown>> | null;
  /** The texts by the names of their files. Bytes that are not valid UTF-8 are replaced. */
  readonly members: Readonly<Record<string, string>>;
  /**
   * Whether the files are exactly those that `meta.json` lists with their digests. False if `meta.json` is damaged.
   * Null if it is not encrypted, lists no digests or could not be opened.
   */
  readonly bound: boolean | null;
  /** The files that could not be shown. */
  readonly refused: readonly { readonly name: string; readonly failure: FailureMessage }[];
}

type Cancelling = Partial<Pick<AppContext, 'signal' | 'environment'>>;

export interface OpenArchiveInput {
  readonly path: string;
  /** The workspace whose archive it may be: the opening of its session archives is recorded there. */
  readonly root?: string | undefined;
}

/** The limit of bytes that are shown at once. A JavaScript string holds about twice as much. */
const MOST_BYTES = 256 * BYTES_PER_MB;

/**
 * Reads the texts of any zip at any path, encrypted or not.
 * @throws Failure `file-missing`, `not-a-regular-file`, `archive-damaged`, `archive-unsupported` if nothing of it can
 *   be read, `audit-unavailable`, `cancelled`
 */
export async function openArchive(
  input: OpenArchiveInput,
  { signal, environment = {}, door, trail }: Partial<AppContext> = {},
): Promise<OpenedArchive> {
  const path = resolve(input.path);
  const what = kindOf(path);
  if (what === 'missing') throw new Failure('file-missing', { path });
  if (what !== 'file') throw new Failure('not-a-regular-file', { path, what });
  const { root } = input;
  const below = root === undefined ? undefined : pathBelow(root, path);
  return withArchive(
    path,
    async (archive) => {
      const read = (): Promise<OpenedArchive> => readAll(archive, basename(path));
      if (root === undefined || below === undefined || trail === undefined) return read();
      if (!isSessionArchive(archive) || !(await opensSome(archive))) return read();
      return recorded({ environment, door, trail }, root, openingOf(below), read);
    },
    { signal },
  );
}

/** An archive of which nothing opens is not opened: the texts are refused. */
async function opensSome(archive: SessionArchive): Promise<boolean> {
  for (const member of archive.members) {
    if (!member.encrypted) continue;
    const opens = await archive.requireOpen(member).then(
      () => true,
      (error: unknown) => !isFailure(error, 'password-needed') && !isFailure(error, 'password-wrong'),
    );
    if (opens) return true;
  }
  return false;
}

async function readAll(archive: SessionArchive, name: string): Promise<OpenedArchive> {
  const refused: { name: string; failure: FailureMessage }[] = [];
  const texts: [name: string, text: string][] = [];
  const meta = await archive.meta().catch(() => undefined);
  // A damaged meta.json cannot prove anything, but files that are proven by themselves are still shown.
  const isMetaDamaged = archive.metaMember?.encrypted === true && (await isDamaged(archive));
  let left = MOST_BYTES;
  for (const member of archive.members) {
    if (member.name.endsWith('/')) continue;
    try {
      if (member.bytes > left) throw unsupported({ name, member: member.name }, 'shown-size');
      const text = await textOf(isMetaDamaged ? archive.readUnbound(member) : archive.read(member));
      left -= member.bytes;
      texts.push([member.name, text]);
    } catch (error) {
      if (isFailure(error, 'cancelled')) throw error;
      refused.push({ name: member.name, failure: toFailureMessage(error) });
    }
  }
  return {
    meta: meta?.value ?? null,
    // `fromEntries` is safe for a file named `__proto__`. An assignment would not be.
    members: Object.fromEntries(texts),
    bound: isMetaDamaged ? false : boundOf(archive, meta?.digests, refused.length === 0),
    refused,
  };
}

async function isDamaged(archive: SessionArchive): Promise<boolean> {
  return archive.meta().then(
    () => false,
    (error: unknown) => isFailure(error, 'archive-damaged'),
  );
}

/** Each file that was read matches its digest. So no file may be missing, additional or refused. */
function boundOf(
  { metaMember, members }: SessionArchive,
  listed: Readonly<Record<string, unknown>> | undefined,
  isWhole: boolean,
): boolean | null {
  if (metaMember?.encrypted !== true || listed === undefined) return null;
  const names = new Set(members.filter((member) => member !== metaMember).map((member) => member.name));
  return (
    isWhole &&
    Object.keys(listed).length === names.size &&
    Object.keys(listed).every((each) => names.has(each))
  );
}

async function textOf(pieces: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString('utf8');
}

/**
 * Lists the files inside a zip that may be logs, from its central directory. No password is needed for that.
 * @throws Failure as `requireLog`; `archive-damaged`, `archive-unsupported`
 */
export async function archiveMembers(
  input: WorkspaceInput & LogPlace,
  { signal, environment }: Cancelling = {},
): Promise<ArchiveMember[]> {
  const root = requireWorkspace(input);
  const path = pathOf(root, requireLog(root, input, { environment }));
  return withArchive(
    path,
    ({ members }) => {
      const texts = new Set(textMembers(members.map(({ name }) => name)));
      return Promise.resolve(members.filter(({ name }) => texts.has(name)).map(toArchiveMember));
    },
    { signal },
  );
}

function toArchiveMember({ name, bytes, encrypted }: ZipMember): ArchiveMember {
  return { name, bytes, encrypted };
}
