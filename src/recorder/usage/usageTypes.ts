/**
 * What a backend says of one generation. It is anonymised before it is kept: what people wrote becomes its size, the
 * user a hash.
 */
export interface UsageEvent {
  /** Unique; a UUID where it is left out. */
  readonly id?: string | undefined;
  /** The e-mail address identifies the user, else the name. */
  readonly user?: { readonly email?: string | undefined; readonly name?: string | undefined } | undefined;
  readonly chatId: string;
  readonly messageId?: string | undefined;
  readonly model: string;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly durationMs: number;
  readonly tags?: readonly string[] | undefined;
  readonly title?: string | undefined;
  /** As chat completions have them: `role`, `content`, `tool_calls` … */
  readonly messages?: readonly unknown[] | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}
