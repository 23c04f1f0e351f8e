import type { Command } from './_runtime/command.ts';

export interface RegisteredCommand {
  /** The words that a user types: `customers import`. */
  readonly name: string;
  readonly summary: string;
  // The registry forgets the input type: the runtime only ever passes what the command's own schema made.
  readonly load: () => Promise<{ readonly command: Command<never> }>;
}

/** Every command, by name; the module of a command is loaded only when it runs or when its help is asked for. */
export const registry: readonly RegisteredCommand[] = [];
