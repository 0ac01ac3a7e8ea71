/** Environment variables by name. A door takes those of its process and hands them down; nothing below a door reads its own. */
export type Environment = Readonly<Record<string, string | undefined>>;
