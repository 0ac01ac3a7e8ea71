import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Failure, fromFailureMessage, fromUnknown, type FailureData } from '../../base/failure.ts';
import type { Environment } from '../../base/job.ts';
import { nextWait } from '../../base/patience.ts';
import { BYTES_PER_MB } from '../../base/units.ts';
import { openAppender, type Appender } from '../../files/append.ts';
import { formatFileName } from '../../files/fileName.ts';
import { heldOpen } from '../../files/heldOpen.ts';
import { identify } from '../../files/identity.ts';
import { kindOf } from '../../files/list.ts';
import { mayBeInRepository } from '../../git/git.ts';
import type { App } from '../../jobs/jobs.ts';
import type { Masker } from '../../masking/masker.ts';
import { harmless } from '../../masking/maskLiteral.ts';
import type { Policy } from '../../policy/policy.ts';
import { anonymiser } from '../../privacy/anonymise.ts';
import type { Allowed, Anonymous } from '../../privacy/privacyTypes.ts';
import { inWords } from '../../words/failures.ts';
import { privacyAcceptanceOf } from '../../workspace/privacyAcceptance.ts';
import { openPrivacyKeys, type InstallationKey, type PrivacyKeys } from '../../workspace/privacyKeys.ts';
import { logsFolder, stateOf } from '../../workspace/workspace.ts';
import { rotationFollower, type RotationFollower } from '../rotationFollower.ts';

/** What holds for one event. */
interface Rules {
  readonly policy: Policy;
  readonly masker: Masker;
  /** Whether the deployment owns its policy, so that it needs no acceptance. */
  readonly isAccepted: boolean;
  readonly allow?: Allowed | readonly string[] | undefined;
}

interface Parts {
  readonly app: App;
  readonly environment: Environment;
  readonly tell: (failure: Failure) => void;
}

const NAME = formatFileName({ kind: 'active', family: 'usage' });
const QUEUE_BYTES = 8 * BYTES_PER_MB;
/** How long an event waits for others that are written with it. */
const GATHER_MS = 10;
const RETRY_MS = { first: 50, longest: 2000 };
const EXIT_PATIENCE_MS = 300;

/** Appends the usage events of one workspace to `logs/usage.log`, from any number of processes. */
export class UsageLog {
  readonly #root: string;
  readonly #folder: string;
  readonly #parts: Parts;
  readonly #keys: PrivacyKeys;
  readonly #rotation: RotationFollower;
  #way:
    | {
        readonly rules: Rules;
        readonly key: InstallationKey;
        readonly anonymise: (event: unknown) => Anonymous;
      }
    | undefined;
  #accepted: Policy | undefined;
  #waiting: Buffer[] = [];
  #bytes = 0;
  #limitBytes = Number.POSITIVE_INFINITY;
  #appender: Appender | undefined;
  #isIgnored = false;
  #timer: NodeJS.Timeout | undefined;
  #draining: Promise<void> | undefined;
  #outage: { readonly retryMs: number; readonly failure: Failure } | undefined;

  constructor(root: string, parts: Parts, acceptPolicy: boolean) {
    this.#root = root;
    this.#folder = logsFolder(root);
    this.#parts = parts;
    this.#keys = openPrivacyKeys(parts.environment);
    this.#rotation = rotationFollower(parts.app, root, {
      acceptPolicy,
      onRotated: () => undefined,
      onFailure: parts.tell,
    });
  }

  /**
   * Queues what the privacy model leaves of an event. Never waits.
   * @returns whether it was queued
   * @throws Failure `usage-not-written`, `privacy-key-unusable`, and those of the state folder
   */
  record(event: unknown, rules: Rules): boolean {
    const { policy } = rules;
    if (!policy.forwarding.usage) return false;
    this.#requireAcceptance(rules);
    const sent = this.#wayFor(rules)(event);
    const line = lineOf({ ...sent, timestamp: sent.timestamp ?? new Date().toISOString() });
    if (this.#bytes + line.length > QUEUE_BYTES) throw this.#refusal('queue-full');
    this.#limitBytes = policy.rotation.maxFileMB * BYTES_PER_MB;
    this.#rotation.maintainSoon();
    this.#waiting.push(line);
    this.#bytes += line.length;
    this.#schedule();
    return true;
  }

  /** Resolves when every event that was queued before is in the log. @throws Failure why they still wait */
  async flush(): Promise<void> {
    await this.#drain();
    if (this.#outage !== undefined) throw inWords(this.#outage.failure);
  }

  /** Writes what waits, while the process ends. @returns why events are lost */
  writeLast(): Failure | undefined {
    const lines = this.#waiting;
    this.#waiting = [];
    if (lines.length === 0) return undefined;
    try {
      if (this.#appender === undefined || this.#isForeign()) return this.#refusal('ended');
      this.#appender.appendNow(Buffer.concat(lines), { durable: false, patience: EXIT_PATIENCE_MS });
      return undefined;
    } catch (error) {
      return fromUnknown(error);
    }
  }

  #requireAcceptance({ policy, isAccepted }: Rules): void {
    if (isAccepted || this.#accepted === policy) return;
    const { environment } = this.#parts;
    if (privacyAcceptanceOf(policy, stateOf(this.#root, policy, { environment })).kind === 'pending')
      throw this.#refusal('unaccepted');
    this.#accepted = policy;
  }

  #wayFor(rules: Rules): (event: unknown) => Anonymous {
    const key = this.#keys.own();
    const known = this.#way;
    const isSame =
      known?.key.keyId === key.keyId &&
      known.rules.policy === rules.policy &&
      known.rules.masker === rules.masker &&
      known.rules.allow === rules.allow;
    if (isSame) return known.anonymise;
    const { policy, masker, allow } = rules;
    const { userHash, redactContent, titlesAndTags, summaries, chatIds } = policy.forwarding;
    const anonymise = anonymiser({
      ...{ key: key.key, masker, allow, userHash, redactContent, titlesAndTags, summaries, chatIds },
    });
    const way = (event: unknown): Anonymous => {
      const sent = anonymise(event, 'usage');
      return sent.id === undefined ? { ...sent, id: randomUUID() } : sent;
    };
    this.#way = { rules, key, anonymise: way };
    return way;
  }

  #refusal(why: FailureData['usage-not-written']['why']): Failure<'usage-not-written'> {
    return new Failure('usage-not-written', { path: join(this.#folder, NAME), why });
  }

  #schedule(): void {
    if (this.#draining !== undefined || this.#timer !== undefined || this.#waiting.length === 0) return;
    const { retryMs = GATHER_MS } = this.#outage ?? {};
    this.#timer = setTimeout(() => void this.#drain(), retryMs);
    if (this.#outage !== undefined) this.#timer.unref();
  }

  #drain(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return (this.#draining ??= this.#writeWaiting().finally(() => {
      this.#draining = undefined;
      this.#schedule();
    }));
  }

  async #writeWaiting(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        await this.#ensureIgnored();
        this.#appender ??= await openAppender(this.#folder, NAME);
        if (this.#isForeign()) {
          this.#waiting = [];
          this.#bytes = 0;
          this.#parts.tell(this.#refusal('foreign'));
          break;
        }
        await this.#writeBatch(this.#appender);
      }
      this.#outage = undefined;
    } catch (error) {
      const failure = fromUnknown(error);
      if (this.#outage === undefined) this.#parts.tell(failure);
      this.#outage = { failure, retryMs: nextWait(this.#outage?.retryMs, RETRY_MS) };
    }
  }

  async #writeBatch(appender: Appender): Promise<void> {
    const batch = Buffer.concat(this.#take());
    let written = 0;
    try {
      const appended = await appender.append(batch, { durable: false });
      ({ written } = appended);
      if (appended.failure !== undefined) throw appended.failure;
      if (appended.size > this.#limitBytes) this.#rotation.rotateUsage(this.#limitBytes);
    } finally {
      this.#bytes -= written;
      if (written < batch.length) this.#waiting.unshift(batch.subarray(written));
    }
  }

  /** The next lines, as many as one append may hold. */
  #take(): Buffer[] {
    let count = 0;
    let bytes = 0;
    for (const { length } of this.#waiting) {
      if (count > 0 && bytes + length > BYTES_PER_MB) break;
      count += 1;
      bytes += length;
    }
    return this.#waiting.splice(0, count);
  }

  /** Whether `usage.log` is another program's; an empty one is, while another program has it open. */
  #isForeign(): boolean {
    if (kindOf(join(this.#folder, NAME)) === 'missing') return false;
    const file = identify(this.#folder, NAME);
    if (file === undefined) return true;
    return file.bytes === 0 ? heldOpen(this.#folder, [NAME]).has(NAME) : file.parts.kind !== 'active';
  }

  /** Nothing is written before Git ignores the log. */
  async #ensureIgnored(): Promise<void> {
    if (this.#isIgnored) return;
    this.#isIgnored = true;
    if (!mayBeInRepository(this.#root)) return;
    const { app, tell } = this.#parts;
    const failure = await app
      .run('ensureIgnored', { root: this.#root })
      .then((message) => message && fromFailureMessage(message))
      .catch(fromUnknown);
    if (failure !== undefined) tell(failure);
  }
}

/** The line of an event, with its time first: a file is ours by how its first line begins. */
function lineOf({ timestamp, event, messages, ...others }: Anonymous): Buffer {
  const line = (fields: object): Buffer => Buffer.from(`${harmless(JSON.stringify(fields))}\n`);
  const whole = line({ timestamp, event, ...others, ...(messages !== undefined && { messages }) });
  // One append must not be torn by the death of the process.
  return whole.length <= BYTES_PER_MB ? whole : line({ timestamp, event, ...others });
}
