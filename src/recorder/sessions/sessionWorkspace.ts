import type { Environment } from '../../base/job.ts';
import { Failure, fromFailureMessage, fromUnknown, isFailure } from '../../base/failure.ts';
import { createMasker, type Masker } from '../../masking/masker.ts';
import { passwordDoubt } from '../../archive/passwordStrength.ts';
import type { Policy } from '../../policy/policy.ts';
import { readEnvironment, variableNames, type EnvironmentSettings } from '../../policy/environment.ts';
import type { RequestIds, SessionLog } from '../../sessions/log/sessionLog.ts';
import { requirePolicy, requireWorkspace } from '../../workspace/workspace.ts';
import type { App } from '../../jobs/jobs.ts';
import { inertSession, openedSession } from './openSession.ts';
import { watchPolicy } from '../../workspace/policyWatch.ts';
import { sessionSettings, type SessionSettings } from '../../workspace/sessionsFolder.ts';
import type { SessionOptions, UsageOptions } from './sessionTypes.ts';
import { UsageLog } from '../usage/usageLog.ts';
import { SessionWarnings } from './sessionWarnings.ts';
import type { SessionWriter } from './sessionWriter.ts';
import { HOUR_MS } from '../../base/units.ts';

/** The settings that apply at the moment of a clean-up. */
export interface CleanUpRules {
  readonly settings: SessionSettings;
  readonly fromEnvironment?: EnvironmentSettings | undefined;
  readonly accept?: boolean | undefined;
}

const FIRST_MS = 5000;

/**
 * Cleans up the session archives of a workspace: once soon, and then at the policy's interval, while storage is
 * enabled. It keeps no process alive between the runs and ends with the process.
 * @param rules returns undefined while the workspace has no policy, or one that cannot be used
 */
export function startCleanUp(
  app: App,
  root: string,
  rules: () => CleanUpRules | undefined,
  tell: (failure: Failure) => void,
): void {
  function schedule(delayMs: number): void {
    setTimeout(() => void cleanUp(), delayMs).unref();
  }

  async function cleanUp(): Promise<void> {
    const now = rules();
    if (now?.settings.enabled === true) {
      try {
        const { fromEnvironment, accept } = now;
        const { failed } = await app.run('cleanSessions', { root, fromEnvironment, accept });
        for (const { failure } of failed) tell(fromFailureMessage(failure));
      } catch (error) {
        if (!isFailure(error, 'maintenance-busy')) tell(fromUnknown(error));
      }
    }
    schedule(now === undefined ? HOUR_MS : now.settings.cleanupIntervalSeconds * 1000);
  }

  schedule(FIRST_MS);
}

/** The options that are kept; the password is not among them. */
type Lasting = Pick<SessionOptions, 'acceptPolicy' | 'onWarning'>;

interface WorkspaceParts {
  readonly app: App;
  readonly writer: SessionWriter;
  /** May change. The values at the time when a log is opened or completed count. */
  readonly environment: Environment;
  /** Reports a warning. */
  readonly warn: (failure: Failure, options: Lasting) => void;
}

const PASSWORD = 'SESSION_LOG_ZIP_PASSWORD';
const encoder = new TextEncoder();

/** The shared state of a workspace's session logs in a backend: the policy on disk, and the reported warnings. */
export class SessionWorkspace {
  readonly #root: string;
  readonly #parts: WorkspaceParts;
  readonly #warnings = new SessionWarnings();
  readonly #fromEnvironment: () => EnvironmentSettings;
  #policy: Policy | undefined;
  #failure: Failure | undefined;
  #masker:
    { readonly policy: Policy; readonly secrets: readonly string[]; readonly masker: Masker } | undefined;
  #usage: UsageLog | undefined;
  #hasCleanUp = false;
  #isPasswordJudged = false;
  /** The options of the log that was opened last. The clean-up uses them. */
  #latest: Lasting;

  /** @param root absolute */
  constructor(root: string, options: Lasting, parts: WorkspaceParts) {
    this.#root = root;
    this.#latest = lasting(options);
    this.#parts = parts;
    this.#fromEnvironment = environmentReader(parts.environment);
    try {
      this.#policy = requirePolicy(requireWorkspace({ root }));
    } catch (error) {
      this.#failure = fromUnknown(error);
    }
    watchPolicy(root, {
      onPolicy: (policy) => {
        this.#policy = policy;
        this.#failure = policy === undefined ? new Failure('not-managed', { path: root }) : undefined;
      },
      onFailure: (failure) => {
        // The last valid policy stays in force.
        if (this.#policy === undefined) this.#failure = failure;
        else this.#tell(failure, this.#latest);
      },
    });
  }

  /** @see openSession */
  open(ids: RequestIds, options: SessionOptions): SessionLog {
    const { writer } = this.#parts;
    const latest = lasting(options);
    this.#latest = latest;
    const tell = (failure: Failure): void => {
      this.#tell(failure, latest);
    };
    try {
      const { policy, settings, fromEnvironment } = this.#rules();
      if (settings.enabled) this.#cleanUp();
      return openedSession(ids, {
        root: this.#root,
        settings,
        fromEnvironment,
        masker: this.#maskerFor(policy, options.knownSecrets ?? []),
        writer,
        password: this.#passwordOf(options, tell),
        tell,
        onWritten: () => {
          this.#warnings.worked();
        },
      });
    } catch (error) {
      return inertSession(writer, tell, fromUnknown(error));
    }
  }

  /** @see recordUsage */
  recordUsage(event: unknown, options: UsageOptions): boolean {
    const latest = lasting(options);
    try {
      const policy = this.#policy;
      if (policy === undefined) throw this.#reason();
      if (!policy.forwarding.usage) return false;
      const isAccepted = options.acceptPolicy === true;
      const tell = (failure: Failure): void => {
        this.#tell(failure, latest);
      };
      this.#usage ??= new UsageLog(this.#root, { ...this.#parts, tell }, isAccepted);
      const masker = this.#maskerFor(policy, options.knownSecrets ?? []);
      return this.#usage.record(event, { policy, masker, isAccepted, allow: options.allow });
    } catch (error) {
      this.#tell(fromUnknown(error), latest);
      return false;
    }
  }

  /** The usage log; undefined while no event was recorded. */
  get usage(): UsageLog | undefined {
    return this.#usage;
  }

  /** @throws Failure the reason why nothing can be written */
  #rules(): CleanUpRules & { readonly policy: Policy } {
    const policy = this.#policy;
    if (policy === undefined) throw this.#reason();
    const fromEnvironment = this.#fromEnvironment();
    const accept = this.#latest.acceptPolicy === true;
    return { policy, settings: sessionSettings(policy, fromEnvironment), fromEnvironment, accept };
  }

  #reason(): Failure {
    const failure = this.#failure;
    return failure === undefined || failure.code === 'not-managed'
      ? new Failure('session-skipped', { reason: 'not-managed', detail: this.#root })
      : failure;
  }

  #cleanUp(): void {
    if (this.#hasCleanUp) return;
    this.#hasCleanUp = true;
    const rules = (): CleanUpRules | undefined => {
      try {
        return this.#rules();
      } catch {
        return undefined;
      }
    };
    startCleanUp(this.#parts.app, this.#root, rules, (failure) => {
      this.#tell(failure, this.#latest);
    });
  }

  #maskerFor(policy: Policy, secrets: readonly string[]): Masker {
    const made = this.#masker;
    if (made?.policy === policy && isSame(made.secrets, secrets)) return made.masker;
    const masker = createMasker({ extraKeys: policy.masking.extraKeys, knownSecrets: secrets });
    this.#masker = { policy, secrets: [...secrets], masker };
    return masker;
  }

  /** The password of the options is kept as bytes. That of the environment is read when the log is completed. */
  #passwordOf(
    { password: given }: SessionOptions,
    tell: (failure: Failure) => void,
  ): () => Uint8Array | undefined {
    const own = given === undefined ? undefined : toBytes(given);
    return () => {
      const password = own ?? toBytes(this.#parts.environment[PASSWORD] ?? '');
      if (password.length === 0) return undefined;
      if (!this.#isPasswordJudged) {
        this.#isPasswordJudged = true;
        warnIfWeak(password, tell);
      }
      return password;
    };
  }

  #tell(failure: Failure, options: Lasting): void {
    const news = this.#warnings.news(failure);
    if (news !== undefined) this.#parts.warn(news, options);
  }
}

/** Reads the variables. This is cheap while they have not changed. @throws Failure `environment-invalid` */
function environmentReader(environment: Environment): () => EnvironmentSettings {
  let seen: string | undefined;
  let fromEnvironment: EnvironmentSettings = {};
  return () => {
    const now = variableNames.map((name) => environment[name]).join('\0');
    if (now !== seen) {
      fromEnvironment = readEnvironment(environment);
      seen = now;
    }
    return fromEnvironment;
  };
}

function lasting({ acceptPolicy, onWarning }: Lasting): Lasting {
  return { acceptPolicy, onWarning };
}

/** Judges the password in a later turn. That takes some ms, which must not delay the request. */
function warnIfWeak(password: Uint8Array, tell: (failure: Failure) => void): void {
  const copy = Uint8Array.from(password);
  setImmediate(() => {
    const doubt = passwordDoubt(copy);
    copy.fill(0);
    if (doubt !== undefined) tell(new Failure(doubt, {}));
  });
}

function toBytes(password: string | Uint8Array): Uint8Array {
  return typeof password === 'string' ? encoder.encode(password) : Uint8Array.from(password);
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((text, index) => text === others[index]);
}
