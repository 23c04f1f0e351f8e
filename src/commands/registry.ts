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
  {
    name: 'quickstart',
    summary: 'Run a whole contest on demo data',
    load: () => import('./quickstart.ts'),
  },
  {
    name: 'migrate down',
    summary: 'Undo migrations, with the rows of their tables',
    load: () => import('./migrate/down.ts'),
  },
  {
    name: 'migrate status',
    summary: 'Show which migrations the database has and lacks',
    load: () => import('./migrate/status.ts'),
  },
  {
    name: 'migrate up',
    summary: 'Create the database, or bring it up to date',
    load: () => import('./migrate/up.ts'),
  },
  {
    name: 'migrate verify',
    summary: 'Check that nobody edited a migration or the schema',
    load: () => import('./migrate/verify.ts'),
  },
];
