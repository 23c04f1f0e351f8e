import type { AnyCommand } from './_runtime/command.ts';

export interface RegisteredCommand {
  /** The words that a user types: `customers import`. */
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: AnyCommand }>;
}

/** Every command, by name; the module of a command is loaded only when it runs or when its help is asked for. */
export const registry: readonly RegisteredCommand[] = [
  {
    name: 'config show',
    summary: 'Show the configuration in force',
    load: () => import('./config/show.ts'),
  },
];
