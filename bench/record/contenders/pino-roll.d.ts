/** The package has no types of its own. */
declare module 'pino-roll' {
  export default function roll(
    options: object,
  ): Promise<NodeJS.EventEmitter & { write(text: string): boolean; end(): void }>;
}
