import { basename } from 'node:path';
import { withZip, type OpenZip, type ZipMember } from '../archive/zip/readZip.ts';
import { damaged, unsupported } from '../archive/zip/zipFailure.ts';
import { BYTES_PER_MB } from '../base/units.ts';
import { Failure, isFailure } from '../base/failure.ts';
import { parseSessionMeta, type MemberDigest, type SessionMeta } from '../archive/sessionMeta.ts';
import { countKnown, knownPasswords, smallest } from './passwordRing.ts';

/** The file in which a session archive describes itself. */
const META = 'meta.json';
const META_BYTES = BYTES_PER_MB;

/**
 * A zip that is opened with the known passwords. If its `meta.json` is encrypted and lists the other members with their
 * digests, only the listed members are read, and only if they match the list. So without the password, it is impossible
 * to remove a member, add one, or replace one with a member of another archive.
 */
export interface SessionArchive {
  readonly members: readonly ZipMember[];
  readonly metaMember: ZipMember | undefined;
  /** @returns undefined if there is none or it is not a JSON object. @throws Failure those of reading it */
  meta(): Promise<SessionMeta | undefined>;
  /**
   * Checks everything about a member that can be checked before it is read.
   * @throws Failure `password-needed`, `password-wrong`, `archive-damaged` …
   */
  requireOpen(member: ZipMember): Promise<void>;
  /** The text of a member in pieces. Each piece is proven as far as the archive allows. */
  read(member: ZipMember): AsyncIterable<Buffer>;
  /** Reads without the digests, for the case that `meta.json` itself is damaged. */
  readUnbound(member: ZipMember): AsyncIterable<Buffer>;
}

interface OpeningOptions {
  readonly signal?: AbortSignal | undefined;
}

export function withArchive<T>(
  path: string,
  use: (archive: SessionArchive) => Promise<T>,
  { signal }: OpeningOptions = {},
): Promise<T> {
  const name = basename(path);
  return withZip(path, (zip) => use(sessionArchive(zip, name)), { passwords: knownPasswords, signal });
}

function sessionArchive(zip: OpenZip, name: string): SessionArchive {
  const metaMember = metaMemberOf(zip.members);
  let meta: Promise<SessionMeta | undefined> | undefined;

  async function readMeta(): Promise<SessionMeta | undefined> {
    if (metaMember === undefined) return undefined;
    if (metaMember.bytes > META_BYTES) throw unsupported({ name, member: META }, 'meta-size');
    const pieces: Buffer[] = [];
    for await (const piece of zip.read(metaMember)) pieces.push(piece);
    return parseSessionMeta(Buffer.concat(pieces).toString('utf8'));
  }

  async function digestOf(member: ZipMember): Promise<MemberDigest | undefined> {
    if (metaMember?.encrypted !== true || member === metaMember) return undefined;
    const digests = (await archive.meta())?.digests;
    if (digests === undefined) return undefined;
    const digest = digests[member.name];
    const isListed = member.encrypted && digest?.bytes === member.bytes && digest.method === member.method;
    if (!isListed) throw damaged({ name, member: member.name }, 'digest');
    return digest;
  }

  async function opensAnother(member: ZipMember): Promise<boolean> {
    const another = smallest(zip.members.filter((each) => each.encrypted && each !== member));
    return another !== undefined && (await zip.opens(another));
  }

  async function readFirst(member: ZipMember): Promise<void> {
    for await (const piece of zip.read(member)) if (piece.length > 0) return;
  }

  const archive: SessionArchive = {
    members: zip.members,
    metaMember,
    meta: () => (meta ??= readMeta()),
    async requireOpen(member) {
      zip.requireReadable(member);
      await digestOf(member);
      if (!member.encrypted || (await zip.opens(member))) return;
      // If the password opens another file, it is right and this file is damaged. Reading the file reports the damage.
      if (await opensAnother(member)) await readFirst(member);
      throw new Failure('password-wrong', { name, tried: countKnown() });
    },
    async *read(member) {
      yield* zip.read(member, await digestOf(member));
    },
    readUnbound: (member) => zip.read(member),
  };
  return archive;
}

/**
 * Requires a zip that has the form of a session archive. Only such a zip may be deleted as one.
 * @throws Failure `not-a-session-archive`, or that of the file system
 */
export async function requireSessionArchive(path: string): Promise<void> {
  const name = basename(path);
  try {
    await withZip(path, (zip) => {
      const metaMember = metaMemberOf(zip.members);
      if (metaMember === undefined || !isSessionArchive({ metaMember }))
        throw new Failure('not-a-session-archive', { name });
      zip.requireReadable(metaMember);
      return Promise.resolve();
    });
  } catch (error) {
    // The archive is encrypted in the supported way. Nothing more can be known without a password.
    if (isFailure(error, 'password-needed')) return;
    const isOther = isFailure(error, 'archive-damaged') || isFailure(error, 'archive-unsupported');
    throw isOther ? new Failure('not-a-session-archive', { name }, error) : error;
  }
}

/** Whether an archive has the form of a session archive: an encrypted `meta.json`. */
export function isSessionArchive({ metaMember }: Pick<SessionArchive, 'metaMember'>): boolean {
  return metaMember?.encrypted === true;
}

/** If there are several of this name, each of them is refused when it is read. */
function metaMemberOf(members: readonly ZipMember[]): ZipMember | undefined {
  return members.find(({ name }) => name === META);
}
